/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting messages; diag_level.c names them, diag_write.c shows them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "diag.h"
#include "hint_words.h"
#include "compiler/base/utf8.h"

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

static struct diag *find_same(const struct diags *d, const struct diag *g)
{
	if (!d->seen_room)
		return NULL;
	for (struct diag *s = d->seen[g->hash % d->seen_room]; s; s = s->same_hash)
		if (same_diag(s, g))
			return s;
	return NULL;
}

static void diag_link(struct diags *d, struct diag *g)
{
	unsigned total = d->errors + d->warnings;

	if (total >= d->seen_room)
		seen_grow(d);
	seen_insert(d, g);
	g->order = total;
	if (d->last)
		d->last->next = g;
	else
		d->first = g;
	d->last = g;
	if (g->level == DIAG_ERROR)
		d->errors++;
	else
		d->warnings++;
}

static struct diag *diag_add(struct diags *d, const struct diag *filled)
{
	struct diag *g = arena_alloc(d->arena, sizeof(*g)), *same;

	*g = *filled;
	g->level = diag_levels_get(&d->levels, g->id);
	if (g->level == DIAG_OFF)
		return g;
	d->reported[g->id] = true;
	g->contexts = d->context;
	g->hash = hash_diag(g);
	same = find_same(d, g);
	if (same)
		same->contexts |= d->context;
	else
		diag_link(d, g);
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

/* Messages of the terse language itself. */
static bool speaks_terse(enum diag_id id)
{
	return !strncmp(diag_name(id), "terse-", 6) || id == DIAG_EMPTY_FILE;
}

void diag_hint(struct diags *d, struct diag *on, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = format_clean(d->arena, true, format, args);
	va_end(args);
	if (on->placed && on->at.file < d->sources->count && !speaks_terse(on->id) &&
	    d->sources->files[on->at.file].terse)
		text = hint_in_terse(d->arena, text);
	if (text)
		note_add(d, on, text)->is_hint = true;
}

/* ---- kernels -------------------------------------------------------------------------- */

bool diags_contexts(struct diags *d, const char *const *names, size_t count)
{
	if (count > DIAG_CONTEXTS_MAX)
		return false;
	d->contexts = names;
	d->context_count = count;
	d->context = 0;
	return true;
}

void diags_context(struct diags *d, const char *name)
{
	d->context = 0;
	for (size_t i = 0; name && i < d->context_count; i++)
		if (!strcmp(d->contexts[i], name))
			d->context = (uint64_t)1 << i;
}

size_t diag_kernels(const struct diags *d, const struct diag *g, bool said, const char **names)
{
	size_t count = 0;

	for (size_t i = 0; i < d->context_count; i++)
		if ((bool)(g->contexts >> i & 1) == said)
			names[count++] = d->contexts[i];
	return count;
}

/* ---- order ---------------------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* File, place, then the order in which they were found; what has no place comes last. */
static int compare_diags(const void *left, const void *right)
{
	const struct diag *a = *(struct diag *const *)left, *b = *(struct diag *const *)right;
	int order = compare_numbers(b->placed, a->placed);

	if (!order)
		order = compare_numbers(a->at.file, b->at.file);
	if (!order)
		order = compare_numbers(a->at.start, b->at.start);
	return order ? order : compare_numbers(a->order, b->order);
}

const struct diag **diags_sorted(const struct diags *d, size_t *count)
{
	const struct diag **all;
	size_t n = 0;

	*count = d->errors + d->warnings;
	all = arena_array(d->arena, *count + 1, sizeof(*all));
	for (const struct diag *g = d->first; g; g = g->next)
		all[n++] = g;
	qsort(all, n, sizeof(*all), compare_diags);
	return all;
}
