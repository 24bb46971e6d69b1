// SPDX-License-Identifier: Apache-2.0
/* textDocument/codeAction: the fixes that messages carry, one by one and all at once. */
#include <string.h>
#include "compiler/diag/fix.h"
#include "compiler/diag/fix_plan.h"
#include "server.h"

/* Whether the client wants this kind, or one above it. */
static bool wants(const json_t *only, const char *kind)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(only))
		return true;
	json_array_foreach((json_t *)only, i, item)
	{
		const char *asked = json_string_value(item);
		size_t len = asked ? strlen(asked) : 0;

		if (asked && !strncmp(kind, asked, len) && (!kind[len] || kind[len] == '.'))
			return true;
	}
	return false;
}

static json_t *edits_of(struct lsp_request *r, const struct document *d, const struct diag *g)
{
	json_t *out = json_array();

	for (const struct diag_edit *e = g->first_edit; e; e = e->next) {
		if (e->at.file != d->analysis->file) {
			json_decref(out); /* all or none */
			return NULL;
		}
		json_array_append_new(out,
				      lsp_text_edit(r->arena,
						    lsp_range_json(document_source(d), e->at.start,
								   e->at.end, r->server->utf8),
						    e->text));
	}
	return out;
}

/* What it does, in a few words: the replacement, or the message. */
static const char *title_of(struct lsp_request *r, const struct document *d, const struct diag *g)
{
	const struct diag_edit *e = g->first_edit;
	const char *old = document_source(d)->text + e->at.start;
	uint32_t len = e->at.end - e->at.start;

	if (e->next || strchr(e->text, '\n') || len > 60 || strlen(e->text) > 60 ||
	    memchr(old, '\n', len))
		return arena_printf(r->arena, "Fix: %s", g->text);
	if (!len)
		return arena_printf(r->arena, "Insert `%s`", e->text);
	if (!*e->text)
		return arena_printf(r->arena, "Remove `%.*s`", (int)len, old);
	return arena_printf(r->arena, "Replace `%.*s` with `%s`", (int)len, old, e->text);
}

/* The client's own diagnostic, as it sent it, so that it knows which is mended. */
static json_t *same_message(const json_t *context, const struct lsp_request *r,
			    const struct document *d, const struct diag *g)
{
	const json_t *list = json_object_get(context, "diagnostics");
	json_t *item, *range = lsp_range_json(document_source(d), g->at.start, g->at.end,
					      r->server->utf8);
	size_t i;
	json_t *out = NULL;

	json_array_foreach((json_t *)list, i, item)
	{
		const char *code = json_string_value(json_object_get(item, "code"));

		if (!out && code && !strcmp(code, diag_name(g->id)) &&
		    json_equal(json_object_get(item, "range"), range))
			out = item;
	}
	json_decref(range);
	return out;
}

static void add_fix(struct lsp_request *r, const struct document *d, const struct diag *g,
		    json_t *to)
{
	json_t *edits = edits_of(r, d, g), *action, *same;
	const char *names[DIAG_CONTEXTS_MAX];

	if (!edits)
		return;
	action = json_pack("{s:o,s:s,s:o}", "title", lsp_string(r->arena, title_of(r, d, g)),
			   "kind", "quickfix", "edit", lsp_workspace_edit(d->uri, edits));
	same = same_message(json_object_get(r->params, "context"), r, d, g);
	if (same)
		json_object_set_new(action, "diagnostics", json_pack("[O]", same));
	/* What mends it for one kernel could break it for another: that is for a person. */
	json_object_set_new(
		action, "isPreferred",
		json_boolean(!diag_kernels(&d->analysis->diags, g, false, names) || !g->contexts));
	json_array_append_new(to, action);
}

static void add_fix_all(struct lsp_request *r, const struct document *d, json_t *to)
{
	struct fix_plan plan = fix_plan(&d->analysis->diags);
	const struct fix_file *f = &plan.files[d->analysis->file];
	json_t *edits;

	if (!f->count)
		return;
	edits = json_array();
	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(
			edits, lsp_text_edit(r->arena,
					     lsp_range_json(document_source(d), f->edits[i].start,
							    f->edits[i].end, r->server->utf8),
					     f->edits[i].text));
	json_array_append_new(to, json_pack("{s:s,s:s,s:o}", "title", "Fix all that can be fixed",
					    "kind", "source.fixAll", "edit",
					    lsp_workspace_edit(d->uri, edits)));
}

static bool read_range(struct lsp_request *r, const struct document *d, uint32_t *start,
		       uint32_t *end)
{
	const json_t *range = json_object_get(r->params, "range");
	struct lsp_position from, to;

	if (!lsp_position_read(json_object_get(range, "start"), &from) ||
	    !lsp_position_read(json_object_get(range, "end"), &to))
		return false;
	*start = lsp_offset(document_source(d), from, r->server->utf8);
	*end = lsp_offset(document_source(d), to, r->server->utf8);
	return true;
}

json_t *lsp_actions(struct lsp_request *r)
{
	const json_t *only = json_object_get(json_object_get(r->params, "context"), "only");
	struct document *d = lsp_request_document(r);
	uint32_t start, end;
	const struct diag **all;
	json_t *out;
	size_t count;

	if (!d)
		return NULL;
	if (!read_range(r, d, &start, &end))
		return lsp_fail(r, LSP_INVALID_PARAMS, "`range` is missing, or is none");
	out = json_array();
	all = diags_sorted(&d->analysis->diags, &count);
	for (size_t i = 0; wants(only, "quickfix") && i < count; i++)
		if (all[i]->first_edit && all[i]->placed && all[i]->at.file == d->analysis->file &&
		    all[i]->at.start <= end && all[i]->at.end >= start)
			add_fix(r, d, all[i], out);
	if (wants(only, "source.fixAll"))
		add_fix_all(r, d, out);
	return out;
}
