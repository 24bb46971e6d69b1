/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "compiler/base/arena.h"
#include "ast.h"
#include "yaml_schema.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- keys ----------------------------------------------------------------------------- */

static const char *const titles[] = {
#define OBJECT(id, title) [OBJECT_##id] = title,
#include "grammar/policy-schema.def"
};

static const struct schema_key keys[] = {
#define SCALAR(obj, key, kind, needed, str, member)                                                \
	{.object = OBJECT_##obj,                                                                   \
	 .name = key,                                                                              \
	 .type = VALUE_##kind,                                                                     \
	 .support = KEY_READ,                                                                      \
	 .need = KEY_##needed,                                                                     \
	 .slot = offsetof(struct str, member)},
#define WORD(obj, key, set, needed, str, member)                                                   \
	{.object = OBJECT_##obj,                                                                   \
	 .name = key,                                                                              \
	 .type = VALUE_WORD,                                                                       \
	 .support = KEY_READ,                                                                      \
	 .need = KEY_##needed,                                                                     \
	 .of = WORDS_##set,                                                                        \
	 .slot = offsetof(struct str, member)},
#define LIST(obj, key, item, needed, str, items, count)                                            \
	{.object = OBJECT_##obj,                                                                   \
	 .name = key,                                                                              \
	 .type = VALUE_LIST,                                                                       \
	 .support = KEY_READ,                                                                      \
	 .need = KEY_##needed,                                                                     \
	 .of = OBJECT_##item,                                                                      \
	 .slot = offsetof(struct str, items),                                                      \
	 .count_slot = offsetof(struct str, count),                                                \
	 .item_size = sizeof(*((struct str *)0)->items)},
#define MAP(obj, key, item, str, items, count, within)                                             \
	{.object = OBJECT_##obj,                                                                   \
	 .name = key,                                                                              \
	 .type = VALUE_MAP,                                                                        \
	 .support = KEY_READ,                                                                      \
	 .of = OBJECT_##item,                                                                      \
	 .slot = offsetof(struct str, items),                                                      \
	 .count_slot = offsetof(struct str, count),                                                \
	 .item_size = sizeof(*((struct str *)0)->items),                                           \
	 .inner = offsetof(__typeof__(*((struct str *)0)->items), within)},
#define SUB(obj, key, sub, needed, str, member)                                                    \
	{.object = OBJECT_##obj,                                                                   \
	 .name = key,                                                                              \
	 .type = VALUE_OBJECT,                                                                     \
	 .support = KEY_READ,                                                                      \
	 .need = KEY_##needed,                                                                     \
	 .of = OBJECT_##sub,                                                                       \
	 .slot = offsetof(struct str, member),                                                     \
	 .item_size = sizeof(*((struct str *)0)->member)},
#define INSIDE(obj, key, sub, needed)                                                              \
	{.object = OBJECT_##obj,                                                                   \
	 .name = key,                                                                              \
	 .type = VALUE_OBJECT,                                                                     \
	 .support = KEY_INSIDE,                                                                    \
	 .need = KEY_##needed,                                                                     \
	 .of = OBJECT_##sub},
#define SKIP(obj, key, kind)                                                                       \
	{.object = OBJECT_##obj, .name = key, .type = VALUE_##kind, .support = KEY_SKIP},
#include "grammar/policy-schema.def"
};

/* Where each object's keys begin: they stand together, below their OBJECT. A key's place is named
 * by its line there. */
#define PLACE_OF(line) KEY_AT_##line,
#define PLACE(line)    PLACE_OF(line)
enum {
#define OBJECT(id, title) FIRST_##id, BEFORE_##id = FIRST_##id - 1,
#define SCALAR(...)	  PLACE(__LINE__)
#define WORD(...)	  PLACE(__LINE__)
#define LIST(...)	  PLACE(__LINE__)
#define MAP(...)	  PLACE(__LINE__)
#define SUB(...)	  PLACE(__LINE__)
#define INSIDE(...)	  PLACE(__LINE__)
#define SKIP(...)	  PLACE(__LINE__)
#include "grammar/policy-schema.def"
};

static const unsigned first_keys[] = {
#define OBJECT(id, title) [OBJECT_##id] = FIRST_##id,
#include "grammar/policy-schema.def"
};

/* What is read but not compiled, unless it has the value that changes nothing. */
static const struct {
	enum schema_object object;
	const char *name, *fallback;
} later_keys[] = {
#define LATER(object, key, fallback) {OBJECT_##object, key, fallback},
#include "grammar/policy-schema.def"
};

static const struct {
	enum schema_object object;
	const char *wrong, *right;
} meant_keys[] = {
#define MEANT(object, wrong, right) {OBJECT_##object, wrong, right},
#include "grammar/policy-schema.def"
};

static const struct {
	enum schema_object object;
	const char *wrong, *text;
} lessons[] = {
#define TEACH(object, wrong, text) {OBJECT_##object, wrong, text},
#include "grammar/policy-schema.def"
};

const char *schema_title(enum schema_object object)
{
	return titles[object];
}

const struct schema_key *schema_find(enum schema_object object, const struct yaml_node *name)
{
	const struct schema_key *k = NULL;

	while ((k = schema_next(object, k)))
		if (yaml_is(name, k->name))
			return k;
	return NULL;
}

const struct schema_key *schema_next(enum schema_object object, const struct schema_key *after)
{
	const struct schema_key *k = after ? after + 1 : &keys[first_keys[object]];

	return k < keys + COUNT(keys) && k->object == object ? k : NULL;
}

const char *schema_meant(enum schema_object object, const char *name)
{
	const char *candidates[COUNT(keys)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(meant_keys); i++)
		if (meant_keys[i].object == object && strcmp(meant_keys[i].wrong, name) == 0)
			return meant_keys[i].right;
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].object == object)
			candidates[count++] = keys[i].name;
	return nearest(name, candidates, count);
}

