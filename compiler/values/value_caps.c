// SPDX-License-Identifier: Apache-2.0
/* Capability masks: a number, or names with commas between. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/words/names.h"
#include "number.h"
#include "value.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool refuse_word(struct arena *a, const struct ast_str *text, size_t from, size_t to,
			struct value_error *e)
{
	const char *near = name_nearest(a, NAMES_CAPABILITY, text->s + from, to - from);

	if (from == to)
		return refuse(e, arena_printf(a, "`%s` has an empty place between its commas",
					      shown(a, text->s, text->len)));
	refuse_at(e, from, to,
		  arena_printf(a, "`%s` is no capability", shown(a, text->s + from, to - from)));
	if (near)
		e->replacement = mended(a, text, from, to, near);
	return false;
}

static bool add_name(struct arena *a, const struct ast_str *text, size_t from, size_t to,
		     struct value *out, struct value_error *e)
{
	const struct name *name;

	while (from < to && blank(text->s[from]))
		from++;
	while (to > from && blank(text->s[to - 1]))
		to--;
	name = name_find(NAMES_CAPABILITY, text->s + from, to - from);
	if (!name)
		return refuse_word(a, text, from, to, e);
	out->number |= 1ull << name->number;
	if (name->spelling_differs)
		out->flags |= VALUE_SPELLING;
	return true;
}

bool value_read_caps(struct arena *a, const struct ast_str *text, struct value *out,
		     struct value_error *e)
{
	struct number n;

	*out = (struct value){.kind = VALUE_IS_NUMBER};
	if (!text->len)
		return refuse(e, "an empty value names no capability");
	if (!no_nul(a, text, "a capability mask", e))
		return false;
	if (number_base0(text->s, text->len, SIGN_MINUS, &n)) {
		out->number = number_value(&n);
		if (number_fits(&n, 64, false))
			return true;
		return refuse(e, arena_printf(a,
					      "%s does not fit: a capability mask is an unsigned "
					      "64-bit number",
					      shown(a, text->s, text->len)));
	}
	for (size_t from = 0, to; from <= text->len; from = to + 1) {
		const char *comma = memchr(text->s + from, ',', text->len - from);

		to = comma ? (size_t)(comma - text->s) : text->len;
		if (!add_name(a, text, from, to, out, e))
			return false;
	}
	return true;
}
