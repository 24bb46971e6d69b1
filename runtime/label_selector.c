// SPDX-License-Identifier: Apache-2.0
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/label_selector.h"
#include "runtime/labels.h"

#define REQUIREMENTS_MAX 64
#define VALUES_MAX	 256

/* "key < 3": what only the text form has. */
struct bound {
	const char *key;
	bool less;
	long long number;
};

struct label_selector {
	struct label_requirement v[REQUIREMENTS_MAX]; /* with their `values` owned */
	struct bound bounds[REQUIREMENTS_MAX];
	size_t count, bound_count;
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

static int add_value(struct reader *r, const char **values, size_t *count)
{
	if (*count == VALUES_MAX)
		return fail(r, "it has too many values");
	values[(*count)++] = take_word(r);
	return 0;
}

/* "(a, b)" */
static int take_list(struct reader *r, const char **values, size_t *count)
{
	if (!take(r, "("))
		return fail(r, "`in` and `notin` need values in ( )");
	do {
		if (add_value(r, values, count))
			return -1;
	} while (take(r, ","));
	return take(r, ")") ? 0 : fail(r, "a ( is not closed");
}

static int add_requirement(struct reader *r, const char *key, enum label_op op)
{
	r->out->v[r->out->count++] = (struct label_requirement){.key = key, .op = op};
	return 0;
}

static int take_values(struct reader *r, const char *key, enum label_op op, bool list)
{
	const char **values = malloc(VALUES_MAX * sizeof(*values));
	struct label_requirement *q = &r->out->v[r->out->count];

	if (!values)
		return fail(r, "memory ran out");
	add_requirement(r, key, op);
	q->values = values;
	return list ? take_list(r, values, &q->value_count) : add_value(r, values, &q->value_count);
}

static int take_bound(struct reader *r, const char *key, bool less)
{
	const char *word = take_word(r);
	struct bound *b = &r->out->bounds[r->out->bound_count++];
	char *end;

	*b = (struct bound){key, less, strtoll(word, &end, 10)};
	if (!*word || *end)
		return fail(r, "`<` and `>` compare with a whole number");
	return 0;
}

static int take_condition(struct reader *r, const char *key)
{
	if (take(r, "==") || take(r, "="))
		return take_values(r, key, LABEL_IN, false);
	if (take(r, "!="))
		return take_values(r, key, LABEL_NOT_IN, false);
	if (take(r, "<") || take(r, ">"))
		return take_bound(r, key, r->at[-1] == '<');
	if (take(r, "notin"))
		return take_values(r, key, LABEL_NOT_IN, true);
	if (take(r, "in"))
		return take_values(r, key, LABEL_IN, true);
	return add_requirement(r, key, LABEL_EXISTS);
}

static int take_requirement(struct reader *r)
{
	bool absent = take(r, "!");
	const char *key = take_word(r);

	if (r->out->count + r->out->bound_count == REQUIREMENTS_MAX)
		return fail(r, "it has too many requirements");
	if (!key[0])
		return fail(r, "the name of a label is missing");
	return absent ? add_requirement(r, key, LABEL_ABSENT) : take_condition(r, key);
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
		free((void *)(uintptr_t)s->v[i].values);
	if (s)
		free(s->words);
	free(s);
}

static bool bound_holds(const struct bound *b, const char *value)
{
	long long number;
	char *end;

	if (!value)
		return false;
	number = strtoll(value, &end, 10);
	if (!*value || *end)
		return false;
	return b->less ? number < b->number : number > b->number;
}

bool label_selector_matches(const struct label_selector *s, const struct label *labels,
			    size_t count)
{
	const struct labels all = {labels, count};

	for (size_t i = 0; i < s->bound_count; i++) {
		if (!bound_holds(&s->bounds[i], labels_value(&all, s->bounds[i].key)))
			return false;
	}
	return labels_hold(&(struct label_requirements){s->v, s->count}, &all);
}
