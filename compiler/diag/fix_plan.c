/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing edits: whole fixes, in order, as long as none touches the bytes of another. */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "fix_plan.h"

static bool overlap(uint32_t a_start, uint32_t a_end, uint32_t b_start, uint32_t b_end)
{
	return a_start == b_start || (a_start < b_end && b_start < a_end);
}

/* Edits are in order: the first that ends behind `start` is near. */
static size_t edits_before(const struct fix_file *f, uint32_t start)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->edits[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_taken(const struct fix_file *f, struct span at)
{
	size_t i = edits_before(f, at.start);

	if (i > 0 && overlap(f->edits[i - 1].start, f->edits[i - 1].end, at.start, at.end))
		return true;
	return i < f->count && overlap(f->edits[i].start, f->edits[i].end, at.start, at.end);
}

/* Edits must lie in their file, one behind the other. */
static bool is_sound(const struct fix_plan *p, const struct diag *g)
{
	for (const struct diag_edit *e = g->first_edit, *n; e; e = n) {
		n = e->next;
		if (e->at.file >= p->count || e->at.start > e->at.end ||
		    e->at.end > p->files[e->at.file].source->size)
			return false;
		if (n && (n->at.file < e->at.file ||
			  (n->at.file == e->at.file &&
			   (n->at.start <= e->at.start || n->at.start < e->at.end))))
			return false;
	}
	return true;
}

/* What mends a policy for one kernel could break it for another. */
static bool is_for_all(const struct diags *d, const struct diag *g)
{
	const char *names[DIAG_CONTEXTS_MAX];

	return !g->contexts || !diag_kernels(d, g, false, names);
}

static bool has_room(const struct fix_plan *p, const struct diag *g)
{
	for (const struct diag_edit *e = g->first_edit; e; e = e->next)
		if (is_taken(&p->files[e->at.file], e->at))
			return false;
	return true;
}

static void insert_edit(struct arena *a, struct fix_file *f, const struct diag_edit *e)
{
	size_t at = edits_before(f, e->at.start);

	f->edits = arena_grow(a, f->edits, f->count, &f->room, sizeof(*f->edits));
	memmove(f->edits + at + 1, f->edits + at, (f->count - at) * sizeof(*f->edits));
	f->edits[at] = (struct fix_edit){e->at.start, e->at.end, e->text};
	f->count++;
}

struct fix_plan fix_plan(const struct diags *d)
{
	struct fix_plan p = {.count = d->sources->count};
	size_t count;
	const struct diag **all = diags_sorted(d, &count);

	p.files = arena_array(d->arena, p.count + 1, sizeof(*p.files));
	for (uint32_t i = 0; i < p.count; i++)
		p.files[i].source = sources_get(d->sources, i);
	for (size_t i = 0; i < count; i++) {
		if (!all[i]->first_edit || !is_sound(&p, all[i]) || !is_for_all(d, all[i]))
			continue;
		if (!has_room(&p, all[i])) {
			p.counts.deferred++;
			continue;
		}
		for (const struct diag_edit *e = all[i]->first_edit; e; e = e->next)
			insert_edit(d->arena, &p.files[e->at.file], e);
		p.counts.applied++;
	}
	for (uint32_t i = 0; i < p.count; i++)
		p.counts.files += p.files[i].count > 0;
	return p;
}

static size_t append(char *out, size_t used, const char *text, size_t len)
{
	memcpy(out + used, text, len);
	return used + len;
}

const char *fix_bytes(struct arena *a, const struct fix_file *f, size_t from, size_t to,
		      size_t first, size_t last, size_t *size)
{
	size_t room = to - from + 1, used = 0;
	char *out;

	for (size_t i = first; i < last; i++)
		room += strlen(f->edits[i].text);
	out = arena_alloc(a, room);
	for (size_t i = first; i < last; i++) {
		const struct fix_edit *e = &f->edits[i];

		used = append(out, used, f->source->text + from, e->start - from);
		used = append(out, used, e->text, strlen(e->text));
		from = e->end;
	}
	*size = append(out, used, f->source->text + from, to - from);
	return out;
}

const char *fix_text(const struct diags *d, uint32_t file, size_t *size)
{
	struct fix_plan p = fix_plan(d);
	const struct fix_file *f = &p.files[file];

	return f->count ? fix_bytes(d->arena, f, 0, f->source->size, 0, f->count, size) : NULL;
}
