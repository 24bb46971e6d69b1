// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "hint_words.h"

static const struct {
	const char *start, *terse;
} hints[] = {
#define HINT(start, terse) {start, terse},
#include "grammar/terse-hints.def"
};

/* `key: value`, a list, the line between documents. */
static bool looks_like_yaml(const char *hint)
{
	const char *s = hint;

	while (isalpha((unsigned char)*s) || *s == '-' || *s == ' ')
		s++;
	return (s > hint && *s == ':' && (s[1] == '\n' || s[1] == ' ') && !strchr("mw", *hint)) ||
	       strstr(hint, "\n- ") || strstr(hint, "`---`") || strstr(hint, "operator: \"");
}

static const char *filled(struct arena *a, const char *form, const char *hint)
{
	const char *slot = strstr(form, "%s"), *from = strchr(hint, '"');
	const char *to = from ? strchr(from + 1, '"') : NULL;

	if (!slot)
		return form;
	if (!to)
		return NULL;
	return arena_printf(a, "%.*s%.*s%s", (int)(slot - form), form, (int)(to - from - 1),
			    from + 1, slot + 2);
}

const char *hint_in_terse(struct arena *a, const char *hint)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (!strncmp(hints[i].start, hint, strlen(hints[i].start)))
			return filled(a, hints[i].terse, hint);
	return looks_like_yaml(hint) ? NULL : hint;
}
