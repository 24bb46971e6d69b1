/* SPDX-License-Identifier: Apache-2.0 */
/* What the words of both languages mean, for people: grammar/editor-words.def and others. */
#ifndef TGC_LSP_WORDS_H
#define TGC_LSP_WORDS_H

#include <stddef.h>
#include "compiler/read/yaml_schema.h"

struct arena;

enum terse_words {
	TERSE_STATEMENT_WORDS,
	TERSE_RULE_WORDS,
	TERSE_OPERATOR_WORDS,
	TERSE_SUBJECT_WORDS,
	TERSE_MEMBER_WORDS,
	TERSE_ACTION_WORDS,
	TERSE_ACTION_PART_WORDS,
};

struct word_doc {
	enum terse_words what;
	const char *word, *text;
};

/* Of a key; "" when there are none. */
const char *key_doc(enum schema_object object, const char *key);
/* All words of the terse language; `*count` gets their number. */
const struct word_doc *terse_docs(size_t *count);
const char *terse_doc(enum terse_words what, const char *word);
/* A type of arguments, an operator or an action of YAML; NULL: nothing is said. */
const char *type_doc(const char *type);
const char *operator_doc(const char *op);
const char *action_doc(const char *action);
/* The words of a set, one after the other; NULL behind the last. */
const char *set_word(enum word_set set, size_t i);
const char *set_word_doc(enum word_set set, const char *word);

#endif
