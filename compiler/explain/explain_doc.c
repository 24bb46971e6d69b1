// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "explain_doc.h"
#include "compiler/base/utf8.h"

static void add(struct doc *d, const char *s, size_t len)
{
	char *bigger;

	if (d->len + len >= d->room) {
		d->room = 2 * (d->len + len) + 256;
		bigger = arena_alloc(d->arena, d->room);
		if (d->len)
			memcpy(bigger, d->text, d->len);
		d->text = bigger;
	}
	memcpy(d->text + d->len, s, len);
	d->len += len;
	d->text[d->len] = '\0';
}

/* A formatted text of any length, in the arena. */
static const char *format_text(struct arena *a, const char *format, va_list args)
{
	va_list again;
	int len;
	char *out;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return "";
	out = arena_alloc(a, (size_t)len + 1);
	vsnprintf(out, (size_t)len + 1, format, args);
	return out;
}

void doc_say(struct doc *d, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = format_text(d->arena, format, args);
	va_end(args);
	add(d, text, strlen(text));
}

static size_t columns_of(const char *s, size_t len)
{
	size_t columns = 0;
	unsigned width;
	char shown[12];

	for (size_t i = 0; i < len; columns += width)
		i += utf8_show(s + i, len - i, shown, &width);
	return columns;
}

/* The length of the word at `s`: up to a blank that is not in backticks. */
static size_t word_length(const char *s)
{
	bool quoted = false;
	size_t i = 0;

	for (; s[i] && (quoted || s[i] != ' '); i++)
		if (s[i] == '`')
			quoted = !quoted;
	return i;
}

static void put_wrapped(const struct doc *d, size_t first, size_t indent)
{
	size_t column = first;
	bool start = true;

	for (const char *s = d->text; *s;) {
		size_t len = word_length(s), width = columns_of(s, len);

		if (!start && column + 1 + width > DOC_WIDTH && !d->markdown) {
			fprintf(d->to, "\n%*s", (int)indent, "");
			column = indent;
			start = true;
		}
		if (!start)
			fputc(' ', d->to);
		column += width + !start;
		fwrite(s, 1, len, d->to);
		start = false;
		for (s += len; *s == ' '; s++)
			;
	}
	fputc('\n', d->to);
}

static void trim(struct doc *d)
{
	while (d->len && d->text[d->len - 1] == ' ')
		d->text[--d->len] = '\0';
}

static void gap(struct doc *d)
{
	if (d->began)
		fputc('\n', d->to);
	d->began = true;
}

void doc_end(struct doc *d)
{
	trim(d);
	if (!d->len)
		return;
	gap(d);
	put_wrapped(d, 0, 0);
	d->len = 0;
	d->in_list = false;
}

void doc_end_item(struct doc *d, unsigned depth)
{
	int indent = (int)(depth * 2);

	trim(d);
	if (!d->len)
		return;
	if (!d->in_list)
		gap(d);
	fprintf(d->to, "%*s- ", indent - 2, "");
	put_wrapped(d, (size_t)indent, (size_t)indent);
	d->len = 0;
	d->in_list = true;
}

void doc_heading(struct doc *d, unsigned level, const char *format, ...)
{
	static const char marks[] = "=-";
	const char *text;
	va_list args;

	doc_end(d);
	va_start(args, format);
	text = format_text(d->arena, format, args);
	va_end(args);
	if (level == 1 && d->began)
		fputc('\n', d->to);
	gap(d);
	d->in_list = false;
	if (d->markdown) {
		fprintf(d->to, "%.*s %s\n", (int)level, "###", text);
		return;
	}
	fprintf(d->to, "%s\n", text);
	for (size_t i = level > 2 ? 0 : columns_of(text, strlen(text)); i > 0; i--)
		fputc(marks[level - 1], d->to);
	if (level <= 2)
		fputc('\n', d->to);
}

const char *doc_quote(struct arena *a, const char *s, size_t len)
{
	const char *fence = memchr(s, '`', len) ? "``" : "`";
	char *out = arena_alloc(a, len * 12 + 8), *at = out;
	char shown[12];
	unsigned width;

	at += sprintf(at, fence[1] ? "%s " : "%s", fence);
	for (size_t i = 0; i < len;) {
		i += utf8_show(s + i, len - i, shown, &width);
		at = stpcpy(at, shown);
	}
	sprintf(at, fence[1] ? " %s" : "%s", fence);
	return out;
}

const char *doc_quote_word(struct arena *a, const char *word)
{
	return doc_quote(a, word, strlen(word));
}

void doc_list_add(struct arena *a, struct doc_list *l, const char *item)
{
	l->v = arena_grow(a, l->v, l->n, &l->room, sizeof(*l->v));
	l->v[l->n++] = item;
}

const char *doc_list_text(struct arena *a, const struct doc_list *l, const char *joint)
{
	size_t size = 1, used = 0;
	char *out;

	for (size_t i = 0; i < l->n; i++)
		size += strlen(l->v[i]) + strlen(joint) + 3;
	out = arena_alloc(a, size);
	for (size_t i = 0; i < l->n; i++) {
		const char *before = !i ? "" : i + 1 < l->n ? ", " : " ";

		used += (size_t)snprintf(out + used, size - used, "%s", before);
		if (i && i + 1 == l->n)
			used += (size_t)snprintf(out + used, size - used, "%s ", joint);
		used += (size_t)snprintf(out + used, size - used, "%s", l->v[i]);
	}
	return out;
}

const char *doc_strings(struct arena *a, const struct ast_str *v, size_t n, const char *joint)
{
	struct doc_list l = {.n = 0};

	for (size_t i = 0; i < n; i++)
		doc_list_add(a, &l, doc_quote(a, v[i].s, v[i].len));
	return doc_list_text(a, &l, joint);
}
