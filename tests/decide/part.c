// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include "compiler/base/arena.h"
#include "part.h"

#define LEAF_MAX 65536

struct part *part_new(struct arena *a, const char *open, const char *close)
{
	struct part *p = arena_alloc(a, sizeof(*p));

	p->open = open;
	p->close = close;
	return p;
}

struct part *part_add(struct arena *a, struct part *to, struct part *part)
{
	if (!part)
		return NULL;
	to->v = arena_grow(a, to->v, to->n, &to->room, sizeof(struct part *));
	to->v[to->n++] = part;
	return part;
}

struct part *part_leaf(struct arena *a, const char *format, ...)
{
	char text[LEAF_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return part_new(a, arena_strndup(a, text, (size_t)n < sizeof(text) ? (size_t)n : 0), "");
}

bool part_is_there(const struct part *p)
{
	bool any = !p->n || p->hollow;

	for (size_t i = 0; i < p->n && !any; i++)
		any = part_is_there(p->v[i]);
	return any && !p->gone;
}

void part_write(FILE *to, const struct part *p)
{
	const char *separator = "";

	fputs(p->open, to);
	for (size_t i = 0; i < p->n; i++) {
		if (!part_is_there(p->v[i]))
			continue;
		fputs(separator, to);
		part_write(to, p->v[i]);
		separator = ", ";
	}
	fputs(p->close, to);
}
