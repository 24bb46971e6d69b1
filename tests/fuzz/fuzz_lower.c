/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a policy file, through the front half: what is read is lowered, checked against
 * the fixture's type information, printed, and where nothing is missing planned and emitted.
 * The same bytes give the same normal form twice.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/diag/diag.h"
#include "compiler/back/unit.h"
#include "compiler/diag/fix.h"
#include "compiler/check/gaps.h"
#include "compiler/lower/ir.h"
#include "compiler/back/plan.h"
#include "compiler/check/tir.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct kbtf *btf;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *path = getenv("FUZZ_BTF");
	char why[300];

	(void)argc;
	(void)argv;
	btf = kbtf_open(path ? path : "build/tests/fixture.bpf.o", why, sizeof(why));
	if (btf)
		return 0;
	fprintf(stderr, "%s\n", why);
	exit(3);
}

static char *ir_text(const struct ir *ir, const struct sources *places)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		abort();
	ir_print(ir, places, to);
	fclose(to);
	return text;
}

static void check_printed(struct arena *a, struct diags *d, const struct sources *s,
			  const struct ast *ast, const struct ir *ir)
{
	char *first = ir_text(ir, s);
	char *second = ir_text(lower(a, d, ast), s);

	if (strcmp(first, second))
		abort();
	free(first);
	free(second);
}

static void go_on(struct arena *a, struct diags *d, const struct sources *s, const struct ast *ast,
		  const struct tir *tir, FILE *none)
{
	struct plan *plan;

	tir_print(tir, s, none);
	gaps_written(d, ast);
	gaps_typed(d, tir);
	if (diag_errors(d))
		return;
	plan = plan_build(a, d, tir);
	if (!diag_errors(d))
		emit(a, s, plan, 1);
}

static void check(struct arena *a, struct diags *d, const struct sources *s, const struct ast *ast,
		  FILE *none)
{
	struct arena own = {.head = NULL};
	const struct tracepoints *events = NULL;
	struct kernel k = {.name = "fixture", .btf = btf, .arena = &own, .events = &events};
	struct ir *ir = lower(a, d, ast);
	struct tir *tir;

	if (!diag_errors(d)) {
		check_printed(a, d, s, ast, ir);
		tir = typecheck(a, d, ir, &k);
		if (!diag_errors(d))
			go_on(a, d, s, ast, tir, none);
	}
	arena_free(&own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {.head = NULL};
	struct sources s = {.arena = &a};
	struct diags d = {.arena = &a, .sources = &s};
	struct ast ast = {.policy_count = 0};
	uint32_t file = sources_add(&s, "fuzz.yaml", (const char *)data, size);
	FILE *none = fopen("/dev/null", "w");

	if (!none)
		abort();
	yaml_read(&a, &d, &s, file, &ast);
	if (!diag_errors(&d))
		check(&a, &d, &s, &ast, none);
	diag_print(&d, none, 0, false);
	fix_text(&d, 0, &size);
	fclose(none);
	arena_free(&a);
	return 0;
}
