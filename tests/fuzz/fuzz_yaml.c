/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a policy file: the reader answers with a tree or with messages. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "compiler/arena.h"
#include "compiler/ast.h"
#include "compiler/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_all(const struct diags *d, const struct ast *ast)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		abort();
	diag_print(d, to, 0, false);
	ast_print(ast, to);
	fclose(to);
	/* Nothing of a hostile file may steer a terminal. */
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			abort();
	free(text);
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
	arena_free(&a);
	return 0;
}
