// SPDX-License-Identifier: Apache-2.0
/* The cursor in YAML's mappings and lists in braces and brackets, which may go over many lines. */
#include <string.h>
#include "compiler/base/arena.h"
#include "cursor_yaml.h"

/* ---- one line after the other ------------------------------------------------------------ */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *flow_string(struct flow *fl, const char *s, const char *end)
{
	const char *close = memchr(s + 1, *s, (size_t)(end - s - 1));

	fl->quoted = !close;
	return close ? close + 1 : end;
}

static bool is_comment(const char *s, const char *line)
{
	return *s == '#' && (s == line || is_blank(s[-1]));
}

static const char *flow_word(struct arena *a, struct flow *fl, const char *s, const char *end)
{
	const char *from = s;
	size_t len = yaml_key_length(s, end);

	if (len && fl->depth && fl->kinds[fl->depth - 1] == '{') {
		fl->key = yaml_unquoted(a, s, len);
		return s + len + 1;
	}
	if (*s == '"' || *s == '\'')
		return flow_string(fl, s, end);
	while (s < end && !strchr("{}[],", *s) && !(s > from && is_comment(s, from)))
		s++;
	return s > from ? s : s + 1;
}

static const char *flow_sign(struct flow *fl, const char *s, size_t at)
{
	switch (*s) {
	case '{':
	case '[':
		if (fl->depth == FLOW_MAX) {
			fl->bad = true;
			return s + 1;
		}
		fl->keys[fl->depth] = fl->key;
		fl->from[fl->depth] = at;
		fl->kinds[fl->depth++] = *s;
		if (*s == '{')
			fl->key = NULL;
		break;
	case '}':
	case ']':
		fl->key = fl->depth ? fl->keys[--fl->depth] : NULL;
		break;
	default: /* , */
		if (fl->depth && fl->kinds[fl->depth - 1] == '{')
			fl->key = NULL;
	}
	return s + 1;
}

/* A string that is not closed ends with its line: it is being written. */
static void read_part(struct arena *a, const struct source *f, struct flow *fl, const char *s,
		      const char *end)
{
	const char *line = s;

	fl->quoted = fl->comment = false;
	while (s < end) {
		if (is_blank(*s)) {
			s++;
		} else if (is_comment(s, line)) {
			fl->comment = true;
			return;
		} else if (strchr("{}[],", *s)) {
			s = flow_sign(fl, s, (size_t)(s - f->text));
		} else {
			s = flow_word(a, fl, s, end);
		}
	}
}

void flow_read(struct arena *a, const struct source *f, struct flow *fl, size_t from, size_t to)
{
	const char *s = f->text + from, *end = f->text + to;

	while (s < end) {
		const char *newline = memchr(s, '\n', (size_t)(end - s));

		read_part(a, f, fl, s, newline ? newline : end);
		if (!newline)
			return;
		s = newline + 1;
	}
	fl->quoted = fl->comment = false; /* at the start of a line */
}

/* ---- where it begins and ends ---------------------------------------------------------------- */

static size_t base_column(const struct yaml_line *l)
{
	return l->dash_count ? l->dashes[0] : l->column;
}

/* Whether a line cannot belong to what a line with this column has opened: a bracket was forgotten.
 */
static bool breaks_flow(const struct source *f, const struct yaml_line *l, size_t column)
{
	char first = l->start + l->column < l->end ? f->text[l->start + l->column] : '\0';

	return !l->blank && base_column(l) <= column && column > 0 && first != '}' && first != ']';
}

/* The line behind a flow that begins at byte `from` of line `head`; 0: it is open when `line`
 * begins. */
