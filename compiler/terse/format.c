// SPDX-License-Identifier: Apache-2.0
/*
 * The terse language: the canonical layout. It moves blanks and line ends and nothing else: tokens
 * and comments stay as they are, in their order, but for a comment within a statement, which goes
 * before it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "lex.h"
#include "terse.h"

enum { WIDTH = 100, INDENT = 4 };

struct piece {
	int kind;
	struct span at;
	bool tight; /* no blank before it */
};

struct layout {
	struct terse_parser parser;
	const char *text;
	FILE *to;
	struct terse_token *comments;
	size_t comment_count, comment_room, comment_next;
	struct piece *line;
	size_t count, room;
	unsigned indent, nested;
	int first;	     /* the line's first token */
	uint32_t done;	     /* behind the last thing that was written */
	bool started, fresh; /* fresh: nothing stands above in this block */
};

static void keep_comment(void *data, const struct terse_token *t, bool comment)
{
	struct layout *l = data;

	if (!comment)
		return;
	l->comments = arena_grow(l->parser.arena, l->comments, l->comment_count, &l->comment_room,
				 sizeof(*t));
	l->comments[l->comment_count++] = *t;
}

/* ---- blanks between tokens -------------------------------------------------------------- */

static bool is_glue(int kind)
{
	return kind == '.' || kind == '/' || kind == '|' || kind == DOTS || kind == '*' ||
	       kind == '+' || kind == '-';
}

static bool is_operand(int kind)
{
	return kind == NAME || kind == STRING || kind == NUMBER || kind == ']' || kind == ')';
}

static bool is_probe(const struct layout *l)
{
	return (l->first == USDT || l->first == UPROBE) && !l->nested;
}

static bool is_tight(const struct layout *l, int before, int kind)
{
	if (kind == ',' || kind == ')' || kind == ']' || kind == ':' || is_glue(kind))
		return true;
	if (before == '(' || before == '[' || before == '@' || is_glue(before))
		return true;
	if (before == '{' || kind == '}')
		return l->nested;
	if (before == ':')
		return is_probe(l);
	if (kind == '(' || kind == '[')
		return is_operand(before);
	return false;
}

/* ---- lines ------------------------------------------------------------------------------ */

/* An empty line, where the text has one or more. */
static void keep_blank(struct layout *l, uint32_t start, bool closing)
{
	unsigned ends = 0;

	for (uint32_t i = l->done; i < start; i++)
		ends += l->text[i] == '\n';
	if (ends > 1 && l->started && !l->fresh && !closing)
		fputc('\n', l->to);
	l->started = true;
	l->fresh = false;
}

static void put_indent(struct layout *l, unsigned more)
{
	fprintf(l->to, "%*s", (int)(l->indent * INDENT + more), "");
}

static void put_comment(struct layout *l, const struct terse_token *c)
{
	uint32_t end = c->at.end;

	while (end > c->at.start && strchr(" \t\r", l->text[end - 1]))
		end--;
	fprintf(l->to, "%.*s", (int)(end - c->at.start), l->text + c->at.start);
	l->done = c->at.end;
}

/* Comments before `limit`, each on a line of its own. */
static void put_comments(struct layout *l, uint32_t limit)
{
	while (l->comment_next < l->comment_count &&
	       l->comments[l->comment_next].at.start < limit) {
		const struct terse_token *c = &l->comments[l->comment_next++];

		keep_blank(l, c->at.start, false);
		put_indent(l, 0);
		put_comment(l, c);
		fputc('\n', l->to);
	}
}

static size_t width_of(const struct piece *p)
{
	return p->at.end - p->at.start + !p->tight;
}

/* How far the line goes from piece `i` to the next place where it can be broken. */
static size_t run(const struct layout *l, size_t i)
{
	size_t width = width_of(&l->line[i]);

	for (i++; i < l->count; i++) {
		int kind = l->line[i].kind;

		if (kind == AND || kind == OR || kind == DOES || l->line[i - 1].kind == ',')
			break;
		width += width_of(&l->line[i]);
	}
	return width;
}

static bool can_break(const struct layout *l, size_t i)
{
	int kind = l->line[i].kind;

	return i && (kind == AND || kind == OR || kind == DOES || l->line[i - 1].kind == ',');
}

