// SPDX-License-Identifier: Apache-2.0
/*
 * coverage [--markdown | --bless] REASONS CASE...: what of the language the cases' policies have,
 * as the front half of tgc reads them. Without an option: the table, and a failure for every part
 * that has neither a case nor a reason.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/vm/files.h"
#include "compiler/vm/kernels.h"
#include "tests/kernel/case.h"
#include "tests/kernel/cover.h"

struct reading {
	struct cover *cover;
	struct arena arena; /* of one policy */
	struct sources sources;
	struct diags diags;
};

/* A policy as the normal form; NULL: tgc refuses it, as some cases mean it to. */
static const struct ir *lowered(struct reading *r, const struct case_policy *p)
{
	struct ast *ast = arena_alloc(&r->arena, sizeof(*ast));
	struct vm_error e;
	const char *text = p->text;
	size_t size = text ? strlen(text) : 0;
	const struct ir *ir;

	if (!text)
		text = file_read(&r->arena, p->path, &size, &e);
	if (!text)
		return NULL; /* made by the build: one of thousands of values */
	r->sources = (struct sources){.arena = &r->arena};
	r->diags = (struct diags){.arena = &r->arena, .sources = &r->sources};
	yaml_read(&r->arena, &r->diags, &r->sources,
		  sources_add(&r->sources, p->path ? p->path : "policy", text, size), ast);
	if (diag_errors(&r->diags))
		return NULL;
	ir = lower(&r->arena, &r->diags, ast);
	return diag_errors(&r->diags) ? NULL : ir;
}

static void read_case(struct reading *r, const struct test_case *test)
{
	struct cover *c = r->cover;

	if (test->tgrun_exit != 0)
		return; /* nothing is loaded */
	c->test = test->name;
	for (size_t k = 0; k < c->kernel_count; k++)
		c->runs[k] = case_runs_on(test, c->kernels[k]);
	for (size_t b = 0; b < test->bundle_count; b++)
		for (size_t i = 0; i < test->bundles[b].policy_count; i++) {
			const struct ir *ir = lowered(r, &test->bundles[b].policies[i]);

			if (ir)
				cover_policies(c, ir);
			arena_free(&r->arena);
			r->arena = (struct arena){0};
		}
}

static int read_cases(struct cover *c, char **paths, int count)
{
	struct reading r = {.cover = c};
	struct test_case test;
	struct vm_error e;

	for (int i = 0; i < count; i++) {
		if (case_read(c->arena, paths[i], &test, &e) < 0) {
			fprintf(stderr, "coverage: %s\n", e.text);
			return -1;
		}
		read_case(&r, &test);
	}
	return 0;
}

static int tell(struct cover *c, const char *option, const char *reasons)
{
	unsigned wrong;

	if (!strcmp(option, "--bless"))
		return cover_write_reasons(c, reasons) < 0 ? 3 : 0;
	if (!strcmp(option, "--markdown")) {
		cover_markdown(c, stdout);
		return 0;
	}
	cover_print(c, stdout);
	wrong = cover_judge(c);
	printf("coverage: %zu passed, %u failed\n", c->count * c->kernel_count - wrong, wrong);
	return wrong != 0;
}

int main(int argc, char **argv)
{
	const char *option = argc > 1 && !strncmp(argv[1], "--", 2) ? argv[1] : "";
	const char *kernels[COVER_KERNELS];
	struct arena a = {0};
	struct cover c = {.arena = &a, .kernels = kernels};
	int first = *option ? 2 : 1, result = 3;

	if (argc < first + 2) {
		fprintf(stderr, "usage: coverage [--markdown | --bless] REASONS CASE...\n");
		return 2;
	}
	while (c.kernel_count < kernel_series_count && c.kernel_count < COVER_KERNELS) {
		kernels[c.kernel_count] = kernel_series[c.kernel_count].name;
		c.kernel_count++;
	}
	cover_rows(&c);
	if (cover_read_reasons(&c, argv[first]) == 0 &&
	    read_cases(&c, argv + first + 1, argc - first - 1) == 0)
		result = tell(&c, option, argv[first]);
	arena_free(&a);
	return result;
}
