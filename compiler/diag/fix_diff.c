/* SPDX-License-Identifier: Apache-2.0 */
/* Fixes as a unified diff. The edits are known, so nothing has to be searched for. */
#include <string.h>
#include "compiler/base/arena.h"
#include "fix_plan.h"

enum { CONTEXT = 3 };

/* Lines [first, last) of the old file with what stands in their place. */
struct change {
	size_t first, last;
	const char *text;
	size_t size, lines; /* of the new text */
};

struct differ {
	struct arena *arena;
	const struct fix_file *f;
	FILE *to;
	struct change *changes;
	size_t count;
	long shift; /* new line number - old line number, at the start of the next hunk */
};

/* A file that ends with a line end has one line less than places where lines start. */
static size_t line_total(const struct source *s)
{
	bool ended = s->line_count > 1 && s->lines[s->line_count - 1] == s->size;

	return ended || !s->size ? s->line_count - 1 : s->line_count;
}

static size_t line_start(const struct source *s, size_t line)
{
	return line < s->line_count ? s->lines[line] : s->size;
}

static size_t count_lines(const char *text, size_t size)
{
	size_t lines = 0;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	return lines + (size && text[size - 1] != '\n');
}

/* Edits that share a line are one change. */
static void gather_changes(struct differ *d)
{
	const struct source *s = d->f->source;
	size_t first = 0, last;

	d->changes = arena_array(d->arena, d->f->count, sizeof(*d->changes));
	for (; first < d->f->count; first = last) {
		struct change *c = &d->changes[d->count++];

		c->first = source_line(s, d->f->edits[first].start);
		c->last = c->first;
		for (last = first; last < d->f->count; last++) {
			if (last > first && source_line(s, d->f->edits[last].start) >= c->last)
				break;
			c->last = source_line(s, d->f->edits[last].end) + 1;
		}
		if (c->last > line_total(s))
			c->last = line_total(s);
		c->text = fix_bytes(d->arena, d->f, line_start(s, c->first), line_start(s, c->last),
				    first, last, &c->size);
		c->lines = count_lines(c->text, c->size);
	}
}

static void put_lines(FILE *to, char sign, const char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		const char *end = memchr(text + i, '\n', size - i);
		size_t len = end ? (size_t)(end - text) - i + 1 : size - i;

		fputc(sign, to);
		fwrite(text + i, 1, len, to);
		if (!end)
			fputs("\n\\ No newline at end of file\n", to);
		i += len;
	}
}

static void put_old(const struct differ *d, char sign, size_t first, size_t last)
{
	const struct source *s = d->f->source;

	put_lines(d->to, sign, s->text + line_start(s, first),
		  line_start(s, last) - line_start(s, first));
}

/* An empty range is counted from the line before it. */
static void put_range(FILE *to, char sign, size_t first, size_t count)
{
	fprintf(to, "%c%zu", sign, count ? first + 1 : first);
	if (count != 1)
		fprintf(to, ",%zu", count);
}

static void put_hunk(struct differ *d, size_t from, size_t to)
{
	const struct change *c = d->changes;
	size_t total = line_total(d->f->source);
	size_t first = c[from].first > CONTEXT ? c[from].first - CONTEXT : 0;
	size_t last = c[to - 1].last + CONTEXT < total ? c[to - 1].last + CONTEXT : total;
	long grown = 0;

	for (size_t i = from; i < to; i++)
		grown += (long)c[i].lines - (long)(c[i].last - c[i].first);
	fputs("@@ ", d->to);
	put_range(d->to, '-', first, last - first);
	fputc(' ', d->to);
	put_range(d->to, '+', (size_t)((long)first + d->shift),
		  (size_t)((long)(last - first) + grown));
	fputs(" @@\n", d->to);
	for (size_t i = from; i < to; i++) {
		put_old(d, ' ', first, c[i].first);
		put_old(d, '-', c[i].first, c[i].last);
		put_lines(d->to, '+', c[i].text, c[i].size);
		first = c[i].last;
	}
	put_old(d, ' ', first, last);
	d->shift += grown;
}

static void diff_file(struct arena *a, const struct fix_file *f, FILE *to)
{
	struct differ d = {.arena = a, .f = f, .to = to};
	size_t last;

	gather_changes(&d);
	fprintf(to, "--- %s\n+++ %s\n", f->source->name, f->source->name);
	for (size_t first = 0; first < d.count; first = last) {
		last = first + 1;
		while (last < d.count &&
		       d.changes[last].first <= d.changes[last - 1].last + 2 * CONTEXT)
			last++;
		put_hunk(&d, first, last);
	}
}

void fix_diff(const struct diags *d, FILE *to, struct fix_counts *counts)
{
	struct fix_plan p = fix_plan(d);

	*counts = p.counts;
	for (uint32_t i = 0; i < p.count; i++)
		if (p.files[i].count)
			diff_file(d->arena, &p.files[i], to);
}
