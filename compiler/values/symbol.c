// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "number.h"
#include "symbol.h"

/* Symbols of compiled languages have no blanks and no control characters. */
static bool check_name(struct arena *a, const struct ast_str *text, size_t len,
		       struct value_error *e)
{
	if (!len)
		return refuse(e, text->len ? arena_printf(a, "`%s` has no name before its `+`",
							  shown(a, text->s, text->len))
					   : "an empty value names no symbol");
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text->s[i] <= ' ' || text->s[i] == 0x7f)
			return refuse_at(e, i, i + 1,
					 "a blank or control character is no part of a symbol");
	return true;
}

bool symbol_parse(struct arena *a, const struct ast_str *text, struct symbol *out,
		  struct value_error *e)
{
	const char *plus = memchr(text->s, '+', text->len);
	size_t len = plus ? (size_t)(plus - text->s) : text->len;
	struct number n;

	if (!check_name(a, text, len, e))
		return false;
	*out = (struct symbol){.name = arena_strndup(a, text->s, len)};
	if (!plus)
		return true;
	if (!number_base0(plus + 1, text->len - len - 1, SIGN_NONE, &n))
		return refuse_at(e, len, text->len,
				 arena_printf(a, "`%s` has no number behind its `+`",
					      shown(a, text->s, text->len)));
	if (!n.fits)
		return refuse_at(e, len + 1, text->len,
				 arena_printf(a, "`%s`: the offset does not fit in 64 bits",
					      shown(a, text->s, text->len)));
	out->offset = n.magnitude;
	return true;
}

const char *symbol_print(struct arena *a, const struct symbol *s)
{
	return s->offset ? arena_printf(a, "%s+0x%" PRIx64, s->name, s->offset)
			 : arena_printf(a, "%s", s->name);
}