static size_t skip_flow(struct arena *a, const struct source *f, size_t head, size_t from,
			size_t line)
{
	struct yaml_line first = yaml_read_line(f, head, f->size);
	struct flow fl = {.depth = 0};

	flow_read(a, f, &fl, from, first.end);
	for (size_t i = head + 1; fl.depth && !fl.bad; i++) {
		struct yaml_line l = yaml_read_line(f, i, f->size);

		if (breaks_flow(f, &l, base_column(&first)))
			return i;
		if (i == line)
			return 0;
		flow_read(a, f, &fl, l.start, l.end);
		if (!fl.depth)
			return i + 1;
	}
	return head + 1;
}

/* The line behind a text of several lines that line `head` begins with `|` or `>`. */
static size_t skip_text(const struct source *f, size_t head, size_t line)
{
	struct yaml_line first = yaml_read_line(f, head, f->size), l;

	for (head++; head < line; head++) {
		l = yaml_read_line(f, head, f->size);
		if (l.start + l.column < l.end && l.column <= first.column && !l.blank)
			break;
	}
	return head;
}

size_t flow_head(struct arena *a, const struct source *f, size_t line)
{
	size_t i = line > LINES_MAX ? line - LINES_MAX : 0, next;

	while (i < line) {
		struct yaml_line l = yaml_read_line(f, i, f->size);
		size_t at = l.start + l.column + (l.key_len ? l.key_len + 1 : 0);

		while (at < l.end && is_blank(f->text[at]))
			at++;
		next = i + 1;
		if (!l.blank && at < l.end && (f->text[at] == '|' || f->text[at] == '>'))
			next = skip_text(f, i, line);
		else if (!l.blank && at < l.end && (f->text[at] == '{' || f->text[at] == '['))
			next = skip_flow(a, f, i, at, line);
		if (!next)
			return i;
		i = next;
	}
	return line;
}

size_t flow_stop(const struct source *f, size_t head, size_t line)
{
	struct yaml_line first = yaml_read_line(f, head, f->size), l;

	for (line++; line < f->line_count && line - head < LINES_MAX; line++) {
		l = yaml_read_line(f, line, f->size);
		if (breaks_flow(f, &l, base_column(&first)))
			return l.start;
	}
	return line < f->line_count ? f->lines[line] : f->size;
}

/* ---- entries ------------------------------------------------------------------------------------
 */

static const char *skip_blanks(const char *s, const char *stop, const char *signs)
{
	for (; s < stop; s++) {
		if (*s == '#' && is_blank(s[-1])) {
			s = memchr(s, '\n', (size_t)(stop - s));
			if (!s)
				return stop;
		} else if (!is_blank(*s) && !(*s && strchr(signs, *s))) {
			return s;
		}
	}
	return stop;
}

/* Behind a value: at the comma or brace that ends it. */
static const char *skip_value(const char *s, const char *stop)
{
	size_t depth = 0;

	for (; s < stop; s++) {
		if (*s == '"' || *s == '\'') {
			const char *close = memchr(s + 1, *s, (size_t)(stop - s - 1));

			s = close ? close : s;
		} else if (*s == '{' || *s == '[') {
			depth++;
		} else if ((*s == '}' || *s == ']') && !depth--) {
			return s;
		} else if (*s == ',' && !depth) {
			return s;
		}
	}
	return stop;
}

void flow_each(struct walk *w, size_t from, size_t stop,
	       void (*take)(struct walk *w, const char *key, size_t at, size_t len))
{
	const char *s = w->f->text + from + 1, *end = w->f->text + stop;

	while ((s = skip_blanks(s, end, ",")) < end && *s != '}' && *s != ']') {
		const char *newline = memchr(s, '\n', (size_t)(end - s)), *value;
		size_t len = yaml_key_length(s, newline ? newline : end);
		const char *key = len ? yaml_unquoted(w->arena, s, len) : NULL;

		s = value = skip_blanks(len ? s + len + 1 : s, end, "");
		s = skip_value(s, end);
		for (len = (size_t)(s - value); len && is_blank(value[len - 1]); len--)
			;
		if (key)
			take(w, key, (size_t)(value - w->f->text), len);
	}
}
