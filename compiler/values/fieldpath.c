// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "fieldpath.h"
#include "number.h"

struct reader {
	struct arena *arena;
	const struct ast_str *text;
	struct fieldpath *out;
	struct value_error *error;
	size_t at;
};

static bool fail(struct reader *r, size_t from, size_t to, const char *why)
{
	return refuse_at(r->error, from, to, why);
}

static bool fail_mend(struct reader *r, size_t from, size_t to, const char *why, const char *by)
{
	fail(r, from, to, why);
	r->error->replacement = mended(r->arena, r->text, from, to, by);
	return false;
}

static char byte(const struct reader *r, size_t at)
{
	return at < r->text->len ? r->text->s[at] : 0;
}

static bool name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const char *piece(struct reader *r, size_t from, size_t to)
{
	return arena_printf(r->arena, "`%s`", shown(r->arena, r->text->s + from, to - from));
}

static bool add(struct reader *r, const char *name, uint32_t index, size_t from)
{
	if (r->out->count == FIELDPATH_STEPS)
		return fail(
			r, from, r->text->len,
			arena_printf(r->arena, "the path has more than %d steps", FIELDPATH_STEPS));
	r->out->steps[r->out->count++] =
		(struct field_step){name, index, (uint32_t)from, (uint32_t)r->at};
	return true;
}

static bool read_element(struct reader *r)
{
	size_t from = r->at, to = from + 1;
	struct number n;

	while (to < r->text->len && r->text->s[to] != ']' && r->text->s[to] != '[')
		to++;
	if (to == r->text->len)
		return fail(r, from, to, "a `[` is not closed");
	if (r->text->s[to] == '[')
		return fail(r, to, to + 1, "a `[` stands inside another");
	if (to == from + 1)
		return fail(r, from, to + 1, "`[]` names no element");
	r->at = to + 1;
	if (!number_decimal(r->text->s + from + 1, to - from - 1, SIGN_NONE, &n))
		return fail(r, from, r->at,
			    arena_printf(r->arena, "%s is no element: write a decimal number",
					 piece(r, from, r->at)));
	if (!number_fits(&n, 31, false))
		return fail(r, from, r->at,
			    arena_printf(r->arena, "%s is no element: the number is too large",
					 piece(r, from, r->at)));
	return add(r, NULL, (uint32_t)n.magnitude, from);
}

static bool bad_byte(struct reader *r)
{
	const char *s = r->text->s + r->at;
	size_t from = r->at, to = from + 1;

	if (!*s)
		return fail(r, from, to, "a NUL byte is no part of a path");
	if (*s == ']')
		return fail(r, from, to, "a `]` closes nothing");
	if (*s == '-' && byte(r, to) == '>')
		return fail_mend(r, from, to + 1, "members are joined by dots, pointers too", ".");
	if (*s == '*' || *s == '&')
		return fail_mend(r, from, to, "pointers are followed without being told", "");
	while (to < r->text->len && ((unsigned char)r->text->s[to] & 0xc0) == 0x80)
		to++;
	return fail(r, from, to,
		    arena_printf(r->arena, "%s is no part of a member's name", piece(r, from, to)));
}

static bool read_name(struct reader *r)
{
	size_t from = r->at;

	if (isdigit((unsigned char)byte(r, from))) {
		while (name_byte(byte(r, r->at)))
			r->at++;
		return fail(r, from, r->at,
			    arena_printf(r->arena,
					 "%s is no member's name: elements are written "
					 "`[N]`",
					 piece(r, from, r->at)));
	}
	while (name_byte(byte(r, r->at)))
		r->at++;
	if (r->at == from)
		return bad_byte(r);
	return add(r, arena_strndup(r->arena, r->text->s + from, r->at - from), 0, from);
}

/* What stands between two steps. */
static bool read_joint(struct reader *r, bool after_element)
{
	size_t dot = r->at;
	char c = byte(r, dot), then = byte(r, dot + 1);

	if (c == '[')
		return true;
	if (c != '.')
		return after_element && name_byte(c)
			       ? fail_mend(r, dot, dot, "a dot is missing behind `]`", ".")
			       : bad_byte(r);
	if (then == '.') {
		while (byte(r, r->at) == '.')
			r->at++;
		return fail_mend(r, dot, r->at, "two dots in a row",
				 r->at == r->text->len ? "" : ".");
	}
	if (then == '[')
		return fail_mend(r, dot, dot + 1, "no dot stands before a `[`", "");
	r->at++;
	return true;
}

bool fieldpath_parse(struct arena *a, const struct ast_str *text, struct fieldpath *out,
		     struct value_error *e)
{
	struct reader r = {a, text, out, e, 0};

	*out = (struct fieldpath){.count = 0};
	/* One dot at either end says nothing. */
	if (byte(&r, 0) == '.' && byte(&r, 1) != '.' && byte(&r, 1) != '[')
		r.at++;
	if (r.at == text->len)
		return refuse(e, "an empty path leads nowhere");
	if (byte(&r, r.at) == '.' && !read_joint(&r, false))
		return false;
	while (r.at < text->len) {
		bool element = byte(&r, r.at) == '[';

		if (!(element ? read_element(&r) : read_name(&r)))
			return false;
		if (r.at < text->len && !read_joint(&r, element))
			return false;
	}
	return true;
}

const char *fieldpath_print(struct arena *a, const struct fieldpath *p, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count && i < p->count; i++)
		text = p->steps[i].name
			       ? arena_printf(a, "%s%s%s", text, *text ? "." : "", p->steps[i].name)
			       : arena_printf(a, "%s[%u]", text, p->steps[i].index);
	return text;
}
