// SPDX-License-Identifier: Apache-2.0
/*
 * The canonical layout: two columns a level, dashes in the column of their key, one empty line at
 * most. A flow collection that fits its line and holds no comment stays one.
 */
#include "yaml_format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "yaml_layout.h"
#include "yaml_tree.h"

enum { WIDTH = 100, STEP = 2, LEVELS = YAML_MAX_DEPTH + 4 };

/* A collection that is being written. */
struct level {
	uint32_t column; /* of its entries, in the source */
	unsigned indent; /* of its entries, as written */
};

struct format {
	const struct layout *layout;
	const char *text;
	FILE *to;
	struct level levels[LEVELS];
	unsigned depth, before; /* before: levels that were open when the last line was written */
	size_t comment;		/* the next one */
	uint32_t done;		/* behind the last thing that was written */
	unsigned column;	/* where the line being written has got to */
	bool open;		/* a line is being written */
	bool started;
};

/* ---- lines and comments ------------------------------------------------------------------- */

static void put(struct format *w, const char *text)
{
	fputs(text, w->to);
	w->column += (unsigned)strlen(text);
}

static void end_line(struct format *w)
{
	if (w->open)
		fputc('\n', w->to);
	w->open = false;
}

static void put_slice(struct format *w, uint32_t start, uint32_t end)
{
	fwrite(w->text + start, 1, end - start, w->to);
	w->done = end;
}

static bool is_empty_line_before(const struct format *w, uint32_t start)
{
	bool empty = false;

	for (uint32_t i = w->done, len; i < start; i += len ? len : 1) {
		len = yaml_break(w->text, i);
		if (len && empty)
			return true;
		empty = len || (empty && strchr(" \t", w->text[i]));
	}
	return false;
}

/* Ends the line; keeps one of the empty lines before what starts at `start`. */
static void keep_blank(struct format *w, uint32_t start)
{
	end_line(w);
	if (w->started && is_empty_line_before(w, start))
		fputc('\n', w->to);
	w->started = true;
}

static bool is_same_line(const struct format *w, uint32_t to)
{
	for (uint32_t i = w->done; i < to; i++)
		if (yaml_break(w->text, i))
			return false;
	return to >= w->done;
}

/* The indentation of a comment on its own line, before something that is written at `indent` and
 * stands in `column`: one that stands further right belongs to what went before. */
static unsigned comment_indent(const struct format *w, const struct yaml_comment_place *c,
			       unsigned indent, uint32_t column)
{
	uint32_t line = c->start, stands;

	while (!yaml_line_starts(w->text, line))
		line--;
	stands = c->start - line;
	if (!c->alone || stands <= column)
		return indent;
	for (unsigned i = w->before; i-- > 0;)
		if (w->levels[i].column <= stands)
			return w->levels[i].indent > indent ? w->levels[i].indent : indent;
	return indent;
}

/* Comments before `limit`: behind what they stand behind, or on lines of their own. */
static void put_comments(struct format *w, uint32_t limit, unsigned indent, uint32_t column)
{
	const struct yaml_comment_places *all = &w->layout->comments;

	for (; w->comment < all->n && all->v[w->comment].start < limit; w->comment++) {
		const struct yaml_comment_place *c = &all->v[w->comment];

		if (w->open && w->started && is_same_line(w, c->start)) {
			fputs("  ", w->to);
		} else {
			keep_blank(w, c->start);
			fprintf(w->to, "%*s", (int)comment_indent(w, c, indent, column), "");
		}
		put_slice(w, c->start, c->end);
		w->open = true;
		end_line(w);
	}
}

