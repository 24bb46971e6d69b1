// SPDX-License-Identifier: Apache-2.0
/* Where a name is from, where it is used, and another name for it. */
#include <ctype.h>
#include <string.h>
#include <unistd.h>
#include "compiler/terse/lower.h"
#include "cursor.h"
#include "named.h"
#include "server.h"
#include "terse_tokens.h"
#include "uri.h"

static json_t *location(struct lsp_request *r, const struct document *d, struct span at)
{
	const struct source *f = sources_get(&d->analysis->sources, at.file);
	const char *uri = at.file == d->analysis->file ? d->uri : lsp_path_uri(r->arena, f->name);

	return json_pack("{s:o,s:o}", "uri", lsp_string(r->arena, uri), "range",
			 lsp_range_json(f, at.start, at.end, r->server->utf8));
}

/* ---- the terse language ----------------------------------------------------------------- */

/* `include "..."` and `load "..."`: the file. */
static json_t *file_at(struct lsp_request *r, const struct document *d, uint32_t offset)
{
	const struct source *f = document_source(d);
	struct terse_tokens t = terse_tokens(r->arena, d->analysis->file, f->text, f->size);

	for (size_t i = 1; i < t.n; i++) {
		const struct terse_token *s = &t.v[i];
		const char *path;

		if (s->kind != STRING || offset < s->at.start || offset > s->at.end ||
		    (t.v[i - 1].kind != INCLUDE && t.v[i - 1].kind != LOAD))
			continue;
		path = s->text[0] == '/'
			       ? s->text
			       : arena_printf(r->arena, "%s/%s", lsp_path_folder(r->arena, d->path),
					      s->text);
		if (access(path, F_OK))
			return NULL;
		return json_pack("{s:o,s:{s:{s:i,s:i},s:{s:i,s:i}}}", "uri",
				 lsp_string(r->arena, lsp_path_uri(r->arena, path)), "range",
				 "start", "line", 0, "character", 0, "end", "line", 0, "character",
				 0);
	}
	return NULL;
}

static json_t *terse_definition(struct lsp_request *r, const struct document *d,
				const struct cursor *c, uint32_t offset)
{
	const struct named *n;
	json_t *file = file_at(r, d, offset);

	if (file)
		return file;
	n = named_find(r->arena, d->analysis, c->text);
	if (!n)
		n = named_find_list(r->arena, d->analysis, c->text);
	return n ? location(r, d, n->at) : NULL;
}

/* ---- YAML ------------------------------------------------------------------------------- */

static json_t *list_definition(struct lsp_request *r, const struct document *d, const char *name)
{
	const struct ast *ast = &d->analysis->checked.ast;

	for (size_t i = 0; i < ast->policy_count; i++)
		for (size_t k = 0; k < ast->policies[i].list_count; k++) {
			const struct ast_str *s = &ast->policies[i].lists[k].name;

			if (s->s && !strcmp(s->s, name))
				return location(r, d, s->at);
		}
	return NULL;
}

static json_t *macro_definition(struct lsp_request *r, const struct document *d, const char *name)
{
	const struct ast *ast = &d->analysis->checked.ast;

	for (size_t i = 0; i < ast->policy_count; i++)
		for (size_t k = 0; k < ast->policies[i].macro_count; k++) {
			const struct ast_str *s = &ast->policies[i].macros[k].name;

			if (s->s && !strcmp(s->s, name))
				return location(r, d, s->at);
		}
	return NULL;
}

static json_t *yaml_definition(struct lsp_request *r, const struct document *d,
			       const struct cursor *c)
{
	const struct source *f = document_source(d);

	if (c->word.start >= 5 && !memcmp(f->text + c->word.start - 5, "list:", 5))
		return list_definition(r, d, c->text);
	if (c->place == PLACE_SCALAR && !strcmp(c->key->name, "macros"))
		return macro_definition(r, d, c->text);
	return NULL;
}

