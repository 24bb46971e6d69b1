// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "yaml_write.h"

struct writer {
	FILE *to;
	struct yaml_comments *comments;
};

static void write_node(struct writer *w, const struct yaml_node *n, unsigned indent,
		       bool inline_map);

/* ---- scalars ---------------------------------------------------------------------------- */

/* Whether a string is one without quotes, to every reader. */
static bool is_plain(const struct yaml_node *n)
{
	struct yaml_node probe = {.text = n->text, .len = n->len};

	if (!n->len || strlen(n->text) != n->len ||
	    !strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_",
		    n->text[0]) ||
	    strspn(n->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") !=
		    n->len)
		return false;
	yaml_scalar_resolve(&probe);
	return probe.type == NODE_STRING;
}

static void write_quoted(FILE *to, const char *text, size_t len)
{
	fputc('"', to);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", to);
		else if (c == '\t')
			fputs("\\t", to);
		else if (c < 0x20 || c == 0x7f)
			fprintf(to, "\\x%02x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void write_scalar(struct writer *w, const struct yaml_node *n)
{
	switch (n->type) {
	case NODE_NULL:
		fputs("null", w->to);
		break;
	case NODE_BOOL:
		fputs(n->boolean ? "true" : "false", w->to);
		break;
	case NODE_INT:
		if (n->too_large)
			fputs(n->text, w->to);
		else
			fprintf(w->to, "%lld", (long long)n->integer);
		break;
	case NODE_STRING:
		if (!is_plain(n)) {
			write_quoted(w->to, n->text, n->len);
			break;
		}
		fputs(n->text, w->to);
		break;
	default:
		fputs(n->text ? n->text : "null", w->to);
	}
}

/* ---- comments --------------------------------------------------------------------------- */

/* Those that stand before the end of the line where a node starts; of a short node, where it
 * ends. */
static void write_comments(struct writer *w, const struct yaml_node *n, unsigned indent)
{
	struct yaml_comments *c = w->comments;
	const struct source *f = c ? c->source : NULL;
	uint32_t limit = n ? n->at.start : UINT32_MAX;

	if (!f)
		return;
	if (n && n->at.end <= f->size &&
	    !memchr(f->text + n->at.start, '\n', n->at.end - n->at.start))
		limit = n->at.end;
	while (limit < f->size && f->text[limit] != '\n')
		limit++;
	for (; c->next < c->n && c->v[c->next].start < limit; c->next++)
		fprintf(w->to, "%*s%.*s\n", (int)indent, "",
			(int)(c->v[c->next].end - c->v[c->next].start),
			f->text + c->v[c->next].start);
}

/* ---- collections ------------------------------------------------------------------------ */

static bool is_block(const struct yaml_node *n)
{
	return (n->type == NODE_MAP || n->type == NODE_LIST) && n->count;
}

static void write_empty(struct writer *w, const struct yaml_node *n)
{
	fputs(n->type == NODE_MAP ? " {}\n" : " []\n", w->to);
}

static void write_list(struct writer *w, const struct yaml_node *n, unsigned indent)
{
	for (size_t i = 0; i < n->count; i++) {
		const struct yaml_node *item = n->items[i];

		if (item->type == NODE_MAP)
			write_comments(w, item, indent);
		fprintf(w->to, "%*s-", (int)indent, "");
		if (is_block(item)) {
			fputc(' ', w->to);
			write_node(w, item, indent + 2, true);
		} else if (item->type == NODE_MAP || item->type == NODE_LIST) {
			write_empty(w, item);
		} else {
			fputc(' ', w->to);
			write_scalar(w, item);
			fputc('\n', w->to);
		}
	}
}

static void write_map(struct writer *w, const struct yaml_node *n, unsigned indent, bool started)
{
	for (size_t i = 0; i < n->count; i++) {
		const struct yaml_node *value = n->pairs[i].value;

		if (i || !started)
			fprintf(w->to, "%*s", (int)indent, "");
		write_scalar(w, n->pairs[i].key);
		fputc(':', w->to);
		if (is_block(value)) {
			fputc('\n', w->to);
			write_node(w, value, indent + (value->type == NODE_MAP ? 2 : 0), false);
		} else if (value->type == NODE_MAP || value->type == NODE_LIST) {
			write_empty(w, value);
		} else {
			fputc(' ', w->to);
			write_scalar(w, value);
			fputc('\n', w->to);
		}
	}
}

/* `started`: the first line's indentation is there, behind a dash. */
static void write_node(struct writer *w, const struct yaml_node *n, unsigned indent, bool started)
{
	if (n->type == NODE_MAP) {
		write_map(w, n, indent, started);
		return;
	}
	if (started) { /* a list in a list */
		fputc('\n', w->to);
	}
	write_list(w, n, indent);
}

void yaml_write(FILE *to, const struct yaml_docs *docs, struct yaml_comments *comments)
{
	struct writer w = {to, comments};

	for (size_t i = 0; i < docs->count; i++) {
		if (i)
			fputs("---\n", to);
		write_comments(&w, docs->roots[i], 0);
		if (is_block(docs->roots[i]))
			write_node(&w, docs->roots[i], 0, false);
	}
	write_comments(&w, NULL, 0);
}
