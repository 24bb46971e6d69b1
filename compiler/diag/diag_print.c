/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as text: place, sentence, the source line with a caret, notes, hints, counts. */
#include <string.h>
#include "diag.h"
#include "compiler/base/utf8.h"

enum {
	LINE_COLUMNS = 100, /* of source text shown */
	BEFORE_CARET = 40,  /* characters kept before the caret of a longer line */
	TAB_STOP = 8,
};

struct printer {
	const struct diags *d;
	FILE *to;
	bool colour;
};

enum paint { PAINT_BOLD, PAINT_ERROR, PAINT_WARNING, PAINT_NOTE, PAINT_HINT, PAINT_MARK };

static void put_painted(const struct printer *p, enum paint paint, const char *text)
{
	static const char *const codes[] = {"1", "1;31", "1;35", "1;36", "1;32", "1;32"};

	if (p->colour)
		fprintf(p->to, "\033[%sm%s\033[0m", codes[paint], text);
	else
		fputs(text, p->to);
}

static void put_clean(FILE *to, const char *text)
{
	size_t len = strlen(text);
	char shown[12];
	unsigned columns;

	for (size_t i = 0; i < len;) {
		i += utf8_show(text + i, len - i, shown, &columns);
		fputs(shown, to);
	}
}

static void put_place(const struct printer *p, struct span at)
{
	const struct source *f = sources_get(p->d->sources, at.file);
	struct place place = source_place(f, at.start);

	put_clean(p->to, f->name);
	fprintf(p->to, ":%u:%u", place.line, place.column);
}

/* ---- the excerpt ---------------------------------------------------------------------- */

/* One line of source and what is marked in it; byte offsets into the file. */
struct excerpt {
	const struct source *f;
	size_t line;
	size_t from, end; /* the line, or what is shown of it */
	size_t mark, mark_end;
	bool cut;
};

/* Two lines under construction: the text as shown, and the marks below it. */
struct canvas {
	char text[LINE_COLUMNS * 8], marks[LINE_COLUMNS * 2];
	size_t text_used, marks_used;
};

static size_t line_end(const struct source *f, size_t line)
{
	size_t end = line + 1 < f->line_count ? f->lines[line + 1] : f->size;

	while (end > f->lines[line] && (f->text[end - 1] == '\n' || f->text[end - 1] == '\r'))
		end--;
	return end;
}

