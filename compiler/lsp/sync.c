// SPDX-License-Identifier: Apache-2.0
/* The editor's texts come and go. */
#include <string.h>
#include "server.h"
#include "uri.h"

static struct document *find_document(struct lsp_server *s, const char *uri)
{
	struct document *d = s->documents;

	while (d && strcmp(d->uri, uri))
		d = d->next;
	return d;
}

static struct document *named_document(struct lsp_request *r)
{
	const char *uri = lsp_text(json_object_get(r->params, "textDocument"), "uri");

	return uri ? find_document(r->server, uri) : NULL;
}

static void set_version(struct document *d, const json_t *item)
{
	const json_t *version = json_object_get(item, "version");

	d->versioned = json_is_integer(version);
	d->version = json_integer_value(version);
}

/* A project file that has changed: what hangs on it is made anew. */
static void drop_stale_setups(struct lsp_server *s)
{
	for (struct setup **at = &s->setups, *u; (u = *at);) {
		if (!setup_stale(u)) {
			at = &u->next;
			continue;
		}
		for (struct document *d = s->documents; d; d = d->next)
			if (d->setup == u) {
				document_forget(d);
				d->setup = NULL;
				d->dirty = true;
			}
		*at = u->next;
		setup_free(u);
	}
}

void lsp_did_open(struct lsp_request *r)
{
	const json_t *item = json_object_get(r->params, "textDocument");
	const json_t *text = json_object_get(item, "text");
	const char *uri = lsp_text(item, "uri");
	struct lsp_server *s = r->server;
	struct document *d;

	if (!uri || !json_is_string(text))
		return;
	drop_stale_setups(s);
	d = find_document(s, uri);
	if (!d) {
		if (s->document_count >= LSP_DOCUMENTS_MAX)
			return;
		d = document_new(uri, lsp_uri_path(r->arena, uri), lsp_text(item, "languageId"));
		d->next = s->documents;
		s->documents = d;
		s->document_count++;
	}
	set_version(d, item);
	document_replace(d, 0, d->size, json_string_value(text), json_string_length(text));
}

/* Whether the one was read for the other. */
static bool depends(const struct document *d, const struct document *on, struct arena *a)
{
	if (d == on || !d->analysis)
		return false;
	for (uint32_t i = 0; i < d->analysis->sources.count; i++)
		if (!strcmp(lsp_path_clean(a, d->analysis->sources.files[i].name), on->path))
			return true;
	return false;
}

static void touch_dependents(struct lsp_request *r, const struct document *on)
{
	for (struct document *d = r->server->documents; d; d = d->next)
		d->dirty |= depends(d, on, r->arena);
}

void lsp_did_change(struct lsp_request *r)
{
	const json_t *changes = json_object_get(r->params, "contentChanges"), *change;
	struct document *d = named_document(r);
	size_t i;

	if (!d)
		return;
	set_version(d, json_object_get(r->params, "textDocument"));
	json_array_foreach((json_t *)changes, i,
			   change) if (!document_change(d, change, r->server->utf8)) break;
	touch_dependents(r, d);
}

/* What lies on disk may have changed with it: files of values, binaries, the project. */
void lsp_did_save(struct lsp_request *r)
{
	drop_stale_setups(r->server);
	for (struct document *d = r->server->documents; d; d = d->next)
		d->dirty = true;
}

void lsp_did_change_files(struct lsp_request *r)
{
	lsp_did_save(r);
}

void lsp_did_close(struct lsp_request *r)
{
	struct document *d = named_document(r), **at = &r->server->documents;

	if (!d)
		return;
	lsp_publish_nothing(r->server, d);
	touch_dependents(r, d);
	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	r->server->document_count--;
	document_free(d);
}

struct document *lsp_request_document(struct lsp_request *r)
{
	struct document *d = named_document(r);

	if (!d) {
		lsp_fail(r, LSP_INVALID_PARAMS, "the document is not open");
		return NULL;
	}
	if (d->dirty || !d->analysis)
		lsp_refresh(r->server, d);
	return d;
}

struct document *lsp_request_place(struct lsp_request *r, uint32_t *offset)
{
	struct document *d = lsp_request_document(r);
	struct lsp_position p;

	if (!d)
		return NULL;
	if (!lsp_position_read(json_object_get(r->params, "position"), &p)) {
		lsp_fail(r, LSP_INVALID_PARAMS, "`position` is missing, or is none");
		return NULL;
	}
	*offset = lsp_offset(document_source(d), p, r->server->utf8);
	return d;
}
