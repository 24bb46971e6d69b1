// SPDX-License-Identifier: Apache-2.0
/* What is wrong with a text, as `tgc lint` says it, told to the client. */
#include <stdlib.h>
#include <string.h>
#include "compiler/commands/project_check.h"
#include "named.h"
#include "server.h"
#include "uri.h"

/* ---- looking ---------------------------------------------------------------------------- */

/* The text of an open document comes before that of the disk. */
static const char *open_text(void *data, const char *path, size_t *size)
{
	const struct lsp_server *s = data;
	struct arena a = {.head = NULL};
	const char *clean = lsp_path_clean(&a, path), *text = NULL;

	for (const struct document *d = s->documents; d; d = d->next)
		if (!d->too_large && !strcmp(d->path, clean)) {
			*size = d->size;
			text = d->text;
		}
	arena_free(&a);
	return text;
}

static void check_policies(struct lsp_server *s, struct document *d, struct analysis *n)
{
	const struct terse_options options = {.kernels = d->setup->kernels.v,
					      .kernel_count = d->setup->kernels.count,
					      .params = s->options->params,
					      .param_count = s->options->param_count};
	const struct policy_file file = {
		.path = d->path, .found = true, .terse = d->language == DOCUMENT_TERSE};

	diags_contexts(&n->diags, d->setup->kernels.names, d->setup->kernels.count);
	n->policies = policy_check(&n->arena, &n->diags, &n->sources, n->file, &file, &options,
				   &d->setup->kernels, &n->checked);
}

static void analyse(struct lsp_server *s, struct document *d)
{
	struct analysis *n = calloc(1, sizeof(*n));
	struct project project;

	if (!n)
		exit(3);
	n->sources = (struct sources){.arena = &n->arena, .instead = open_text, .instead_data = s};
	n->diags = (struct diags){.arena = &n->arena, .sources = &n->sources};
	diag_options_apply(&d->setup->diag, &n->diags);
	n->file = sources_add(&n->sources, d->path, d->too_large ? "" : d->text,
			      d->too_large ? 0 : d->size);
	n->sources.files[n->file].on_disk = lsp_uri_is_file(d->uri);
	if (d->too_large)
		diag_at(&n->diags, DIAG_YAML_TOO_LARGE, (struct span){.file = n->file},
			"the text is larger than %u MiB, the limit for a policy file",
			SOURCE_MAX >> 20);
	else if (d->language == DOCUMENT_PROJECT)
		project_read(&n->arena, &n->diags, &n->sources, n->file, &project);
	else
		check_policies(s, d, n);
	document_forget(d);
	d->analysis = n;
	d->dirty = false;
}

/* ---- telling ---------------------------------------------------------------------------- */

static void add_text(struct arena *a, const char **to, const char *head, const char *text)
{
	*to = arena_printf(a, "%s\n%s%s", *to, head, text);
}

/* "note (line 3): " of a note that a client shows without its place. */
static const char *head_of(struct arena *a, const struct diags *d, const struct diag_note *n)
{
	if (!n->placed)
		return n->is_hint ? "hint: " : "note: ";
	return arena_printf(a, "note (line %u): ",
			    source_place(sources_get(d->sources, n->at.file), n->at.start).line);
}

const char *lsp_diag_text(struct arena *a, const struct diags *d, const struct diag *g,
			  bool with_places)
{
	const char *names[DIAG_CONTEXTS_MAX], *out = g->text;
	size_t count = g->contexts && d->context_count > 1 && diag_kernels(d, g, false, names)
			       ? diag_kernels(d, g, true, names)
			       : 0;

	for (size_t i = 0; i < count; i++)
		out = arena_printf(a, "%s%s%s", out, i ? ", " : "\nkernels: ", names[i]);
	for (const struct diag_note *n = g->first_note; n; n = n->next)
		if (n->is_hint || !n->placed || with_places)
			add_text(a, &out, head_of(a, d, n), n->text);
	return out;
}

/* The byte of the document where another file is named that messages point into. */
static struct span place_here(const struct analysis *n, struct span at)
{
	const struct source *here = sources_get(&n->sources, n->file);
	const char *name = sources_get(&n->sources, at.file)->name, *slash = strrchr(name, '/');
	const char *found;

	if (at.file == n->file)
		return at;
	found = strstr(here->text, slash ? slash + 1 : name);
	if (!found)
		return (struct span){.file = n->file};
	return (struct span){n->file, (uint32_t)(found - here->text),
			     (uint32_t)(found - here->text) +
				     (uint32_t)strlen(slash ? slash + 1 : name)};
}

