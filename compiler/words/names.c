// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <strings.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "names.h"

enum { CASE_EXACT, CASE_FREE };
enum { WORD_MAX = 48 };

static const struct {
	const char *noun, *plural, *prefix;
	bool any_case;
} sets[NAMES_COUNT] = {
#define NAMES(set, noun, plural, prefix, any_case) [NAMES_##set] = {noun, plural, prefix, any_case},
#include "grammar/names.def"
};

/* The rows of one set stand together. */
static const struct name names[] = {
#define NAME(set, text, number) {NAMES_##set, text, number, false},
#define OURS(set, text, number) {NAMES_##set, text, number, true},
#include "grammar/names.def"
};

static const char *const texts[] = {
#define NAME(set, text, number) text,
#define OURS(set, text, number) text,
#include "grammar/names.def"
};

static const struct {
	enum name_set set;
	const char *wrong, *right;
} meant[] = {
#define MEANT(set, wrong, right) {NAMES_##set, wrong, right},
#include "grammar/names.def"
};

#define COUNT (sizeof(names) / sizeof(names[0]))

const struct name *names_all(enum name_set set, size_t *count)
{
	size_t first = 0;

	while (first < COUNT && names[first].set != set)
		first++;
	for (*count = 0; first + *count < COUNT && names[first + *count].set == set; ++*count)
		;
	return &names[first];
}

static const struct name *find(enum name_set set, const char *s, size_t len, bool any_case)
{
	size_t count;
	const struct name *all = names_all(set, &count);

	for (size_t i = 0; i < count; i++)
		if (strlen(all[i].text) == len &&
		    !(any_case ? strncasecmp : strncmp)(all[i].text, s, len))
			return &all[i];
	return NULL;
}

const struct name *name_find(enum name_set set, const char *s, size_t len)
{
	return find(set, s, len, sets[set].any_case);
}

const char *name_of(enum name_set set, uint32_t number)
{
	size_t count;
	const struct name *all = names_all(set, &count);

	for (size_t i = 0; i < count; i++)
		if (all[i].number == number)
			return all[i].text;
	return NULL;
}

const char *name_nearest(struct arena *a, enum name_set set, const char *s, size_t len)
{
	const char *word, *full;
	const struct name *same;
	size_t count;
	const struct name *all = names_all(set, &count);

	if (len > WORD_MAX)
		return NULL;
	word = arena_strndup(a, s, len);
	for (size_t i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		if (meant[i].set == set && !strcasecmp(meant[i].wrong, word))
			return meant[i].right;
	len = strlen(word);
	full = arena_printf(a, "%s%s", sets[set].prefix, word);
	same = find(set, word, len, true);
	if (!same)
		same = find(set, full, strlen(full), true);
	if (same)
		return same->text;
	return nearest(word, &texts[all - names], count);
}

const char *names_noun(enum name_set set)
{
	return sets[set].noun;
}

const char *names_plural(enum name_set set)
{
	return sets[set].plural;
}
