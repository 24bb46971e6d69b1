// SPDX-License-Identifier: Apache-2.0
/* The kernel matrix, renames and features, of two made-up kernels. */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/diag/diag.h"
#include "compiler/explain/features.h"
#include "compiler/kernels/kernel_facts.h"
#include "compiler/explain/matrix.h"
#include "compiler/explain/renames.h"
#include "kernel_fixture.h"

struct lab {
	struct arena arena;
	struct kernel_set set;
	struct sources sources;
	struct diags diags;
	struct matrix matrix;
};

static void function(struct btf *b, const char *name, int result, const char *param, int type)
{
	int proto = btf__add_func_proto(b, result);

	btf__add_func_param(b, param, type);
	btf__add_func(b, name, BTF_FUNC_GLOBAL, proto);
}

static struct bytes types(struct arena *a, bool later)
{
	struct btf *b = btf__new_empty();
	int number = btf__add_int(b, "int", 4, BTF_INT_SIGNED), wide, task, pointer;
	struct bytes raw;

	wide = btf__add_int(b, "long", 8, BTF_INT_SIGNED);
	task = btf__add_struct(b, "task_struct", 24);
	pointer = task + 1;
	if (later)
		btf__add_field(b, "moved", wide, 0, 0);
	btf__add_field(b, "pid", number, later ? 64 : 0, 0);
	btf__add_field(b, "a_member_with_a_name", pointer, later ? 128 : 64, 0);
	cr_assert_eq(btf__add_ptr(b, task), pointer);
	function(b, later ? "security_bpf_map_create" : "security_bpf_map_alloc", number, "p",
		 pointer);
	function(b, "security_task_kill", number, "p", pointer);
	function(b, "do_work", number, "n", later ? wide : number);
	function(b, "do_rest", number, "p", pointer);
	function(b, "__x64_sys_dup", wide, "regs", pointer);
	if (later)
		function(b, "bpf_strnstr", number, "p", pointer);
	if (later)
		function(b, "bpf_lsm_file_open", number, "p", pointer);
	btf__add_enum(b, "attach", 4);
	btf__add_enum_value(b, "BPF_MODIFY_RETURN", 1);
	raw = fixture_raw(a, b);
	btf__free(b);
	return raw;
}

static void add_kernel(struct lab *l, const char *name, const char *release, bool later)
{
	struct kernel_facts f = {.arena = &l->arena, .source = "a test", .release = release};
	const char *symbols = later ? "0 T security_bpf_map_create\n0 T security_task_kill\n"
				      "0 T do_work\n0 T do_rest\n0 T __x64_sys_dup\n"
				    : "0 T security_bpf_map_alloc\n0 T security_task_kill\n"
				      "0 T do_work\n0 T __x64_sys_dup\n";
	char why[200];
	struct profile *p;

	f.btf = types(&l->arena, later);
	facts_symbols(&f, (struct bytes){(const uint8_t *)symbols, strlen(symbols)}, "kallsyms");
	if (later)
		facts_names(&f, &f.injectable,
			    (struct bytes){(const uint8_t *)"__x64_sys_dup\tERRNO\n", 20});
	if (later)
		facts_lsms(&f, (struct bytes){(const uint8_t *)"lockdown", 8});
	p = profile_from_bytes(facts_pack(&f, name, why, sizeof(why)), why, sizeof(why));
	cr_assert_not_null(p, "%s", why);
	l->set.names[l->set.count] = name;
	l->set.profiles[l->set.count] = p;
	l->set.v[l->set.count++] = (struct kernel){
		.name = name,
		.btf = profile_btf(p),
		.profile = p,
		.arena = &l->set.own,
		.events = arena_alloc(&l->set.own, sizeof(struct tracepoints *)),
	};
}

/* The later kernel is given first. */
static void open_lab(struct lab *l)
{
	*l = (struct lab){.matrix = {.arena = &l->arena, .kernels = &l->set}};
	l->sources.arena = &l->arena;
	l->diags = (struct diags){.arena = &l->arena, .sources = &l->sources};
	l->set.v = arena_array(&l->arena, 2, sizeof(*l->set.v));
	l->set.names = arena_array(&l->arena, 2, sizeof(char *));
	l->set.profiles = arena_array(&l->arena, 2, sizeof(struct profile *));
	add_kernel(l, "store/later", "6.18.1", true);
	add_kernel(l, "store/early/btf", "5.10.3", false);
	diags_contexts(&l->diags, l->set.names, l->set.count);
}

static void close_lab(struct lab *l)
{
	kernel_set_close(&l->set);
	arena_free(&l->arena);
}

