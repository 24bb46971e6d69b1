// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/commands/project.h"
#include "document.h"
#include "position.h"

static _Noreturn void die(void)
{
	fputs("tgc: out of memory\n", stderr);
	exit(3);
}

static enum document_language language_of(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	if (!strcmp(slash ? slash + 1 : path, PROJECT_FILE))
		return DOCUMENT_PROJECT;
	if (policy_file_is_terse(path) || (name && !strcmp(name, "tg")))
		return DOCUMENT_TERSE;
	return DOCUMENT_YAML;
}

struct document *document_new(const char *uri, const char *path, const char *language)
{
	struct document *d = calloc(1, sizeof(*d));

	if (!d)
		die();
	d->uri = strdup(uri);
	d->path = strdup(path);
	d->text = calloc(1, 1);
	if (!d->uri || !d->path || !d->text)
		die();
	d->room = 1;
	d->language = language_of(path, language);
	d->dirty = true;
	return d;
}

void document_forget(struct document *d)
{
	if (!d->analysis)
		return;
	arena_free(&d->analysis->arena);
	free(d->analysis);
	d->analysis = NULL;
}

void document_free(struct document *d)
{
	document_forget(d);
	free(d->uri);
	free(d->path);
	free(d->text);
	free(d);
}

static void make_room(struct document *d, size_t size)
{
	size_t room = size + size / 8 + 1;

	if (size < d->room && size >= d->room / 4)
		return;
	d->text = realloc(d->text, room);
	if (!d->text)
		die();
	d->room = room;
}

void document_replace(struct document *d, size_t start, size_t end, const char *text, size_t len)
{
	size_t behind = d->size - end, size = start + len + behind;

	d->dirty = true;
	d->too_large = size > SOURCE_MAX;
	d->lost = size > DOCUMENT_MAX;
	if (d->lost)
		start = len = behind = size = 0;
	if (size >= d->room)
		make_room(d, size);
	memmove(d->text + start + len, d->text + d->size - behind, behind);
	memcpy(d->text + start, text, len);
	make_room(d, size);
	d->size = size;
	d->text[size] = '\0';
}

bool document_change(struct document *d, const json_t *change, bool utf8)
{
	const json_t *range = json_object_get(change, "range");
	const json_t *text = json_object_get(change, "text");
	struct lsp_position from, to;
	size_t start = 0, end = d->size;

	if (!json_is_string(text))
		return false;
	if (range && !json_is_null(range)) {
		if (d->lost)
			return true; /* what it changes was not kept */
		if (!lsp_position_read(json_object_get(range, "start"), &from) ||
		    !lsp_position_read(json_object_get(range, "end"), &to))
			return false;
		start = lsp_offset_in(d->text, d->size, from, utf8);
		end = lsp_offset_in(d->text, d->size, to, utf8);
		if (end < start)
			return false;
	}
	document_replace(d, start, end, json_string_value(text), json_string_length(text));
	return true;
}
