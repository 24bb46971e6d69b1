// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "includes.h"
#include "object.h"

#define TEMPLATES_MAX 64

struct expansion {
	FILE *out;
	const struct template *seen[TEMPLATES_MAX];
	size_t seen_count;
};

static const char *base_name(const struct template *t)
{
	return strrchr(t->name, '/') + 1;
}

/* The template that this line includes, or NULL. */
static const struct template *included(const char *line, size_t size)
{
	static const char start[] = "#include \"";
	const size_t skip = sizeof(start) - 1;

	if (size < skip + 2 || memcmp(line, start, skip) != 0 || line[size - 1] != '"')
		return NULL;
	for (const struct template *t = templates(); t->name; t++)
		if (strlen(base_name(t)) == size - skip - 1 &&
		    !memcmp(base_name(t), line + skip, size - skip - 1))
			return t;
	return NULL;
}

static bool seen(struct expansion *x, const struct template *t)
{
	for (size_t i = 0; i < x->seen_count; i++)
		if (x->seen[i] == t)
			return true;
	if (x->seen_count < TEMPLATES_MAX)
		x->seen[x->seen_count++] = t;
	return false;
}

/* `name`: what lines are counted in; NULL: a unit, which says so itself. Recursion ends, for each
 * template is expanded once. */
static void expand(struct expansion *x, const char *text, size_t size, const char *name)
{
	const char *end = text + size;

	for (unsigned number = 1; text < end; number++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((stop ? stop : end) - text);
		const struct template *t = included(text, length);

		if (!t) {
			fwrite(text, 1, length, x->out);
			fputc('\n', x->out);
		} else if (seen(x, t)) {
			fputc('\n', x->out);
		} else {
			fprintf(x->out, "#line 1 \"./%s\"\n", base_name(t));
			expand(x, t->start, (size_t)(t->end - t->start), base_name(t));
			if (name)
				fprintf(x->out, "#line %u \"./%s\"\n", number + 1, name);
			else
				fprintf(x->out, "#line 1 \"unit.c\"\n");
		}
		text += length + 1;
	}
}

struct bytes includes_expand(struct arena *a, struct bytes text)
{
	struct expansion x = {0};
	char *made = NULL;
	size_t size = 0;
	struct bytes out;

	x.out = open_memstream(&made, &size);
	if (!x.out)
		return text;
	expand(&x, (const char *)text.at, text.size, NULL);
	if (fclose(x.out))
		size = 0;
	out = (struct bytes){(const uint8_t *)arena_strndup(a, made, size), size};
	free(made);
	return out;
}