const char *schema_lesson(enum schema_object object, const char *name)
{
	for (size_t i = 0; i < COUNT(lessons); i++)
		if (lessons[i].object == object && strcmp(lessons[i].wrong, name) == 0)
			return lessons[i].text;
	return NULL;
}

bool schema_misspells(enum schema_object object, const struct yaml_node *node, const char *name)
{
	const char *meant;

	for (size_t i = 0; i < node->count; i++) {
		if (schema_find(object, node->pairs[i].key))
			continue;
		meant = schema_meant(object, node->pairs[i].key->text);
		if (meant && strcmp(meant, name) == 0)
			return true;
	}
	return false;
}

bool schema_is_later(const struct schema_key *k, const char **fallback)
{
	for (size_t i = 0; i < COUNT(later_keys); i++)
		if (later_keys[i].object == k->object && strcmp(later_keys[i].name, k->name) == 0) {
			*fallback = later_keys[i].fallback;
			return true;
		}
	return false;
}

size_t schema_owners(const char *name, const char **out, size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(keys) && count < room; i++)
		if (strcmp(keys[i].name, name) == 0)
			out[count++] = titles[keys[i].object];
	return count;
}

/* ---- words ---------------------------------------------------------------------------- */

static const struct {
	const char *noun, *of;
	enum diag_id diag;
} sets[] = {
#define WORDS(id, noun, of, diagnostic) [WORDS_##id] = {noun, of, DIAG_##diagnostic},
#include "grammar/policy-words.def"
};

static const struct {
	enum word_set set;
	const char *text;
	enum word_status status;
} words[] = {
#define YES(set, word)	   {WORDS_##set, word, WORD_YES},
#define NOT_YET(set, word) {WORDS_##set, word, WORD_NOT_YET},
#include "grammar/policy-words.def"
};

static const struct {
	enum word_set set;
	const char *wrong, *right;
} misspelt[] = {
#define MISSPELT(set, wrong, right) {WORDS_##set, wrong, right},
#include "grammar/policy-words.def"
};

static const struct {
	enum word_set set;
	const char *wrong, *text;
} word_lessons[] = {
#define LESSON(set, wrong, text) {WORDS_##set, wrong, text},
#include "grammar/policy-words.def"
};

const char *words_noun(enum word_set set)
{
	return sets[set].noun;
}

const char *words_of(enum word_set set)
{
	return sets[set].of;
}

enum diag_id words_diag(enum word_set set)
{
	return sets[set].diag;
}

enum word_status words_status(enum word_set set, const char *word)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].set == set && *words[i].text == *word &&
		    strcmp(words[i].text, word) == 0)
			return words[i].status;
	return WORD_UNKNOWN;
}

const char *words_meant(enum word_set set, const char *word)
{
	const char *candidates[COUNT(words)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(misspelt); i++)
		if (misspelt[i].set == set && strcmp(misspelt[i].wrong, word) == 0)
			return misspelt[i].right;
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].set == set)
			candidates[count++] = words[i].text;
	return nearest(word, candidates, count);
}

const char *words_lesson(enum word_set set, const char *word, bool stray)
{
	for (size_t i = 0; i < COUNT(word_lessons); i++)
		if (word_lessons[i].set == set &&
		    (word_lessons[i].wrong ? strcmp(word_lessons[i].wrong, word) == 0 : stray))
			return word_lessons[i].text;
	return NULL;
}

const char *words_list(struct arena *a, enum word_set set)
{
	const char *list = NULL;

	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].set == set)
			list = list ? arena_printf(a, "%s, %s", list, words[i].text)
				    : words[i].text;
	return list;
}
