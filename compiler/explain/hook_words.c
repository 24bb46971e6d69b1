// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "hook_words.h"

static const struct {
	const char *name, *sentence;
} costs[COST_COUNT] = {
#define COST(id, name, sentence) [COST_##id] = {name, sentence},
#include "grammar/hook-words.def"
};

static const struct hook_words hooks[] = {
#define HOOK_WORDS(name, cost, when, misses) {name, COST_##cost, when, misses},
#include "grammar/hook-words.def"
};

static const struct hook_words calls[] = {
#define SYSCALL_WORDS(name, cost, does) {name, COST_##cost, does, ""},
#include "grammar/hook-words.def"
};

static const struct {
	const char *function, *parameter;
	uint64_t number;
	const char *word;
	bool bits;
} numbers[] = {
#define VALUE_WORDS(function, parameter, number, word, bits)                                       \
	{function, parameter, number, word, bits},
#include "grammar/hook-words.def"
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct hook_words *find(const struct hook_words *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i].name, name))
			return &v[i];
	return NULL;
}

const struct hook_words *hook_words_function(const char *name)
{
	return find(hooks, COUNT(hooks), name);
}

const struct hook_words *hook_words_lsm(struct arena *a, const char *hook)
{
	const struct hook_words *w = hook_words_function(arena_printf(a, "lsm/%s", hook));

	return w ? w : hook_words_function(arena_printf(a, "security_%s", hook));
}

const struct hook_words *hook_words_syscall(const char *name)
{
	return find(calls, COUNT(calls), name);
}

const struct hook_words *hook_words_all(size_t *count)
{
	*count = COUNT(hooks);
	return hooks;
}

const char *hook_cost_name(enum hook_cost cost)
{
	return costs[cost].name;
}

const char *hook_cost_sentence(enum hook_cost cost)
{
	return costs[cost].sentence;
}

const char *hook_value_words(struct arena *a, const char *function, const char *parameter,
			     uint64_t number)
{
	const char *words = NULL;
	uint64_t left = number;

	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (strcmp(numbers[i].function, function) ||
		    strcmp(numbers[i].parameter, parameter))
			continue;
		if (numbers[i].bits ? !(number & numbers[i].number) : number != numbers[i].number)
			continue;
		words = words ? arena_printf(a, "%s and %s", words, numbers[i].word)
			      : numbers[i].word;
		left &= ~numbers[i].number;
	}
	return left ? NULL : words;
}
