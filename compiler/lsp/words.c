// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/words/types.h"
#include "words.h"

static const struct {
	enum schema_object object;
	const char *key, *text;
} keys[] = {
#define KEY_DOC(object, key, text) {OBJECT_##object, key, text},
#include "grammar/editor-words.def"
};

static const struct word_doc docs[] = {
#define TERSE_DOC(what, word, text) {TERSE_##what##_WORDS, word, text},
#include "grammar/editor-words.def"
};

static const char *const operators[OP_COUNT] = {
#define OP_WORDS(id, about, one, several, joint) [OP_##id] = one,
#include "grammar/policy-prose.def"
};

static const char *const types[TYPE_COUNT] = {
#define TYPE_WORDS(id, noun) [TYPE_##id] = noun,
#include "grammar/policy-prose.def"
};

/* By the number of action_find(). */
static const char *const actions[] = {
#define ACTION_WORDS(id, words) [TG_ACTION_##id] = words,
#include "grammar/policy-prose.def"
};

static const struct {
	enum word_set set;
	const char *word;
} words[] = {
#define YES(set, word)	   {WORDS_##set, word},
#define NOT_YET(set, word) {WORDS_##set, word},
#include "grammar/policy-words.def"
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *key_doc(enum schema_object object, const char *key)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].object == object && !strcmp(keys[i].key, key))
			return keys[i].text;
	return "";
}

const struct word_doc *terse_docs(size_t *count)
{
	*count = COUNT(docs);
	return docs;
}

const char *terse_doc(enum terse_words what, const char *word)
{
	for (size_t i = 0; i < COUNT(docs); i++)
		if (docs[i].what == what && !strcmp(docs[i].word, word))
			return docs[i].text;
	return NULL;
}

const char *type_doc(const char *type)
{
	enum type_id id = type_find(type);

	return id < TYPE_COUNT ? types[id] : NULL;
}

const char *operator_doc(const char *op)
{
	enum op id = op_find(op);

	return id < OP_COUNT ? operators[id] : NULL;
}

const char *action_doc(const char *action)
{
	int id = action_find(action);

	return id >= 0 && (size_t)id < COUNT(actions) ? actions[id] : NULL;
}

const char *set_word(enum word_set set, size_t i)
{
	for (size_t k = 0; k < COUNT(words); k++)
		if (words[k].set == set && !i--)
			return words[k].word;
	return NULL;
}

const char *set_word_doc(enum word_set set, const char *word)
{
	switch (set) {
	case WORDS_ARG_TYPE:
		return type_doc(word);
	case WORDS_ARG_OPERATOR:
	case WORDS_BINARY_OPERATOR:
	case WORDS_SET_OPERATOR:
		return operator_doc(word);
	case WORDS_ACTION:
		return action_doc(word);
	default:
		return NULL;
	}
}
