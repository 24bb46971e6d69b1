// SPDX-License-Identifier: Apache-2.0
/* Functions and structs of kernel modules, for profiles that have the modules' types. */
#include <criterion/criterion.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/check/gaps.h"
#include "compiler/check/tir.h"
#include "compiler/diag/diag.h"
#include "kernel_fixture.h"

static struct arena arena;
static struct sources sources;
static struct diags diags;
static struct profile *profile;

static void setup(void)
{
	char why[256];

	sources.arena = &arena;
	diags = (struct diags){.arena = &arena, .sources = &sources};
	profile = profile_from_bytes(fixture_profile(&arena), why, sizeof(why));
	cr_assert_not_null(profile, "%s", why);
}

static void teardown(void)
{
	profile_close(profile);
	arena_free(&arena);
}

TestSuite(modules, .init = setup, .fini = teardown);

/* A policy with one kprobe: what stands below `kprobes:`. */
static const struct tir_hook *check(const char *hook)
{
	static const struct tracepoints *events;
	struct kernel *kernel = arena_alloc(&arena, sizeof(*kernel));
	const char *text = arena_printf(&arena,
					"apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\n"
					"metadata:\n  name: t\nspec:\n  kprobes:\n%s",
					hook);
	uint32_t file = sources_add(&sources, "policy", text, strlen(text));
	struct ast ast = {.policy_count = 0};
	struct tir *tir;

	events = NULL;
	*kernel = (struct kernel){.name = "fixture",
				  .btf = profile_btf(profile),
				  .profile = profile,
				  .arena = &arena,
				  .events = &events};
	yaml_read(&arena, &diags, &sources, file, &ast);
	cr_assert_eq(diag_errors(&diags), 0);
	tir = typecheck(&arena, &diags, lower(&arena, &diags, &ast), kernel);
	gaps_typed(&diags, tir);
	return &tir->policies[0].hooks[0];
}

static void expect_only(enum diag_id id)
{
	cr_assert_not_null(diags.first);
	cr_expect_eq(diags.first->id, id, "%s", diags.first->text);
	cr_expect_null(diags.first->next);
}

Test(modules, a_function_of_one)
{
	const struct tir_hook *h = check("  - call: module_work\n    syscall: false\n");

	cr_expect(h->found);
	cr_assert_not_null(h->module);
	cr_expect_str_eq(h->module, "example");
	cr_assert_not_null(h->function);
	cr_expect_eq(h->function->param_count, 1);
	expect_only(DIAG_NOT_SUPPORTED_YET); /* compiling it is another matter */
}

Test(modules, a_function_of_none)
{
	const struct tir_hook *h = check("  - call: no_work\n    syscall: false\n");

	cr_expect_not(h->found);
	cr_expect_null(h->module);
	expect_only(DIAG_UNKNOWN_FUNCTION);
}

Test(modules, a_path_through_its_struct)
{
	const struct tir_hook *h = check("  - call: module_work\n    syscall: false\n    args:\n"
					 "    - {index: 0, type: uint64, resolve: task.nothing}\n");

	cr_expect_not(h->args[0].good);
	cr_assert_not_null(diags.first);
	cr_expect_eq(diags.first->id, DIAG_RESOLVE);
	cr_expect(strstr(diags.first->text, "struct task"), "%s", diags.first->text);
}

Test(modules, a_struct_by_name)
{
	const struct tir_hook *h =
		check("  - call: do_work\n    syscall: false\n    args:\n"
		      "    - {index: 0, type: uint64, resolve: no_such, btfType: module_only,"
		      " btfTypeModule: example}\n");

	cr_expect_not(h->args[0].good);
	cr_expect(strstr(diags.first->text, "module_only"), "%s", diags.first->text);
}

Test(modules, one_that_is_not_there)
{
	check("  - call: do_work\n    syscall: false\n    args:\n"
	      "    - {index: 0, type: uint64, resolve: task, btfType: module_only,"
	      " btfTypeModule: other}\n");
	expect_only(DIAG_RESOLVE);
	cr_expect(strstr(diags.first->text, "no module"), "%s", diags.first->text);
}

/* An edit replaces the step alone; where the step cannot be told in the file there is none. */
Test(modules, a_misspelt_step_is_mended_in_its_place)
{
	check("  - call: module_work\n    syscall: false\n    args:\n"
	      "    - {index: 0, type: uint64, resolve: \"tas\"}\n");
	cr_assert_not_null(diags.first);
	cr_assert_not_null(diags.first->first_edit);
	cr_expect_str_eq(diags.first->first_edit->text, "task");
	cr_expect_eq(diags.first->at.end - diags.first->at.start, 3);
}

Test(modules, a_step_with_an_escape_is_not_edited)
{
	check("  - call: module_work\n    syscall: false\n    args:\n"
	      "    - {index: 0, type: uint64, resolve: \"ta\\x73\"}\n");
	cr_assert_not_null(diags.first);
	cr_expect_eq(diags.first->id, DIAG_RESOLVE);
	cr_expect_null(diags.first->first_edit);
}
