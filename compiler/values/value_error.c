// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/base/utf8.h"
#include "value_error.h"

enum { SHOWN_MAX = 80 };

bool refuse(struct value_error *e, const char *text)
{
	*e = (struct value_error){.text = text};
	return false;
}

bool refuse_hint(struct value_error *e, const char *text, const char *hint)
{
	*e = (struct value_error){.text = text, .hint = hint};
	return false;
}

bool refuse_mend(struct value_error *e, const char *text, const char *replacement)
{
	*e = (struct value_error){.text = text, .replacement = replacement};
	return false;
}

bool refuse_at(struct value_error *e, size_t from, size_t to, const char *text)
{
	*e = (struct value_error){.text = text, .from = (uint32_t)from, .to = (uint32_t)to};
	return false;
}

const char *shown(struct arena *a, const char *s, size_t len)
{
	const char *nul = len ? memchr(s, 0, len) : NULL;
	size_t cut = SHOWN_MAX;

	if (!len)
		return ""; /* of which there need not be an address */
	if (nul)
		len = (size_t)(nul - s);
	if (len <= SHOWN_MAX)
		return arena_strndup(a, s, len);
	while (cut && !utf8_starts(s[cut]))
		cut--;
	return arena_printf(a, "%.*s...", (int)cut, s);
}

bool no_nul(struct arena *a, const struct ast_str *text, const char *what, struct value_error *e)
{
	const char *nul = memchr(text->s, 0, text->len);

	if (!nul)
		return true;
	return refuse_at(e, (size_t)(nul - text->s), (size_t)(nul - text->s) + 1,
			 arena_printf(a, "a NUL byte is no part of %s", what));
}

const char *mended(struct arena *a, const struct ast_str *text, size_t from, size_t to,
		   const char *by)
{
	size_t len = strlen(by);
	char *out = arena_alloc(a, text->len - (to - from) + len + 1);

	memcpy(out, text->s, from);
	memcpy(out + from, by, len);
	memcpy(out + from + len, text->s + to, text->len - to);
	return out;
}
