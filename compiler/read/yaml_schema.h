/* SPDX-License-Identifier: Apache-2.0 */
/* grammar/policy-schema.def and policy-words.def as constant tables, and questions to them. */
#ifndef TGC_YAML_SCHEMA_H
#define TGC_YAML_SCHEMA_H

#include "compiler/diag/diag.h"
#include "yaml_tree.h"

enum value_type {
	VALUE_STRING,
	VALUE_WORD,
	VALUE_BOOL,
	VALUE_INT,
	VALUE_NAT,
	VALUE_LONG,
	VALUE_STRINGS,
	VALUE_INTS,
	VALUE_NATS,
	VALUE_LONGS,
	VALUE_LABELS,
	VALUE_ANY,
	VALUE_OBJECT,
	VALUE_LIST, /* of objects */
	VALUE_MAP,  /* from names to objects */
};

enum key_support {
	KEY_READ,   /* into a member of the syntax tree */
	KEY_INSIDE, /* an object whose members belong to the same struct */
	KEY_SKIP,   /* accepted, of no meaning to tgc */
};

enum key_need { KEY_OPTIONAL, KEY_REQUIRED, KEY_NAMING };

enum schema_object {
#define OBJECT(id, title) OBJECT_##id,
#include "grammar/policy-schema.def"
	OBJECT_COUNT
};

enum word_set {
#define WORDS(id, noun, of, diagnostic) WORDS_##id,
#include "grammar/policy-words.def"
	WORDS_COUNT
};

struct schema_key {
	enum schema_object object; /* that has this key */
	const char *name;
	enum value_type type;
	enum key_support support;
	enum key_need need;
	unsigned of;		 /* enum schema_object or enum word_set, by type */
	size_t slot, count_slot; /* offsets in the struct; VALUE_LIST and VALUE_MAP have both */
	size_t item_size;	 /* of VALUE_LIST, VALUE_MAP, VALUE_OBJECT behind a pointer */
	size_t inner;		 /* VALUE_MAP: offset of the object in an item */
};

const char *schema_title(enum schema_object object);
/* The key of the object with this name, or NULL. */
const struct schema_key *schema_find(enum schema_object object, const struct yaml_node *name);
/* Calls for each key of an object: for (k = NULL; (k = schema_next(object, k));) */
const struct schema_key *schema_next(enum schema_object object, const struct schema_key *after);
/* The key that an author who wrote `name` meant, or NULL. */
const char *schema_meant(enum schema_object object, const char *name);
/* What to tell an author who wrote the wrong key `name`, in several lines; NULL: nothing special.
 */
const char *schema_lesson(enum schema_object object, const char *name);
/* Whether the object has a wrong key in the place of `name`. */
bool schema_misspells(enum schema_object object, const struct yaml_node *node, const char *name);
/* Whether the key is not compiled by this version. `fallback`: the value that changes nothing,
 * or NULL. */
bool schema_is_later(const struct schema_key *k, const char **fallback);
/* Titles of the objects that have this key, at most `room`. */
size_t schema_owners(const char *name, const char **titles, size_t room);

enum word_status { WORD_UNKNOWN, WORD_YES, WORD_NOT_YET };

const char *words_noun(enum word_set set);
const char *words_of(enum word_set set);
enum diag_id words_diag(enum word_set set);
enum word_status words_status(enum word_set set, const char *word);
/* The word that an author who wrote `word` meant, or NULL. */
const char *words_meant(enum word_set set, const char *word);
/* What to tell an author who wrote `word`, in several lines; NULL: nothing special. `stray`: no
 * word is near it, so what is said of any other word is meant as well. */
const char *words_lesson(enum word_set set, const char *word, bool stray);
/* All words, separated by commas. */
const char *words_list(struct arena *a, enum word_set set);

#endif
