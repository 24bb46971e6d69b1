// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/arena.h"
#include "words.h"

#define WORD_MAX (64 << 10)

struct lexer {
	const char *p;
	char *out; /* WORD_MAX bytes */
	size_t len;
};

static bool put(struct lexer *l, char c)
{
	if (l->len == WORD_MAX)
		return false;
	l->out[l->len++] = c;
	return true;
}

static char escape(struct lexer *l)
{
	char c = *l->p++, hex[3] = {0};

	switch (c) {
	case '0':
		return '\0';
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'x':
		for (int i = 0; i < 2 && isxdigit((unsigned char)*l->p); i++)
			hex[i] = *l->p++;
		return (char)strtoul(hex, NULL, 16);
	default:
		return c;
	}
}

/* {TEXT*COUNT} */
static bool repeat(struct lexer *l)
{
	const char *end = strchr(l->p, '}'), *star;
	unsigned long count;

	if (!end)
		return false;
	star = memrchr(l->p, '*', (size_t)(end - l->p));
	if (!star)
		return false;
	count = strtoul(star + 1, NULL, 10);
	while (count--)
		for (const char *p = l->p; p < star; p++)
			if (!put(l, *p))
				return false;
	l->p = end + 1;
	return true;
}

/* A quote may stand anywhere in a word, as in root="/a b". */
static bool lex_word(struct lexer *l)
{
	bool quoted = false;

	l->len = 0;
	while (*l->p && (quoted || !isspace((unsigned char)*l->p))) {
		char c = *l->p++;
		bool ok = true;

		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' && *l->p)
			ok = put(l, escape(l));
		else if (c == '{')
			ok = repeat(l);
		else
			ok = put(l, c);
		if (!ok)
			return false;
	}
	return !quoted;
}

bool words_split(struct arena *a, const char *line, struct words *out)
{
	struct lexer l = {.p = line, .out = malloc(WORD_MAX)};
	bool ok = l.out;

	out->count = 0;
	while (ok) {
		while (isspace((unsigned char)*l.p))
			l.p++;
		if (!*l.p || *l.p == '#')
			break;
		ok = out->count < WORDS_MAX && lex_word(&l);
		if (ok) {
			char *copy = arena_alloc(a, l.len + 1);

			memcpy(copy, l.out, l.len);
			out->v[out->count++] = (struct text){copy, l.len};
		}
	}
	free(l.out);
	return ok;
}
