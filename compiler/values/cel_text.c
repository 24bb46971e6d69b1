// SPDX-License-Identifier: Apache-2.0
/* CelExpr: texts, what is asked of them, and lists. */
#include <string.h>
#include "compiler/base/arena.h"
#include "cel_parser.h"

#define LIST_MAX 4096

size_t cel_text_end(const struct ast_str *text, size_t at)
{
	char quote = text->s[at++];

	while (at < text->len && text->s[at] != quote)
		at += text->s[at] == '\\' ? 2 : 1;
	return at < text->len ? at + 1 : text->len;
}

/* ---- literals ---------------------------------------------------------------------------- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that an escape at `s`, behind the backslash, stands for; -1: none. */
static int escaped(const char *s, size_t left, size_t *used)
{
	static const char letters[] = "ntr\\\"'", bytes[] = "\n\t\r\\\"'";
	const char *known = left && *s ? strchr(letters, *s) : NULL;

	*used = 1;
	if (known)
		return bytes[known - letters];
	if (left < 3 || *s != 'x' || hex(s[1]) < 0 || hex(s[2]) < 0)
		return -1;
	*used = 3;
	return hex(s[1]) * 16 + hex(s[2]);
}

/* Fails at the escape that is none. */
static bool read_bytes(struct parser *p, const char *s, size_t len, struct cel_node *n)
{
	char *out = arena_alloc(p->arena, len + 1);
	size_t used;

	for (size_t i = 0; i < len; i++) {
		int byte = (unsigned char)s[i];

		if (s[i] == '\\') {
			byte = escaped(s + i + 1, len - i - 1, &used);
			if (byte < 0)
				return false;
			i += used;
		}
		out[n->len++] = (char)byte;
	}
	out[n->len] = '\0';
	n->text = out;
	return true;
}

struct cel_node *cel_text(struct parser *p)
{
	const char *s = p->text->s + p->from;
	size_t len = p->to - p->from, from = p->from;
	struct cel_node *n, bytes = {.len = 0};

	if (len < 2 || s[len - 1] != *s)
		return cel_fail(p, "the text has no end: a quote is missing");
	if (!read_bytes(p, s + 1, len - 2, &bytes))
		return cel_fail(p, "texts know \\n, \\t, \\r, \\\\, \\\", \\' and \\x with two "
				   "hexadecimal digits");
	cel_next(p);
	n = cel_node(p, CEL_TEXT, from, NULL, NULL);
	if (n) {
		n->text = bytes.text;
		n->len = bytes.len;
		n->type = CEL_STRING;
	}
	return n;
}

const char *cel_text_print(struct arena *a, const struct cel_node *n)
{
	char *out = arena_alloc(a, 4 * n->len + 3), *at = out;

	*at++ = '"';
	for (size_t i = 0; i < n->len; i++) {
		unsigned char c = (unsigned char)n->text[i];

		if (c < ' ' || c == 0x7f) {
			*at++ = '\\';
			*at++ = 'x';
			*at++ = "0123456789abcdef"[c >> 4];
			c = (unsigned char)"0123456789abcdef"[c & 15];
		} else if (c == '"' || c == '\\') {
			*at++ = '\\';
		}
		*at++ = (char)c;
	}
	*at++ = '"';
	*at = '\0';
	return out;
}

/* ---- methods ----------------------------------------------------------------------------- */

static enum cel_kind method_at(const struct parser *p)
{
	size_t len = p->to - p->from;

	for (int kind = CEL_SIZE; kind <= CEL_CONTAINS && p->token == TOKEN_NAME; kind++)
		if (strlen(cel_spelling(kind)) == len &&
		    !memcmp(cel_spelling(kind), p->text->s + p->from, len))
			return kind;
	return CEL_KINDS;
}

static struct cel_node *method(struct parser *p, size_t from, struct cel_node *of)
{
	enum cel_kind kind;
	struct cel_node *with = NULL;

	cel_next(p);
	kind = method_at(p);
	if (kind == CEL_KINDS)
		return cel_fail(p,
				"behind `.` stands startsWith, endsWith, contains or size: read a "
				"member with `resolve` as an argument of its own");
	cel_next(p);
	if (!cel_expect(p, "("))
		return NULL;
	if (++p->nest > CEL_DEPTH)
		return cel_fail(p, "the expression is nested too deep");
	if (kind != CEL_SIZE && !(with = cel_expression(p, 0)))
		return NULL;
	p->nest--;
	return cel_expect(p, ")") ? cel_node(p, kind, from, of, with) : NULL;
}

struct cel_node *cel_methods(struct parser *p, size_t from, struct cel_node *of)
{
	while (of && cel_is_sign(p, "."))
		of = method(p, from, of);
	return of;
}

/* ---- lists ------------------------------------------------------------------------------- */

static bool read_items(struct parser *p, struct cel_node *list)
{
	size_t room = 0;

	while (!cel_is_sign(p, "]")) {
		struct cel_node *item;

		if (list->item_count == LIST_MAX) {
			cel_fail(p, "a list has 4096 elements at most");
			return false;
		}
		if ((list->item_count && !cel_expect(p, ",")) || !(item = cel_expression(p, 0)))
			return false;
		list->items = arena_grow(p->arena, list->items, list->item_count, &room,
					 sizeof(*list->items));
		list->items[list->item_count++] = item;
		if (item->depth > list->depth)
			list->depth = item->depth;
	}
	return true;
}

struct cel_node *cel_in(struct parser *p, size_t from, struct cel_node *left)
{
	struct cel_node list = {.depth = left->depth}, deepest = {0}, *n;

	cel_next(p);
	if (!cel_is_sign(p, "["))
		return cel_fail(p, "behind `in` stands a list: `in [1, 2]`");
	if (++p->nest > CEL_DEPTH)
		return cel_fail(p, "the expression is nested too deep");
	cel_next(p);
	if (!read_items(p, &list))
		return NULL;
	p->nest--;
	if (!list.item_count)
		return cel_fail(p, "an empty list has nothing in it");
	cel_next(p);
	deepest.depth = list.depth;
	n = cel_node(p, CEL_IN, from, left, &deepest);
	if (n) {
		n->right = NULL;
		n->items = list.items;
		n->item_count = list.item_count;
	}
	return n;
}