static json_t *location(const struct lsp_server *s, struct analysis *n, struct span at)
{
	const struct source *f = sources_get(&n->sources, at.file);

	return json_pack("{s:o,s:o}", "uri",
			 lsp_string(&n->arena, lsp_path_uri(&n->arena, f->name)), "range",
			 lsp_range_json(f, at.start, at.end, s->utf8));
}

static void add_related(const struct lsp_server *s, struct document *d, json_t *list,
			struct span at, const char *text)
{
	struct analysis *n = d->analysis;
	json_t *where = location(s, n, at);

	if (at.file == n->file)
		json_object_set_new(where, "uri", lsp_string(&n->arena, d->uri));
	json_array_append_new(list, json_pack("{s:o,s:o}", "location", where, "message",
					      lsp_string(&n->arena, text)));
}

static json_t *related_of(const struct lsp_server *s, struct document *d, const struct diag *g)
{
	json_t *list = json_array();

	if (g->placed && g->at.file != d->analysis->file)
		add_related(s, d, list, g->at, g->text);
	for (const struct diag_note *n = g->first_note; n; n = n->next)
		if (n->placed)
			add_related(s, d, list, n->at, n->text);
	return list;
}

/* What the editor may grey out, or strike through. */
static int tag_of(enum diag_id id)
{
	switch (id) {
	case DIAG_UNREACHABLE_SELECTOR:
	case DIAG_REDUNDANT_FILTER:
	case DIAG_REDUNDANT_VALUE:
	case DIAG_REPEATED_ACTION:
	case DIAG_TETRAGON_IGNORES:
		return 1; /* unnecessary */
	default:
		return 0;
	}
}

static json_t *diagnostic(const struct lsp_server *s, struct document *d, const struct diag *g)
{
	struct analysis *n = d->analysis;
	struct span at = g->placed ? place_here(n, g->at) : (struct span){.file = n->file};
	json_t *out = json_object(), *related = s->related ? related_of(s, d, g) : json_array();

	json_object_set_new(
		out, "range",
		lsp_range_json(sources_get(&n->sources, n->file), at.start, at.end, s->utf8));
	json_object_set_new(out, "severity", json_integer(g->level == DIAG_ERROR ? 1 : 2));
	json_object_set_new(out, "code", json_string(diag_name(g->id)));
	json_object_set_new(out, "source", json_string("tgc"));
	json_object_set_new(
		out, "message",
		lsp_string(&n->arena, lsp_diag_text(&n->arena, &n->diags, g, !s->related)));
	if (tag_of(g->id))
		json_object_set_new(out, "tags", json_pack("[i]", tag_of(g->id)));
	if (json_array_size(related))
		json_object_set(out, "relatedInformation", related);
	json_decref(related);
	return out;
}

static void publish(struct lsp_server *s, const struct document *d, json_t *list)
{
	json_t *params = json_pack("{s:s,s:o}", "uri", d->uri, "diagnostics", list);

	if (d->versioned)
		json_object_set_new(params, "version", json_integer(d->version));
	lsp_notify(s, "textDocument/publishDiagnostics", params);
}

void lsp_publish_nothing(struct lsp_server *s, const struct document *d)
{
	publish(s, d, json_array());
}

/* A file that others include, with names and no policy, is fine to look at. */
static bool is_shared(const struct document *d)
{
	return d->language == DOCUMENT_TERSE && named_all(&d->analysis->arena, d->analysis).n;
}

/* At most this many at once: of more, nobody reads the rest before the first are mended. */
enum { SHOWN_MAX = 500 };

static void publish_found(struct lsp_server *s, struct document *d)
{
	json_t *list = json_array();
	size_t count;
	const struct diag **all = diags_sorted(&d->analysis->diags, &count);

	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		if (all[i]->id != DIAG_EMPTY_FILE || !is_shared(d))
			json_array_append_new(list, diagnostic(s, d, all[i]));
	publish(s, d, list);
}

static void tell_setup(struct lsp_server *s, struct setup *u)
{
	struct arena a = {.head = NULL};

	if (u->told || !*u->why)
		return;
	u->told = true;
	lsp_notify(s, "window/showMessage",
		   json_pack("{s:i,s:o}", "type", 2, "message", lsp_string(&a, u->why)));
	arena_free(&a);
}

void lsp_refresh(struct lsp_server *s, struct document *d)
{
	if (!d->setup)
		d->setup = setup_for(&s->setups, s->options, d->path);
	tell_setup(s, d->setup);
	analyse(s, d);
	publish_found(s, d);
}

void lsp_refresh_all(struct lsp_server *s)
{
	for (struct document *d = s->documents; d; d = d->next)
		if (d->dirty)
			lsp_refresh(s, d);
}
