/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a policy in the terse language. A file without mistakes has a canonical layout that
 * stays as it is; what was read is written in the terse language anew and read again, and says the
 * same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/check/tir.h"
#include "compiler/diag/diag.h"
#include "compiler/lower/ir.h"
#include "compiler/read/ast.h"
#include "compiler/read/yaml_write.h"
#include "compiler/terse/terse.h"
#include "compiler/terse/tree.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct kernel kernel;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *path = getenv("FUZZ_BTF");
	char why[300];

	(void)argc;
	(void)argv;
	kernel.name = "fixture";
	kernel.btf = kbtf_open(path ? path : "build/tests/fixture.bpf.o", why, sizeof(why));
	if (kernel.btf)
		return 0;
	fprintf(stderr, "%s\n", why);
	exit(3);
}

struct run {
	struct arena arena;
	struct sources sources;
	struct diags diags;
	struct yaml_docs docs;
	struct ast ast;
};

/* The policies' meaning, or NULL: there were mistakes. The caller frees it. */
static char *meaning(struct run *r, const char *text, size_t size)
{
	const struct terse_options options = {.kernels = &kernel, .kernel_count = 1};
	char *out = NULL;
	size_t len = 0;
	uint32_t file;
	FILE *to;
	struct ir *ir;

	*r = (struct run){.sources = {.arena = NULL}};
	r->sources.arena = &r->arena;
	r->diags = (struct diags){.arena = &r->arena, .sources = &r->sources};
	file = sources_add(&r->sources, "fuzz.tg", text, size);
	terse_read(&r->arena, &r->diags, &r->sources, file, &options, &r->docs);
	policy_read_tree(&r->arena, &r->diags, sources_get(&r->sources, file), &r->docs, &r->ast);
	if (diag_errors(&r->diags))
		return NULL;
	ir = lower(&r->arena, &r->diags, &r->ast);
	if (diag_errors(&r->diags))
		return NULL;
	to = open_memstream(&out, &len);
	ir_print(ir, NULL, to);
	fclose(to);
	return out;
}

/* Written anew, the policies mean the same. */
static void check_written(struct run *r, const char *before)
{
	const struct source none = {.name = "", .text = "", .size = 0};
	struct run again;
	size_t size;
	const char *text = terse_write(&r->arena, &none, &r->docs, &size);
	char *after = meaning(&again, text, size);

	if (!after || strcmp(before, after)) {
		fprintf(stderr, "%s\n---\n%s\n---\n%s\n", text, before, after ? after : "refused");
		if (!after)
			diag_print(&again.diags, stderr, 0, false);
		abort();
	}
	free(after);
	arena_free(&again.arena);
}

static void check_layout(const char *text, size_t size)
{
	struct arena a = {.head = NULL};
	struct sources s = {.arena = &a};
	struct diags d = {.arena = &a, .sources = &s};
	uint32_t file = sources_add(&s, "fuzz.tg", text, size);
	size_t once, twice;
	const char *first = terse_format(&a, &d, &s, file, &once), *second;

	if (first) {
		second = terse_format_text(&a, first, once, &twice);
		if (once != twice || memcmp(first, second, once)) {
			fprintf(stderr, "%s---\n%s", first, second);
			abort();
		}
	}
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *none = fopen("/dev/null", "w");
	struct run r;
	char *text;

	if (!none)
		abort();
	text = meaning(&r, (const char *)data, size);
	diag_print(&r.diags, none, 0, false);
	if (text) {
		yaml_write(none, &r.docs, NULL);
		check_written(&r, text);
	}
	check_layout((const char *)data, size);
	fclose(none);
	free(text);
	arena_free(&r.arena);
	return 0;
}
