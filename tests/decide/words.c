// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
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

static bool repeat(struct lexer *l);

static bool put_next(struct lexer *l)
{
	char c = *l->p++;

	if (c == '\\' && *l->p)
		return put(l, escape(l));
	return c == '{' ? repeat(l) : put(l, c);
}

/* {TEXT*COUNT}, after its brace; TEXT may hold another one. */
static bool repeat(struct lexer *l)
{
	size_t start = l->len, size;
	unsigned long count;
	char *end;

	while (*l->p && *l->p != '*')
		if (!put_next(l))
			return false;
	if (!*l->p)
		return false;
	count = strtoul(l->p + 1, &end, 10);
	size = l->len - start;
	if (*end != '}' || count > WORD_MAX || start + size * count > WORD_MAX)
		return false;
	for (unsigned long i = 1; i < count; i++)
		memcpy(l->out + start + i * size, l->out + start, size);
	l->len = start + size * count;
	l->p = end + 1;
	return true;
}

/* A quote may stand anywhere in a word, as in root="/a b". */
static bool lex_word(struct lexer *l)
{
	bool quoted = false;

	l->len = 0;
	while (*l->p && (quoted || !isspace((unsigned char)*l->p))) {
		if (*l->p == '"') {
			quoted = !quoted;
			l->p++;
		} else if (!put_next(l)) {
			return false;
		}
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