static size_t clamp(size_t value, size_t low, size_t high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct excerpt excerpt_of(const struct source *f, struct span at)
{
	struct excerpt e = {.f = f, .line = source_line(f, at.start)};

	e.from = f->lines[e.line];
	e.end = line_end(f, e.line);
	if (e.line == 0)
		e.from += utf8_bom(f->text, f->size);
	e.mark = clamp(at.start, e.from, e.end);
	e.mark_end = clamp(at.end, e.mark, e.end);
	if (at.end > e.end)
		while (e.mark_end > e.mark + 1 && is_blank(f->text[e.mark_end - 1]))
			e.mark_end--;
	return e;
}

/* Columns of the character at `i` when it starts in column `column`; its length in `len`. */
static unsigned cell(const struct excerpt *e, size_t i, size_t column, char out[12], size_t *len)
{
	unsigned columns;

	if (e->f->text[i] == '\t') {
		columns = TAB_STOP - column % TAB_STOP;
		snprintf(out, 12, "%*s", (int)columns, "");
		*len = 1;
		return columns;
	}
	*len = utf8_show(e->f->text + i, e->end - i, out, &columns);
	return columns;
}

static bool is_long(const struct excerpt *e)
{
	size_t column = 0, len;
	char out[12];

	for (size_t i = e->from; i < e->end && column <= LINE_COLUMNS; i += len)
		column += cell(e, i, column, out, &len);
	return column > LINE_COLUMNS;
}

/* Moves the start of a long line to shortly before the mark. */
static void cut_before_mark(struct excerpt *e)
{
	size_t start = e->mark;

	for (unsigned n = 0; start > e->from && n < BEFORE_CARET; n++) {
		start--;
		while (start > e->from && !utf8_starts(e->f->text[start]))
			start--;
	}
	e->cut = start > e->from;
	e->from = start;
}

static void canvas_add(struct canvas *c, const char *text, char mark, unsigned columns)
{
	size_t len = strlen(text);

	if (c->text_used + len >= sizeof(c->text) || c->marks_used + columns >= sizeof(c->marks))
		return;
	memcpy(c->text + c->text_used, text, len);
	c->text_used += len;
	memset(c->marks + c->marks_used, mark == '^' ? '~' : mark, columns);
	if (mark == '^' && columns)
		c->marks[c->marks_used] = '^';
	c->marks_used += columns;
}

static void canvas_trim(char *s, size_t used)
{
	while (used && s[used - 1] == ' ')
		used--;
	s[used] = '\0';
}

static void canvas_draw(struct canvas *c, const struct excerpt *e)
{
	size_t column = 0, len, i;
	unsigned columns;
	char out[12];

	if (e->cut)
		canvas_add(c, "...", ' ', 3);
	for (i = e->from; i < e->end && column < LINE_COLUMNS; i += len) {
		columns = cell(e, i, column, out, &len);
		column += columns;
		if (i < e->mark || (i >= e->mark_end && i != e->mark))
			canvas_add(c, out, ' ', columns);
		else
			canvas_add(c, out, i == e->mark ? '^' : '~', columns);
	}
	if (e->mark >= i)
		canvas_add(c, " ", '^', 1);
	if (i < e->end)
		canvas_add(c, "...", ' ', 3);
	canvas_trim(c->text, c->text_used);
	canvas_trim(c->marks, c->marks_used);
}

static void put_excerpt(const struct printer *p, struct span at)
{
	struct excerpt e = excerpt_of(sources_get(p->d->sources, at.file), at);
	struct canvas c = {.text_used = 0};

	if (is_long(&e))
		cut_before_mark(&e);
	canvas_draw(&c, &e);
	fprintf(p->to, "%5zu |%s%s\n      | ", e.line + 1, c.text[0] ? " " : "", c.text);
	put_painted(p, PAINT_MARK, c.marks);
	fputc('\n', p->to);
}

/* ---- messages ------------------------------------------------------------------------- */

static void put_hint_text(FILE *to, const char *text)
{
	for (; *text; text++) {
		fputc(*text, to);
		if (*text == '\n')
			fputs("      ", to);
	}
}

static void put_note(const struct printer *p, const struct diag_note *n)
{
	put_painted(p, n->is_hint ? PAINT_HINT : PAINT_NOTE, n->is_hint ? "hint:" : "note:");
	fputc(' ', p->to);
	put_hint_text(p->to, n->text);
	if (n->placed) {
		fputs(" [", p->to);
		put_place(p, n->at);
		fputc(']', p->to);
	}
	fputc('\n', p->to);
	if (n->placed)
		put_excerpt(p, n->at);
}

/* "5.10, 6.1 and 6.6" */
static void put_names(FILE *to, const char *before, const char *const *names, size_t count)
{
	fputs(before, to);
	for (size_t i = 0; i < count; i++) {
		fputs(!i ? "" : i + 1 < count ? ", " : " and ", to);
		put_clean(to, names[i]);
	}
}

/* What holds for all kernels is not said of them. */
static void put_kernels(const struct printer *p, const struct diag *g)
{
	const char *names[DIAG_CONTEXTS_MAX];
	size_t count = diag_kernels(p->d, g, true, names);

	if (!count || count == p->d->context_count)
		return;
	put_painted(p, PAINT_NOTE, "note:");
	put_names(p->to, " on ", names, count);
	put_names(p->to, "; not on ", names, diag_kernels(p->d, g, false, names));
	fputc('\n', p->to);
}

static void put_diag(const struct printer *p, const struct diag *g)
{
	bool error = g->level == DIAG_ERROR;

	if (g->placed)
		put_place(p, g->at);
	else
		fputs("tgc", p->to);
	fputs(": ", p->to);
	put_painted(p, error ? PAINT_ERROR : PAINT_WARNING, error ? "error:" : "warning:");
	fputc(' ', p->to);
	put_painted(p, PAINT_BOLD, g->text);
	fprintf(p->to, " [%s]\n", diag_name(g->id));
	if (g->placed)
		put_excerpt(p, g->at);
	put_kernels(p, g);
	for (const struct diag_note *n = g->first_note; n; n = n->next)
		put_note(p, n);
}

static void put_counts(const struct diags *d, FILE *to)
{
	if (d->errors)
		fprintf(to, "%u error%s", d->errors, d->errors == 1 ? "" : "s");
	if (d->errors && d->warnings)
		fputs(", ", to);
	if (d->warnings)
		fprintf(to, "%u warning%s", d->warnings, d->warnings == 1 ? "" : "s");
	fputc('\n', to);
}

void diag_print(const struct diags *d, FILE *to, unsigned limit, bool colour)
{
	struct printer p = {.d = d, .to = to, .colour = colour};
	size_t count, shown;
	const struct diag **all = diags_sorted(d, &count);

	if (!count)
		return;
	shown = limit && limit < count ? limit : count;
	for (size_t i = 0; i < shown; i++)
		put_diag(&p, all[i]);
	if (shown < count)
		fprintf(to, "... and %zu more\n", count - shown);
	put_counts(d, to);
}
