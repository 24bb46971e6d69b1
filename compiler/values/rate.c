// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "number.h"
#include "rate.h"

/* Milliseconds of a unit's letter; 0: it is none. */
static uint32_t unit(char c)
{
	switch (c | 0x20) {
	case 's':
		return 1000;
	case 'm':
		return 60 * 1000;
	case 'h':
		return 60 * 60 * 1000;
	default:
		return 0;
	}
}

static bool refuse_rate(struct arena *a, const struct ast_str *text, struct value_error *e)
{
	const char *why = arena_printf(a, "`%s` is no interval", shown(a, text->s, text->len));
	const char *hint = "write a whole number of seconds, or one with `s`, `m` or `h` behind it";
	struct number n;

	refuse_hint(e, why, hint);
	if (text->len > 2 && !memcmp(text->s + text->len - 2, "ms", 2) &&
	    number_decimal(text->s, text->len - 2, SIGN_NONE, &n) && n.fits) {
		e->hint = "the shortest interval is one second";
		e->replacement =
			arena_printf(a, "%" PRIu64, n.magnitude / 1000 + (n.magnitude % 1000 != 0));
	}
	return false;
}

bool rate_parse(struct arena *a, const struct ast_str *text, struct rate *out,
		struct value_error *e)
{
	size_t len = text->len;
	uint32_t factor = len ? unit(text->s[len - 1]) : 0;
	struct number n;
	uint64_t ms;

	if (!len)
		return refuse(e, "an empty value is no interval");
	if (!no_nul(a, text, "an interval", e))
		return false;
	if (!number_decimal(text->s, factor ? len - 1 : len, SIGN_NONE, &n))
		return refuse_rate(a, text, e);
	if (!number_fits(&n, 32, false))
		return refuse(e,
			      arena_printf(a, "`%s` is above 4294967295, the largest number here",
					   shown(a, text->s, len)));
	ms = n.magnitude * (factor ? factor : 1000);
	out->saturated = ms > UINT32_MAX;
	out->ms = out->saturated ? UINT32_MAX : (uint32_t)ms;
	return true;
}

const char *rate_print(struct arena *a, const struct rate *r)
{
	uint32_t seconds = r->ms / 1000 + (r->ms % 1000 != 0);

	if (seconds && seconds % 3600 == 0)
		return arena_printf(a, "%uh", seconds / 3600);
	if (seconds && seconds % 60 == 0)
		return arena_printf(a, "%um", seconds / 60);
	return arena_printf(a, "%u", seconds);
}

bool rate_scope_parse(struct arena *a, const struct ast_str *text, enum rate_scope *out,
		      struct value_error *e)
{
	static const char *const words[] = {"thread", "process", "global"};

	for (int i = 0; i < 3; i++) {
		if (text->len != strlen(words[i]) || memcmp(text->s, words[i], text->len))
			continue;
		*out = i;
		return true;
	}
	refuse_hint(e, arena_printf(a, "`%s` is no scope", shown(a, text->s, text->len)),
		    "scopes are thread, process and global");
	e->replacement = nearest(shown(a, text->s, text->len), words, 3);
	return false;
}
