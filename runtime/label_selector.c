// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/label_selector.h"

#define REQUIREMENTS_MAX 64
#define VALUES_MAX	 256

enum operator{ OP_EXISTS, OP_ABSENT, OP_IN, OP_NOT_IN, OP_GREATER, OP_LESS };

struct requirement {
	enum operator op;
	const char *key;
	const char **values; /* owned */
	size_t count;
};

struct label_selector {
	struct requirement v[REQUIREMENTS_MAX];
	size_t count;
	char *words; /* the texts, each with its NUL; owned */
	char *end;   /* behind the last one */
};

struct reader {
	struct label_selector *out;
	const char *at;
	const char **why;
};

static int fail(struct reader *r, const char *why)
{
	*r->why = why;
	return -1;
}

static void skip_spaces(struct reader *r)
{
	r->at += strspn(r->at, " \t\n");
}

static bool take(struct reader *r, const char *token)
{
	skip_spaces(r);
	if (strncmp(r->at, token, strlen(token)) != 0)
		return false;
	r->at += strlen(token);
	return true;
}

/* A key or a value, which may be empty. */
static const char *take_word(struct reader *r)
{
	char *word = r->out->end;
	size_t size;

	skip_spaces(r);
	size = strcspn(r->at, " \t\n,()=!<>");
	memcpy(word, r->at, size);
	word[size] = '\0';
	r->out->end += size + 1;
	r->at += size;
	return word;
}

static int add_value(struct reader *r, struct requirement *q, const char *value)
{
	if (q->count == VALUES_MAX)
		return fail(r, "it has too many values");
	q->values[q->count++] = value;
	return 0;
}

/* "(a, b)" */
static int take_values(struct reader *r, struct requirement *q)
{
	if (!take(r, "("))
		return fail(r, "`in` and `notin` need values in ( )");
	do {
		if (add_value(r, q, take_word(r)))
			return -1;
	} while (take(r, ","));
	return take(r, ")") ? 0 : fail(r, "a ( is not closed");
}

static int take_number(struct reader *r, struct requirement *q)
{
	const char *word = take_word(r);
	char *end;

	strtoll(word, &end, 10);
	if (!*word || *end)
		return fail(r, "`<` and `>` compare with a whole number");
	return add_value(r, q, word);
}

static int take_condition(struct reader *r, struct requirement *q)
{
	if (take(r, "==") || take(r, "=")) {
		q->op = OP_IN;
		return add_value(r, q, take_word(r));
	}
	if (take(r, "!=")) {
		q->op = OP_NOT_IN;
		return add_value(r, q, take_word(r));
	}
	if (take(r, "<") || take(r, ">")) {
		q->op = r->at[-1] == '<' ? OP_LESS : OP_GREATER;
		return take_number(r, q);
	}
	if (take(r, "notin")) {
		q->op = OP_NOT_IN;
		return take_values(r, q);
	}
	if (take(r, "in")) {
		q->op = OP_IN;
		return take_values(r, q);
	}
	return 0;
}

static int take_requirement(struct reader *r)
{
	struct requirement *q = &r->out->v[r->out->count];

	if (r->out->count == REQUIREMENTS_MAX)
		return fail(r, "it has too many requirements");
	q->values = malloc(VALUES_MAX * sizeof(*q->values));
	if (!q->values)
		return fail(r, "memory ran out");
	r->out->count++;
	q->op = take(r, "!") ? OP_ABSENT : OP_EXISTS;
	q->key = take_word(r);
	if (!q->key[0])
		return fail(r, "the name of a label is missing");
	return q->op == OP_ABSENT ? 0 : take_condition(r, q);
}

static int read_all(struct reader *r)
{
	skip_spaces(r);
	if (!*r->at)
		return 0;
	do {
		if (take_requirement(r))
			return -1;
	} while (take(r, ","));
	skip_spaces(r);
	return *r->at ? fail(r, "requirements are separated by commas") : 0;
}

struct label_selector *label_selector_parse(const char *text, const char **why)
{
	struct label_selector *s = calloc(1, sizeof(*s));
	struct reader r = {.out = s, .at = text, .why = why};

	*why = "memory ran out";
	if (!s)
		return NULL;
	/* A word is empty or followed by a byte of the text that is not part of one. */
	s->words = s->end = malloc(2 * strlen(text) + 2);
	if (s->words && !read_all(&r))
		return s;
	label_selector_free(s);
	return NULL;
}

void label_selector_free(struct label_selector *s)
{
	for (size_t i = 0; s && i < s->count; i++)
		free(s->v[i].values);
	if (s)
		free(s->words);
	free(s);
}

static bool is_one_of(const struct requirement *q, const char *value)
{
	for (size_t i = 0; i < q->count; i++) {
		if (!strcmp(q->values[i], value))
			return true;
	}
	return false;
}

static bool compares(const struct requirement *q, const char *value)
{
	long long bound = strtoll(q->values[0], NULL, 10), number;
	char *end;

	number = strtoll(value, &end, 10);
	if (!*value || *end)
		return false;
	return q->op == OP_GREATER ? number > bound : number < bound;
}

static bool meets(const struct requirement *q, const struct label *labels, size_t count)
{
	const char *value = NULL;

	for (size_t i = 0; i < count && !value; i++)
		value = strcmp(labels[i].key, q->key) ? NULL : labels[i].value;
	switch (q->op) {
	case OP_EXISTS:
		return value;
	case OP_ABSENT:
		return !value;
	case OP_IN:
		return value && is_one_of(q, value);
	case OP_NOT_IN:
		return !value || !is_one_of(q, value);
	default:
		return value && compares(q, value);
	}
}

bool label_selector_matches(const struct label_selector *s, const struct label *labels,
			    size_t count)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!meets(&s->v[i], labels, count))
			return false;
	}
	return true;
}