json_t *lsp_definition(struct lsp_request *r)
{
	uint32_t offset;
	struct document *d = lsp_request_place(r, &offset);
	struct cursor c;
	json_t *out = NULL;

	if (!d)
		return NULL;
	c = cursor_at(r->arena, d, offset);
	if (d->language == DOCUMENT_TERSE)
		out = terse_definition(r, d, &c, offset);
	else if (d->language == DOCUMENT_YAML)
		out = yaml_definition(r, d, &c);
	return out ? out : json_null();
}

/* ---- uses ------------------------------------------------------------------------------- */

/* The name at the request's place, when it is one of `let`, `param` or `macro`. NULL: `*d` is NULL
 * (the request has failed), or there is none. */
static const struct named *name_here(struct lsp_request *r, struct document **d, struct uses *uses,
				     struct cursor *c)
{
	uint32_t offset;
	const struct named *n;

	*d = lsp_request_place(r, &offset);
	if (!*d || (*d)->language != DOCUMENT_TERSE)
		return NULL;
	*c = cursor_at(r->arena, *d, offset);
	n = *c->text ? named_find(r->arena, (*d)->analysis, c->text) : NULL;
	if (!n)
		return NULL;
	*uses = named_uses(r->arena, (*d)->analysis, n->name);
	for (size_t i = 0; i < uses->n; i++)
		if (uses->v[i].start <= offset && offset <= uses->v[i].end)
			return n;
	return NULL;
}

static json_t *range(struct lsp_request *r, const struct document *d, struct span at)
{
	return json_pack("{s:o}", "range",
			 lsp_range_json(document_source(d), at.start, at.end, r->server->utf8));
}

typedef json_t *use_printer(struct lsp_request *r, const struct document *d, struct span at);

/* Where the name under the cursor stands, each as `print` has it. */
static json_t *uses_here(struct lsp_request *r, use_printer *print)
{
	struct uses uses = {.n = 0};
	struct document *d;
	struct cursor c;
	json_t *out;

	if (!name_here(r, &d, &uses, &c))
		return d ? json_array() : NULL;
	out = json_array();
	for (size_t i = 0; i < uses.n; i++)
		json_array_append_new(out, print(r, d, uses.v[i]));
	return out;
}

json_t *lsp_references(struct lsp_request *r)
{
	return uses_here(r, location);
}

json_t *lsp_highlight(struct lsp_request *r)
{
	return uses_here(r, range);
}

json_t *lsp_prepare_rename(struct lsp_request *r)
{
	struct uses uses;
	struct document *d;
	struct cursor c;

	if (!name_here(r, &d, &uses, &c))
		return d ? json_null() : NULL;
	return lsp_range_json(document_source(d), c.word.start, c.word.end, r->server->utf8);
}

/* A word that the scanner takes for one name, and no keyword that it would be everywhere. */
static bool is_name(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	if (terse_keyword(s, 1u << TERSE_RESERVED))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

json_t *lsp_rename(struct lsp_request *r)
{
	const char *to = lsp_text(r->params, "newName");
	struct document *d;
	const struct named *n;
	struct uses uses;
	struct cursor c;
	json_t *edits;

	if (!to || !is_name(to))
		return lsp_fail(r, LSP_INVALID_PARAMS, "the new name is no name of the language");
	n = name_here(r, &d, &uses, &c);
	if (!n)
		return d ? lsp_fail(r, LSP_REQUEST_FAILED,
				    "only names of `let`, `param` and `macro` can be renamed")
			 : NULL;
	if (n->at.file != d->analysis->file)
		return lsp_fail(r, LSP_REQUEST_FAILED,
				"the name is from another file; rename it there");
	if (named_find(r->arena, d->analysis, to))
		return lsp_fail(r, LSP_REQUEST_FAILED, "there is such a name already");
	edits = json_array();
	for (size_t i = 0; i < uses.n; i++)
		json_array_append_new(
			edits, lsp_text_edit(r->arena,
					     lsp_range_json(document_source(d), uses.v[i].start,
							    uses.v[i].end, r->server->utf8),
					     to));
	return lsp_workspace_edit(d->uri, edits);
}
