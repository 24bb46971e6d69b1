// SPDX-License-Identifier: Apache-2.0
/* textDocument/formatting: one edit, of the lines that change. */
#include <string.h>
#include "compiler/read/yaml_format.h"
#include "server.h"

/* The bytes at the start that both have, up to the last line break in them. */
static size_t same_start(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t lines = 0;

	for (size_t i = 0; i < a_size && i < b_size && a[i] == b[i]; i++)
		if (a[i] == '\n')
			lines = i + 1;
	return lines;
}

/* The same at the end, without the first `from` bytes. */
static size_t same_end(const char *a, size_t a_size, const char *b, size_t b_size, size_t from)
{
	size_t lines = 0;

	for (size_t i = 0; i < a_size - from && i < b_size - from; i++) {
		if (a[a_size - 1 - i] != b[b_size - 1 - i])
			break;
		if (i && a[a_size - 1 - i] == '\n')
			lines = i;
	}
	return lines;
}

static json_t *edits_to(struct lsp_request *r, const struct source *f, const char *text,
			size_t size)
{
	size_t start, end;

	if (size == f->size && !memcmp(text, f->text, size))
		return json_array();
	start = same_start(f->text, f->size, text, size);
	end = same_end(f->text, f->size, text, size, start);
	return json_pack("[o]",
			 lsp_text_edit(r->arena,
				       lsp_range_json(f, (uint32_t)start, (uint32_t)(f->size - end),
						      r->server->utf8),
				       arena_strndup(r->arena, text + start, size - end - start)));
}

json_t *lsp_format(struct lsp_request *r)
{
	struct document *d = lsp_request_document(r);
	struct diags silent = {.arena = r->arena};
	const char *text = NULL;
	size_t size;

	if (!d)
		return NULL;
	silent.sources = &d->analysis->sources;
	if (d->language == DOCUMENT_TERSE)
		text = terse_format(r->arena, &silent, &d->analysis->sources, d->analysis->file,
				    &size);
	else if (d->language == DOCUMENT_YAML)
		text = yaml_format(r->arena, &silent, &d->analysis->sources, d->analysis->file,
				   &size);
	else
		return json_array();
	if (!text)
		return lsp_fail(r, LSP_REQUEST_FAILED,
				"there are mistakes in the text; mend these first");
	text = source_line_ends(r->arena, document_source(d), text, &size);
	return edits_to(r, document_source(d), text, size);
}
