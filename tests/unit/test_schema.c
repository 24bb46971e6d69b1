/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the policy language agree with themselves and with the stages that use them. */
#include <criterion/criterion.h>
#include <string.h>
#include "compiler/words/types.h"
#include "compiler/read/yaml_schema.h"

TestSuite(schema);

static struct yaml_node word(const char *text)
{
	return (struct yaml_node){.type = NODE_STRING, .text = text, .len = strlen(text)};
}

static const struct schema_key *find(enum schema_object object, const char *name)
{
	struct yaml_node n = word(name);

	return schema_find(object, &n);
}

Test(schema, advice_about_keys_names_keys)
{
	static const struct {
		enum schema_object object;
		const char *wrong, *right;
	} rows[] = {
#define MEANT(object, wrong, right) {OBJECT_##object, wrong, right},
#include "grammar/policy-schema.def"
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_not_null(find(rows[i].object, rows[i].right), "%s", rows[i].right);
		cr_expect_null(find(rows[i].object, rows[i].wrong), "%s", rows[i].wrong);
		cr_expect_str_eq(schema_meant(rows[i].object, rows[i].wrong), rows[i].right);
	}
}

Test(schema, advice_about_words_names_words)
{
	static const struct {
		enum word_set set;
		const char *wrong, *right;
	} rows[] = {
#define MISSPELT(set, wrong, right) {WORDS_##set, wrong, right},
#include "grammar/policy-words.def"
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_neq(words_status(rows[i].set, rows[i].right), WORD_UNKNOWN, "%s",
			      rows[i].right);
		cr_expect_eq(words_status(rows[i].set, rows[i].wrong), WORD_UNKNOWN, "%s",
			     rows[i].wrong);
		cr_expect_str_eq(words_meant(rows[i].set, rows[i].wrong), rows[i].right);
	}
}

Test(schema, no_key_twice_in_an_object)
{
	for (int object = 0; object < OBJECT_COUNT; object++) {
		cr_expect_not_null(schema_title(object));
		for (const struct schema_key *k = NULL; (k = schema_next(object, k));)
			cr_expect_eq(find(object, k->name), k, "%s in %s", k->name,
				     schema_title(object));
	}
}

/* Every word that the reader lets through has a meaning later on, and nothing else has. */
Test(schema, words_are_what_the_compiler_knows)
{
	static const struct {
		enum word_set set;
		const char *text;
	} yes[] = {
#define YES(set, word) {WORDS_##set, word},
#include "grammar/policy-words.def"
	};

	for (int i = 0; i < TYPE_COUNT; i++)
		cr_expect_eq(words_status(WORDS_ARG_TYPE, type_get(i)->name),
			     type_get(i)->compiled ? WORD_YES : WORD_NOT_YET, "%s",
			     type_get(i)->name);
	for (int i = 0; i < OP_COUNT; i++)
		if (op_get(i)->fits)
			cr_expect_eq(words_status(WORDS_ARG_OPERATOR, op_name(i)),
				     op_get(i)->compiled ? WORD_YES : WORD_NOT_YET, "%s",
				     op_name(i));
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (yes[i].set == WORDS_ARG_TYPE)
			cr_expect_neq(type_find(yes[i].text), TYPE_COUNT, "%s", yes[i].text);
		if (yes[i].set == WORDS_ARG_OPERATOR)
			cr_expect_neq(op_find(yes[i].text), OP_COUNT, "%s", yes[i].text);
		if (yes[i].set == WORDS_ACTION)
			cr_expect_neq(action_find(yes[i].text), -1, "%s", yes[i].text);
	}
}
