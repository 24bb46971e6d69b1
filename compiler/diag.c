/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting messages; diag_print.c shows them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "arena.h"
#include "diag.h"
#include "utf8.h"

static const struct {
	const char *name;
	enum diag_level level;
} ids[] = {
#define DIAG(id, name, level) {name, level},
#include "diag.def"
#undef DIAG
};

const char *diag_name(enum diag_id id)
{
	return ids[id].name;
}

enum diag_level diag_level(enum diag_id id)
{
	return ids[id].level;
}

/* What a person may see of `text`: messages quote policies, which may hold anything. */
static const char *clean(struct arena *a, const char *text, bool keep_lines)
{
	size_t len = strlen(text), used = 0;
	char *out = arena_alloc(a, len * 4 + 12), shown[12];
	unsigned columns;

	for (size_t i = 0; i < len;) {
		if (keep_lines && text[i] == '\n') {
			out[used++] = text[i++];
			continue;
		}
		i += utf8_show(text + i, len - i, shown, &columns);
		memcpy(out + used, shown, strlen(shown));
		used += strlen(shown);
	}
	out[used] = '\0';
	return out;
}

static const char *format_clean(struct arena *a, bool keep_lines, const char *format, va_list args)
{
	char small[512], *text = small;
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(small, sizeof(small), format, args);
	if (len >= (int)sizeof(small)) {
		text = arena_alloc(a, (size_t)len + 1);
		vsnprintf(text, (size_t)len + 1, format, again);
	}
	va_end(again);
	return clean(a, text, keep_lines);
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ p[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t hash_diag(const struct diag *g)
{
	uint64_t hash = 0xcbf29ce484222325u;
	uint32_t numbers[] = {(uint32_t)g->id, g->at.file, g->at.start, g->at.end};

	hash = hash_bytes(hash, numbers, sizeof(numbers));
	return hash_bytes(hash, g->text, strlen(g->text));
}

static bool same_diag(const struct diag *a, const struct diag *b)
{
	return a->hash == b->hash && a->id == b->id && a->placed == b->placed &&
	       a->at.file == b->at.file && a->at.start == b->at.start && a->at.end == b->at.end &&
	       strcmp(a->text, b->text) == 0;
}

static void seen_insert(struct diags *d, struct diag *g)
{
	struct diag **slot = &d->seen[g->hash % d->seen_room];

	g->same_hash = *slot;
	*slot = g;
}

static void seen_grow(struct diags *d)
{
	d->seen_room = d->seen_room ? d->seen_room * 4 : 64;
	d->seen = arena_array(d->arena, d->seen_room, sizeof(struct diag *));
	for (struct diag *g = d->first; g; g = g->next)
		seen_insert(d, g);
}

static bool is_repeated(const struct diags *d, const struct diag *g)
{
	if (!d->seen_room)
		return false;
	for (const struct diag *s = d->seen[g->hash % d->seen_room]; s; s = s->same_hash)
		if (same_diag(s, g))
			return true;
	return false;
}

/* A repeated message is handed back unlinked: notes put on it go nowhere. */
static struct diag *diag_add(struct diags *d, const struct diag *filled)
{
	struct diag *g = arena_alloc(d->arena, sizeof(*g));
	unsigned total = d->errors + d->warnings;

	*g = *filled;
	g->hash = hash_diag(g);
	if (is_repeated(d, g))
		return g;
	if (total >= d->seen_room)
		seen_grow(d);
	seen_insert(d, g);
	g->order = total;
	if (d->last)
		d->last->next = g;
	else
		d->first = g;
	d->last = g;
	if (diag_level(g->id) == DIAG_ERROR)
		d->errors++;
	else
		d->warnings++;
	return g;
}

struct diag *diag_at(struct diags *d, enum diag_id id, struct span at, const char *format, ...)
{
	struct diag g = {.id = id, .placed = true, .at = at};
	va_list args;

	va_start(args, format);
	g.text = format_clean(d->arena, false, format, args);
	va_end(args);
	return diag_add(d, &g);
}

struct diag *diag_plain(struct diags *d, enum diag_id id, const char *format, ...)
{
	struct diag g = {.id = id};
	va_list args;

	va_start(args, format);
	g.text = format_clean(d->arena, false, format, args);
	va_end(args);
	return diag_add(d, &g);
}

static struct diag_note *note_add(struct diags *d, struct diag *on, const char *text)
{
	struct diag_note *n = arena_alloc(d->arena, sizeof(*n));

	n->text = text;
	if (on->last_note)
		on->last_note->next = n;
	else
		on->first_note = n;
	on->last_note = n;
	return n;
}

void diag_note(struct diags *d, struct diag *on, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note_add(d, on, format_clean(d->arena, false, format, args));
	va_end(args);
}

void diag_note_at(struct diags *d, struct diag *on, struct span at, const char *format, ...)
{
	struct diag_note *n;
	va_list args;

	va_start(args, format);
	n = note_add(d, on, format_clean(d->arena, false, format, args));
	va_end(args);
	n->placed = true;
	n->at = at;
}

void diag_hint(struct diags *d, struct diag *on, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note_add(d, on, format_clean(d->arena, true, format, args))->is_hint = true;
	va_end(args);
}