/* Starts the line of what stands at `start`, behind the comments before `limit`. */
static void start_line(struct format *w, uint32_t start, uint32_t limit, unsigned indent,
		       uint32_t column)
{
	put_comments(w, limit, indent, column);
	keep_blank(w, start);
	fprintf(w->to, "%*s", (int)indent, "");
	w->column = indent;
	w->open = true;
	w->before = w->depth;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static void put_entries(struct format *w, const struct layout_node *n, unsigned indent,
			bool started);

static bool is_nothing(const struct layout_node *n)
{
	return n->kind == LAYOUT_SCALAR && !*n->text && !*n->props;
}

static bool holds_comment(const struct format *w, const struct layout_node *n)
{
	const struct yaml_comment_places *all = &w->layout->comments;

	return w->comment < all->n && all->v[w->comment].start < n->end;
}

/* Whether the collection is written as entries on lines of their own. */
static bool is_block(const struct format *w, const struct layout_node *n, unsigned column)
{
	if (n->kind != LAYOUT_MAP && n->kind != LAYOUT_LIST)
		return false;
	if (!n->count)
		return false;
	return !n->flow || n->width > WIDTH || column + n->width > WIDTH || holds_comment(w, n);
}

static void put_props(struct format *w, const struct layout_node *n, bool more)
{
	put(w, n->props);
	if (*n->props && more)
		put(w, " ");
}

static void put_inline(struct format *w, const struct layout_node *n)
{
	bool map = n->kind == LAYOUT_MAP;

	put_props(w, n, true);
	if (n->kind == LAYOUT_SCALAR) {
		put(w, *n->text ? n->text : "null");
		return;
	}
	put(w, map ? "{" : "[");
	for (size_t i = 0; i < n->count; i++) {
		if (i)
			put(w, map && i % 2 ? ": " : ", ");
		put_inline(w, n->kids[i]);
	}
	put(w, map ? "}" : "]");
}

static void put_lines(struct format *w, const struct layout_node *n, unsigned indent)
{
	for (size_t i = 0; i < n->count; i++) {
		uint32_t start = n->lines[2 * i], end = n->lines[2 * i + 1];

		if (i || n->kind == LAYOUT_BLOCK)
			fputc('\n', w->to);
		if ((i || n->kind == LAYOUT_BLOCK) && start < end)
			fprintf(w->to, "%*s", (int)indent, "");
		put_slice(w, start, end);
	}
	w->done = n->end;
	w->column = WIDTH;
}

/* A comment behind the header stands there. */
static void put_block(struct format *w, const struct layout_node *n, unsigned indent)
{
	const struct yaml_comment_places *all = &w->layout->comments;

	put(w, n->text);
	if (w->comment < all->n && all->v[w->comment].start < n->end) {
		fputs("  ", w->to);
		put_slice(w, all->v[w->comment].start, all->v[w->comment].end);
		w->comment++;
	}
	put_lines(w, n, indent);
}

/* Everything but collections with lines of their own. */
static void put_short(struct format *w, const struct layout_node *n, unsigned indent)
{
	if (n->kind == LAYOUT_LINES || n->kind == LAYOUT_BLOCK)
		put_props(w, n, true);
	if (n->kind == LAYOUT_LINES)
		put_lines(w, n, indent);
	else if (n->kind == LAYOUT_BLOCK)
		put_block(w, n, indent);
	else if (!is_nothing(n))
		put_inline(w, n);
	w->done = n->end;
}

static void put_key(struct format *w, const struct layout_node *key)
{
	if (key->kind == LAYOUT_SCALAR)
		put_inline(w, key);
	else
		put_short(w, key, 0); /* it was behind `?`: what is written is refused */
	w->done = key->end;
	put(w, ":");
}

static void put_pair(struct format *w, const struct layout_node *key,
		     const struct layout_node *value, unsigned indent)
{
	put_key(w, key);
	if (is_nothing(value))
		return;
	if (!is_block(w, value, w->column + 1)) {
		put(w, " ");
		put_short(w, value, indent + STEP);
		return;
	}
	if (*value->props)
		put(w, " ");
	put_props(w, value, false);
	put_entries(w, value, indent + (value->kind == LAYOUT_MAP ? STEP : 0), false);
}

/* Comments between a key and a value that shares its line go before the key. */
static uint32_t pair_start(const struct layout_node *key, const struct layout_node *value)
{
	bool shares = value->kind != LAYOUT_MAP && value->kind != LAYOUT_LIST && !is_nothing(value);

	return shares ? value->start : key->start;
}

/* Where what stands behind the dash on its line starts; comments before that go before the dash. */
static uint32_t first_start(const struct format *w, const struct layout_node *n, unsigned column)
{
	while (is_block(w, n, column) && !*n->props) {
		n = n->kids[0];
		column += STEP;
	}
	return n->start;
}

static void put_item(struct format *w, const struct layout_node *n, unsigned indent)
{
	put(w, "-");
	if (is_nothing(n)) {
		w->done = n->end;
		return;
	}
	put(w, " ");
	if (!is_block(w, n, w->column)) {
		put_short(w, n, indent + STEP);
		return;
	}
	put_props(w, n, false);
	put_entries(w, n, indent + STEP, !*n->props);
}

/* `started`: the first entry goes on with the line. */
static void put_entries(struct format *w, const struct layout_node *n, unsigned indent,
			bool started)
{
	size_t step = n->kind == LAYOUT_MAP ? 2 : 1;

	if (w->depth >= LEVELS)
		return;
	w->levels[w->depth++] = (struct level){n->column, indent};
	if (started)
		w->before = w->depth;
	for (size_t i = 0; i + step <= n->count; i += step) {
		const struct layout_node *kid = n->kids[i];

		if (i || !started)
			start_line(w, kid->start,
				   step == 2 ? pair_start(kid, n->kids[i + 1])
					     : first_start(w, kid, indent + STEP),
				   indent, n->column);
		if (step == 2)
			put_pair(w, kid, n->kids[i + 1], indent);
		else
			put_item(w, kid, indent);
	}
	if (n->flow) {
		put_comments(w, n->end, indent, UINT32_MAX);
		w->done = n->end;
	}
	w->depth--;
}

/* ---- documents ---------------------------------------------------------------------------- */

static void put_start(struct format *w, const struct layout_document *doc, bool first)
{
	put_comments(w, doc->start, 0, 0);
	if (first && doc->start == doc->end && !doc->major)
		return;
	keep_blank(w, doc->start);
	if (doc->major)
		fprintf(w->to, "%s%%YAML %d.%d\n", first ? "" : "...\n", doc->major, doc->minor);
	put(w, "---");
	w->open = true;
	w->done = doc->end;
}

static void put_document(struct format *w, const struct layout_document *doc, bool first)
{
	const struct layout_node *root = doc->root;

	put_start(w, doc, first);
	w->before = 0;
	if (is_nothing(root))
		return;
	if (is_block(w, root, 0) && !*root->props) {
		put_entries(w, root, 0, false);
		return;
	}
	start_line(w, root->start, root->start, 0, 0);
	if (!is_block(w, root, 0)) {
		put_short(w, root, STEP);
		return;
	}
	put_props(w, root, false);
	put_entries(w, root, 0, false);
}

static const char *lay_out(struct arena *a, const struct sources *s, uint32_t file, size_t *size)
{
	struct layout layout;
	struct format w = {.layout = &layout};
	char *text = NULL;
	const char *out;

	yaml_layout_read(a, s, file, &layout);
	w.text = layout.source->text;
	w.to = open_memstream(&text, size);
	if (!w.to) {
		fputs("tgc: out of memory\n", stderr);
		exit(3);
	}
	for (size_t i = 0; i < layout.count; i++)
		put_document(&w, &layout.docs[i], i == 0);
	put_comments(&w, UINT32_MAX, 0, 0);
	end_line(&w);
	fclose(w.to);
	out = arena_strndup(a, text, *size);
	free(text);
	return out;
}

/* ---- the proof ---------------------------------------------------------------------------- */

static bool same_node(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->type != b->type || a->count != b->count || a->quoted != b->quoted)
		return false;
	for (size_t i = 0; i < a->count && a->type == NODE_LIST; i++)
		if (!same_node(a->items[i], b->items[i]))
			return false;
	for (size_t i = 0; i < a->count && a->type == NODE_MAP; i++)
		if (!same_node(a->pairs[i].key, b->pairs[i].key) ||
		    !same_node(a->pairs[i].value, b->pairs[i].value))
			return false;
	if (a->type == NODE_LIST || a->type == NODE_MAP || a->type == NODE_NULL)
		return true;
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

static bool same_docs(const struct yaml_docs *a, const struct yaml_docs *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = same_node(a->roots[i], b->roots[i]);
	return same;
}

static bool same_comments(struct arena *a, const struct sources *s, uint32_t one, uint32_t other)
{
	struct yaml_comment_places before = {.n = 0}, after = {.n = 0};
	const char *from = sources_get(s, one)->text, *to = sources_get(s, other)->text;
	bool same;

	yaml_comments_find(a, s, one, &before);
	yaml_comments_find(a, s, other, &after);
	same = before.n == after.n;
	for (size_t i = 0; same && i < before.n; i++) {
		size_t len = before.v[i].end - before.v[i].start;

		same = len == after.v[i].end - after.v[i].start &&
		       !memcmp(from + before.v[i].start, to + after.v[i].start, len);
	}
	return same;
}

/* Whether the new text says the same as the file, comments included. */
static bool is_same(struct arena *a, const struct sources *s, uint32_t file,
		    const struct yaml_docs *docs, const char *text, size_t size)
{
	struct sources both = {.arena = a};
	uint32_t old = sources_adopt(&both, sources_get(s, file));
	uint32_t new = sources_add(&both, "", text, size);
	struct diags d = {.arena = a, .sources = &both};
	struct yaml_docs again = {.count = 0};

	yaml_tree_read(a, &d, &both, new, &again);
	return !diag_errors(&d) && same_docs(docs, &again) && same_comments(a, &both, old, new);
}

const char *yaml_format(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
			size_t *size)
{
	struct yaml_docs docs = {.count = 0};
	unsigned errors = diag_errors(d);
	const char *text;

	yaml_tree_read(a, d, s, file, &docs);
	if (diag_errors(d) > errors)
		return NULL;
	text = lay_out(a, s, file, size);
	if (is_same(a, s, file, &docs, text, *size))
		return text;
	diag_hint(d,
		  diag_at(d, DIAG_YAML_LAYOUT, (struct span){.file = file},
			  "no canonical layout keeps what this file says"),
		  "write keys on one line, without `? `, and lists with a `-` a line");
	return NULL;
}
