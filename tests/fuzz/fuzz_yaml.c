/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a policy file: the reader answers with a tree or with messages, these can be
 * written in every format, and their fixes applied. The canonical layout of a file stays as it is.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/diag/diag_write.h"
#include "compiler/diag/fix.h"
#include "compiler/read/yaml_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_all(const struct diags *d, const struct ast *ast)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		abort();
	diag_print(d, to, 0, false);
	ast_print(ast, d->sources, to);
	fclose(to);
	/* Nothing of a hostile file may steer a terminal. */
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			abort();
	free(text);
}

/* One document of UTF-8, whatever the file holds. */
static void write_json(const struct diags *d, enum diag_format format)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	json_t *root;

	if (!to)
		abort();
	diag_write(d, to, format, 0, false);
	fclose(to);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!root)
		abort();
	json_decref(root);
	free(text);
}

static void apply_fixes(const struct diags *d)
{
	struct fix_counts counts;
	FILE *none = fopen("/dev/null", "w");
	size_t size;

	if (!none)
		abort();
	fix_text(d, 0, &size);
	fix_diff(d, none, &counts);
	diag_write(d, none, DIAG_FORMAT_GITHUB, 0, false);
	fclose(none);
}

/* That it says the same is checked by yaml_format() itself, which refuses what does not. */
static void check_layout(struct arena *a, struct sources *s, uint32_t file)
{
	struct diags d = {.arena = a, .sources = s};
	size_t once, twice;
	const char *first = yaml_format(a, &d, s, file, &once), *second;

	if (!first)
		return;
	second = yaml_format(a, &d, s, sources_add(s, "again.yaml", first, once), &twice);
	if (second && once == twice && !memcmp(first, second, once))
		return;
	fprintf(stderr, "%s---\n%s", first, second ? second : "refused");
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {.head = NULL};
	struct sources s = {.arena = &a};
	struct diags d = {.arena = &a, .sources = &s};
	struct ast ast = {.policy_count = 0};
	uint32_t file = sources_add(&s, "fuzz.yaml", (const char *)data, size);

	yaml_read(&a, &d, &s, file, &ast);
	print_all(&d, &ast);
	write_json(&d, DIAG_FORMAT_JSON);
	write_json(&d, DIAG_FORMAT_SARIF);
	apply_fixes(&d);
	check_layout(&a, &s, file);
	arena_free(&a);
	return 0;
}