static void put_pieces(struct layout *l)
{
	size_t column = l->indent * INDENT;

	for (size_t i = 0; i < l->count; i++) {
		const struct piece *p = &l->line[i];

		if (can_break(l, i) && column + run(l, i) > WIDTH) {
			fputc('\n', l->to);
			put_indent(l, INDENT);
			column = l->indent * INDENT + INDENT;
		} else if (i && !p->tight) {
			fputc(' ', l->to);
			column++;
		}
		fprintf(l->to, "%.*s", (int)(p->at.end - p->at.start), l->text + p->at.start);
		column += p->at.end - p->at.start;
	}
}

/* A comment behind the last token, on its line. */
static void put_trailing(struct layout *l)
{
	const struct terse_token *c;

	if (l->comment_next >= l->comment_count)
		return;
	c = &l->comments[l->comment_next];
	if (c->at.start < l->done || memchr(l->text + l->done, '\n', c->at.start - l->done))
		return;
	for (uint32_t i = l->done; i < c->at.start; i++)
		if (!strchr(" \t\r;", l->text[i]))
			return;
	fputs("  ", l->to);
	put_comment(l, c);
	l->comment_next++;
}

static void flush(struct layout *l)
{
	if (!l->count)
		return;
	put_comments(l, l->line[l->count - 1].at.start);
	keep_blank(l, l->line[0].at.start, l->line[0].kind == '}');
	put_indent(l, 0);
	put_pieces(l);
	l->done = l->line[l->count - 1].at.end;
	put_trailing(l);
	fputc('\n', l->to);
	l->count = 0;
}

static void add(struct layout *l, const struct terse_token *t)
{
	int before = l->count ? l->line[l->count - 1].kind : 0;

	if (!l->count)
		l->first = t->kind;
	l->line = arena_grow(l->parser.arena, l->line, l->count, &l->room, sizeof(*l->line));
	l->line[l->count] = (struct piece){t->kind, t->at, is_tight(l, before, t->kind)};
	l->count++;
	l->nested += t->kind == '(' || t->kind == '[';
	l->nested -= l->nested && (t->kind == ')' || t->kind == ']');
}

static void take(struct layout *l, const struct terse_token *t)
{
	bool block = !l->nested;

	if (t->kind == END) {
		flush(l);
		return;
	}
	if (t->kind == '}' && block) {
		flush(l);
		put_comments(l, t->at.start);
		l->indent -= l->indent > 0;
	}
	add(l, t);
	if (t->kind == '{' && block) {
		flush(l);
		l->indent++;
		l->fresh = true;
	}
}

static void lay_out(struct layout *l)
{
	struct terse_token t;

	while (terse_next(&l->parser, &t))
		take(l, &t);
	flush(l);
	put_comments(l, UINT32_MAX);
}

/* `f` has no mistakes. */
static char *format(struct arena *a, const struct source *f, size_t *size)
{
	struct layout l = {.parser = {.arena = a, .line = true}, .text = f->text, .fresh = true};
	char *text = NULL, *out;

	l.parser.seen = keep_comment;
	l.parser.seen_data = &l;
	l.to = open_memstream(&text, size);
	if (!l.to || !terse_parser_open(&l.parser, f, 0))
		terse_scanner_died("out of memory");
	lay_out(&l);
	terse_parser_close(&l.parser);
	fclose(l.to);
	out = arena_strndup(a, text, *size);
	free(text);
	return out;
}

const struct span *terse_comments(struct arena *a, const struct source *f, size_t *count)
{
	struct layout l = {.parser = {.arena = a, .line = true}};
	struct terse_token t;
	struct span *out;

	l.parser.seen = keep_comment;
	l.parser.seen_data = &l;
	if (!terse_parser_open(&l.parser, f, 0))
		terse_scanner_died("out of memory");
	while (terse_next(&l.parser, &t))
		;
	terse_parser_close(&l.parser);
	out = arena_array(a, l.comment_count, sizeof(*out));
	for (size_t i = 0; i < l.comment_count; i++)
		out[i] = l.comments[i].at;
	*count = l.comment_count;
	return out;
}

const char *terse_format(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
			 size_t *size)
{
	struct terse_file parsed;

	terse_parse(a, d, s, file, &parsed);
	return parsed.bad ? NULL : format(a, sources_get(s, file), size);
}

const char *terse_format_text(struct arena *a, const char *text, size_t size, size_t *out)
{
	struct source f = {.name = "", .text = text, .size = size};

	return format(a, &f, out);
}
