// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <strings.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/values/number.h"
#include "option.h"

enum option_takes { TAKES_BOOL, TAKES_WORD, TAKES_COUNT };

static const struct {
	const char *name;
	enum option_takes takes;
} options[OPTION_COUNT] = {
#define OPTION(id, name, value) [OPTION_##id] = {name, TAKES_##value},
#include "grammar/options.def"
};

static const struct {
	enum option_id id;
	const char *word;
	uint32_t number;
} words[] = {
#define OPTION_WORD(id, word, number) {OPTION_##id, word, number},
#include "grammar/options.def"
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static bool equal(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(s, word, len);
}

enum option_id option_find(const char *name, size_t len)
{
	for (int id = 0; id < OPTION_COUNT; id++)
		if (equal(name, len, options[id].name))
			return id;
	return OPTION_COUNT;
}

const char *option_name(enum option_id id)
{
	return options[id].name;
}

/* Go's spellings of truth values. */
static bool parse_bool(struct arena *a, const struct ast_str *text, uint32_t *out,
		       struct value_error *e)
{
	static const char *const spellings[2][6] = {{"0", "f", "F", "FALSE", "false", "False"},
						    {"1", "t", "T", "TRUE", "true", "True"}};
	static const struct {
		const char *wrong, *right;
	} meant[] = {{"yes", "true"},  {"on", "true"}, {"y", "true"},	 {"no", "false"},
		     {"off", "false"}, {"n", "false"}, {"true", "true"}, {"false", "false"}};
	const char *word = shown(a, text->s, text->len);

	for (uint32_t value = 0; value < 2; value++)
		for (size_t i = 0; i < 6; i++)
			if (equal(text->s, text->len, spellings[value][i])) {
				*out = value;
				return true;
			}
	refuse_hint(e, arena_printf(a, "`%s` is neither true nor false", word), NULL);
	for (size_t i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		if (!strcasecmp(word, meant[i].wrong))
			e->replacement = meant[i].right;
	return false;
}

static bool parse_word(struct arena *a, enum option_id id, const struct ast_str *text,
		       uint32_t *out, struct value_error *e)
{
	const char *known[WORDS], *list = NULL;
	size_t count = 0;

	for (size_t i = 0; i < WORDS; i++) {
		if (words[i].id != id)
			continue;
		if (equal(text->s, text->len, words[i].word)) {
			*out = words[i].number;
			return true;
		}
		known[count++] = words[i].word;
		list = list ? arena_printf(a, "%s or %s", list, words[i].word) : words[i].word;
	}
	refuse_hint(e,
		    arena_printf(a, "`%s` is no value of `%s`", shown(a, text->s, text->len),
				 options[id].name),
		    arena_printf(a, "it is %s", list));
	e->replacement = nearest(shown(a, text->s, text->len), known, count);
	return false;
}

static bool parse_count(struct arena *a, enum option_id id, const struct ast_str *text,
			uint32_t *out, struct value_error *e)
{
	struct number n;

	if (!number_decimal(text->s, text->len, SIGN_NONE, &n))
		return refuse(e, arena_printf(a, "`%s` is no decimal number, which `%s` takes",
					      shown(a, text->s, text->len), options[id].name));
	if (!n.magnitude || !number_fits(&n, 31, false))
		return refuse(e, arena_printf(a, "`%s` takes a number from 1 to 2147483647, not %s",
					      options[id].name, shown(a, text->s, text->len)));
	*out = (uint32_t)n.magnitude;
	return true;
}

bool option_parse(struct arena *a, enum option_id id, const struct ast_str *text, uint32_t *out,
		  struct value_error *e)
{
	switch (options[id].takes) {
	case TAKES_BOOL:
		return parse_bool(a, text, out, e);
	case TAKES_WORD:
		return parse_word(a, id, text, out, e);
	default:
		return parse_count(a, id, text, out, e);
	}
}