static char *matrix_of(struct lab *l, const char *hooks)
{
	const char *policy = arena_printf(&l->arena,
					  "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\n"
					  "metadata: {name: x}\nspec:\n%s",
					  hooks);
	uint32_t file = sources_add(&l->sources, "x.yaml", policy, strlen(policy));
	struct ast ast = {0};
	struct ir *ir;
	char *text = NULL;
	size_t size;
	FILE *to;

	yaml_read(&l->arena, &l->diags, &l->sources, file, &ast);
	ir = lower(&l->arena, &l->diags, &ast);
	matrix_add(&l->matrix, ir, kernel_set_check(&l->set, &l->arena, &l->diags, ir));
	to = open_memstream(&text, &size);
	matrix_print(&l->matrix, to);
	fclose(to);
	return text;
}

static void expect(const char *hooks, const char *wanted)
{
	struct lab l;
	char *text;

	open_lab(&l);
	text = matrix_of(&l, hooks);
	cr_assert_str_eq(text, wanted, "%s", text);
	free(text);
	close_lab(&l);
}

Test(matrix, hooks_come_and_go)
{
	expect("  kprobes:\n"
	       "  - {call: security_bpf_map_alloc, syscall: false}\n"
	       "  - {call: do_rest, syscall: false}\n"
	       "  - {call: nowhere, syscall: false}\n",
	       "kernel                  early     later\n"
	       "security_bpf_map_alloc  ok        renamed\n"
	       "  has instead (later): security_bpf_map_create\n"
	       "do_rest                 inlined   ok\n"
	       "nowhere                 missing   missing\n");
}

Test(matrix, types_and_paths_differ)
{
	expect("  kprobes:\n"
	       "  - call: do_work\n    syscall: false\n    args: [{index: 0, type: int}]\n"
	       "  - call: security_task_kill\n    syscall: false\n"
	       "    args: [{index: 0, type: int, resolve: pid}]\n",
	       "kernel              early     later\n"
	       "do_work             ok        ok\n"
	       "  argument 1        int       long\n"
	       "security_task_kill  ok        ok\n"
	       "  argument 1, pid   +0        +8\n");
}

Test(matrix, features)
{
	expect("  lsmhooks:\n  - hook: file_open\n",
	       "kernel                     early     later\n"
	       "LSM file_open              missing   inactive\n"
	       "needs BPF LSM (since 5.7)  no        no\n");
}

Test(matrix, overrides)
{
	expect("  kprobes:\n"
	       "  - call: security_task_kill\n    syscall: false\n    selectors:\n"
	       "    - matchActions: [{action: Override, argError: -1}]\n"
	       "  - call: sys_dup\n    selectors:\n"
	       "    - matchActions: [{action: Override, argError: -1}]\n",
	       "kernel              early     later\n"
	       "security_task_kill  ok        ok\n"
	       "  Override          fmod_ret  fmod_ret\n"
	       "__x64_sys_dup       ok        ok\n"
	       "  Override          unknown   fmod_ret\n"
	       "needs fmod_ret      yes       yes\n");
}

/* What does not fit into a cell gets lines of its own. */
Test(matrix, long_values)
{
	expect("  kprobes:\n"
	       "  - call: do_rest\n    syscall: false\n"
	       "    args: [{index: 0, type: int, resolve: a_member_with_a_name.pid}]\n",
	       "kernel   early     later\n"
	       "do_rest  inlined   ok\n"
	       "  argument 1, a_member_with_a_name.pid (early): +8->+0\n"
	       "  argument 1, a_member_with_a_name.pid (later): +16->+8\n");
}

Test(matrix, nothing_to_show)
{
	expect("  kprobes: []\n", "");
}

Test(matrix, features_by_mark_version_and_configuration)
{
	struct lab l;
	const struct kernel *later, *early;

	open_lab(&l);
	later = &l.set.v[0];
	early = &l.set.v[1];
	cr_assert_eq(kernel_has_feature(later, KERNEL_SUBSTRING), KNOWN_YES);
	cr_assert_eq(kernel_has_feature(early, KERNEL_SUBSTRING), KNOWN_NO);
	cr_assert_eq(kernel_has_feature(later, KERNEL_LSM), KNOWN_NO);
	cr_assert_eq(kernel_has_feature(later, KERNEL_LOADER), KNOWN_UNKNOWN);
	cr_assert_eq(kernel_has_feature(early, KERNEL_LOADER), KNOWN_NO);
	close_lab(&l);
}

Test(matrix, renames_both_ways)
{
	struct lab l;

	open_lab(&l);
	cr_assert_str_eq(renamed_function(l.set.v[0].btf, "security_bpf_map_alloc"),
			 "security_bpf_map_create");
	cr_assert_str_eq(renamed_function(l.set.v[1].btf, "security_bpf_map_create"),
			 "security_bpf_map_alloc");
	cr_assert_null(renamed_function(l.set.v[0].btf, "do_linkat"));
	cr_assert_null(renamed_function(l.set.v[0].btf, "do_rest"));
	close_lab(&l);
}
