/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as one JSON document. */
#include <string.h>
#include <jansson.h>
#include "diag_write.h"

enum { FORMAT_VERSION = 1 };

static void set_place(const struct diags *d, json_t *to, struct span at)
{
	const char *name = diag_utf8(d, sources_get(d->sources, at.file)->name);
	struct diag_range r = diag_range(d, at);

	json_object_set_new(to, "file", json_string(name));
	json_object_set_new(to, "line", json_integer(r.first.line));
	json_object_set_new(to, "column", json_integer(r.first.column));
	json_object_set_new(to, "endLine", json_integer(r.last.line));
	json_object_set_new(to, "endColumn", json_integer(r.last.column));
}

static json_t *notes_of(const struct diags *d, const struct diag *g)
{
	json_t *notes = json_array();

	for (const struct diag_note *n = g->first_note; n; n = n->next) {
		json_t *note;

		if (n->is_hint)
			continue;
		note = json_object();
		json_object_set_new(note, "message", json_string(n->text));
		if (n->placed)
			set_place(d, note, n->at);
		json_array_append_new(notes, note);
	}
	return notes;
}

static json_t *hints_of(const struct diag *g)
{
	json_t *hints = json_array();

	for (const struct diag_note *n = g->first_note; n; n = n->next)
		if (n->is_hint)
			json_array_append_new(hints, json_string(n->text));
	return hints;
}

/* Only a text that is UTF-8 can be said; what is not is no edit that a program could apply. */
static json_t *edit_of(const struct diags *d, const struct diag_edit *e)
{
	json_t *text = json_string(e->text), *edit;

	if (!text)
		return NULL;
	edit = json_object();
	set_place(d, edit, e->at);
	json_object_set_new(edit, "offset", json_integer(e->at.start));
	json_object_set_new(edit, "length", json_integer(e->at.end - e->at.start));
	json_object_set_new(edit, "text", text);
	return edit;
}

/* A list of fixes, each a list of edits; a message has at most one so far. */
static json_t *fixes_of(const struct diags *d, const struct diag *g)
{
	json_t *fixes = json_array(), *edits = json_array();
	bool whole = true;

	for (const struct diag_edit *e = g->first_edit; e; e = e->next)
		whole &= !json_array_append_new(edits, edit_of(d, e));
	if (g->first_edit && whole)
		json_array_append_new(fixes, json_pack("{s:O}", "edits", edits));
	json_decref(edits);
	return fixes;
}

static json_t *kernels_of(const struct diags *d, const struct diag *g)
{
	const char *names[DIAG_CONTEXTS_MAX];
	size_t count = diag_kernels(d, g, true, names);
	json_t *kernels = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(kernels, json_string(diag_utf8(d, names[i])));
	return kernels;
}

static json_t *diagnostic(const struct diags *d, const struct diag *g)
{
	json_t *out = json_object();

	json_object_set_new(out, "rule", json_string(diag_name(g->id)));
	json_object_set_new(out, "level", json_string(diag_level_name(g->level)));
	if (g->placed)
		set_place(d, out, g->at);
	json_object_set_new(out, "message", json_string(g->text));
	json_object_set_new(out, "notes", notes_of(d, g));
	json_object_set_new(out, "hints", hints_of(g));
	json_object_set_new(out, "fixes", fixes_of(d, g));
	json_object_set_new(out, "kernels", kernels_of(d, g));
	return out;
}

void diag_json(const struct diags *d, FILE *to)
{
	json_t *root = json_object(), *list = json_array();
	size_t count;
	const struct diag **all = diags_sorted(d, &count);

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, diagnostic(d, all[i]));
	json_object_set_new(root, "version", json_integer(FORMAT_VERSION));
	json_object_set_new(root, "tool", json_string("tgc " TGC_VERSION));
	json_object_set_new(root, "diagnostics", list);
	json_object_set_new(
		root, "counts",
		json_pack("{s:i,s:i}", "errors", (int)d->errors, "warnings", (int)d->warnings));
	json_dumpf(root, to, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	fputc('\n', to);
	json_decref(root);
}
