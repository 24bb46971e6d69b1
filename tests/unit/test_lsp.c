/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the language server: places, texts, addresses, names that fit, words for everything. */
#include <criterion/criterion.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/lsp/document.h"
#include "compiler/lsp/functions.h"
#include "compiler/lsp/position.h"
#include "compiler/lsp/uri.h"
#include "compiler/lsp/words.h"
#include "compiler/words/types.h"

/* ---- places ----------------------------------------------------------------------------- */

static const char mixed[] = "a\xc3\xa4\xf0\x9d\x92\xb2z\r\nx\ry\n";

static uint32_t byte_at(uint32_t line, uint32_t character, bool utf8)
{
	struct arena a = {.head = NULL};
	struct sources s = {.arena = &a};
	uint32_t file = sources_add(&s, "x", mixed, sizeof(mixed) - 1), out;
	struct lsp_position p = {line, character};

	out = lsp_offset(sources_get(&s, file), p, utf8);
	cr_expect_eq(lsp_offset_in(mixed, sizeof(mixed) - 1, p, utf8), out);
	arena_free(&a);
	return out;
}

Test(lsp, places_count_utf16)
{
	cr_expect_eq(byte_at(0, 0, false), 0);
	cr_expect_eq(byte_at(0, 1, false), 1);
	cr_expect_eq(byte_at(0, 2, false), 3);
	cr_expect_eq(byte_at(0, 3, false), 3, "the middle of a character is its start");
	cr_expect_eq(byte_at(0, 4, false), 7);
	cr_expect_eq(byte_at(0, 5, false), 8);
	cr_expect_eq(byte_at(0, 99, false), 8, "behind the line is its end");
	cr_expect_eq(byte_at(1, 0, false), 10);
	cr_expect_eq(byte_at(2, 1, false), 13);
	cr_expect_eq(byte_at(3, 0, false), sizeof(mixed) - 1);
	cr_expect_eq(byte_at(4294967295u, 4294967295u, false), sizeof(mixed) - 1);
}

Test(lsp, places_count_bytes)
{
	cr_expect_eq(byte_at(0, 3, true), 3);
	cr_expect_eq(byte_at(0, 2, true), 1);
	cr_expect_eq(byte_at(0, 6, true), 3);
	cr_expect_eq(byte_at(0, 7, true), 7);
}

Test(lsp, places_there_and_back)
{
	struct arena a = {.head = NULL};
	struct sources s = {.arena = &a};
	const struct source *f;

	f = sources_get(&s, sources_add(&s, "x", mixed, sizeof(mixed) - 1));
	for (uint32_t i = 0; i <= f->size; i++) {
		if ((f->text[i] & 0xc0) == 0x80 ||
		    (i && f->text[i - 1] == '\r' && f->text[i] == '\n'))
			continue;
		cr_expect_eq(lsp_offset(f, lsp_position(f, i, false), false), i, "%u", i);
		cr_expect_eq(lsp_offset(f, lsp_position(f, i, true), true), i, "%u", i);
	}
	arena_free(&a);
}

/* ---- texts ------------------------------------------------------------------------------ */

static void change(struct document *d, const char *json, bool good)
{
	json_t *j = json_loads(json, 0, NULL);

	cr_assert(j);
	cr_expect_eq(document_change(d, j, false), good, "%s", json);
	json_decref(j);
}

Test(lsp, changes_apply_in_order)
{
	struct document *d = document_new("file:///a.tg", "/a.tg", NULL);

	cr_expect_eq(d->language, DOCUMENT_TERSE);
	change(d, "{\"text\": \"one\\ntwo\\n\"}", true);
	change(d,
	       "{\"range\": {\"start\": {\"line\": 1, \"character\": 0}, \"end\": {\"line\": 1, "
	       "\"character\": 3}}, \"text\": \"three\"}",
	       true);
	cr_expect_str_eq(d->text, "one\nthree\n");
	change(d,
	       "{\"range\": {\"start\": {\"line\": 0, \"character\": 3}, \"end\": {\"line\": 9, "
	       "\"character\": 9}}, \"text\": \"\"}",
	       true);
	cr_expect_str_eq(d->text, "one");
	change(d,
	       "{\"range\": {\"start\": {\"line\": 1, \"character\": 0}, \"end\": {\"line\": 0, "
	       "\"character\": 1}}, \"text\": \"x\"}",
	       false);
	change(d, "{\"text\": 3}", false);
	change(d, "{\"range\": 3, \"text\": \"\"}", false);
	cr_expect_str_eq(d->text, "one");
	document_free(d);
}

/* Above the limit a text is not read, but kept, so that it is the right one when it is smaller. */
Test(lsp, a_text_that_was_too_large_is_read_again)
{
	struct document *d = document_new("file:///a.yaml", "/a.yaml", NULL);
	char *large = malloc(SOURCE_MAX + 1);

	memset(large, 'x', SOURCE_MAX + 1);
	large[3] = '\n';
	document_replace(d, 0, 0, large, SOURCE_MAX + 1);
	cr_expect(d->too_large);
	change(d,
	       "{\"range\": {\"start\": {\"line\": 1, \"character\": 4}, \"end\": {\"line\": 2, "
	       "\"character\": 0}}, \"text\": \"end\"}",
	       true);
	cr_expect_not(d->too_large);
	cr_expect_str_eq(d->text, "xxx\nxxxxend");
	cr_expect_lt(d->room, 100);
	free(large);
	document_free(d);
}

Test(lsp, a_text_that_is_too_large_is_not_kept)
{
	struct document *d = document_new("file:///a.yaml", "/a.yaml", NULL);
	char *large = malloc(SOURCE_MAX);

	memset(large, 'x', SOURCE_MAX);
	for (int i = 0; i < 5; i++)
		document_replace(d, d->size, d->size, large, SOURCE_MAX);
	cr_expect(d->too_large && d->lost);
	cr_expect_eq(d->size, 0);
	change(d,
	       "{\"range\": {\"start\": {\"line\": 0, \"character\": 0}, \"end\": {\"line\": 0, "
	       "\"character\": 1}}, \"text\": \"\"}",
	       true);
	cr_expect(d->lost, "what was changed is not known");
	change(d, "{\"text\": \"small\"}", true);
	cr_expect_not(d->too_large || d->lost);
	cr_expect_str_eq(d->text, "small");
	cr_expect_lt(d->room, 100);
	free(large);
	document_free(d);
}

/* ---- addresses -------------------------------------------------------------------------- */

Test(lsp, addresses)
{
	struct arena a = {.head = NULL};

	cr_expect_str_eq(lsp_uri_path(&a, "file:///a%20b/%c3%a4.tg"), "/a b/\xc3\xa4.tg");
	cr_expect_str_eq(lsp_uri_path(&a, "file://host/a/../b//c/./d"), "/b/c/d");
	cr_expect_str_eq(lsp_uri_path(&a, "file:///../../x"), "/x");
	cr_expect_str_eq(lsp_uri_path(&a, "file:///a%00b%zz%"), "/a%00b%zz%");
	cr_expect_str_eq(lsp_uri_path(&a, "file://"), ".");
	cr_expect_str_eq(lsp_uri_path(&a, "untitled:1"), "untitled:1");
	cr_expect_str_eq(lsp_path_uri(&a, "/a b/\xc3\xa4.tg"), "file:///a%20b/%C3%A4.tg");
	arena_free(&a);
}

/* ---- names ------------------------------------------------------------------------------ */

Test(lsp, what_fits_better_comes_first)
{
	static const char *const order[][3] = {
		{"open", "open", "openat"},
		{"open", "openat", "do_open"},
		{"secfil", "security_file_open", "security_inode_follow_link"},
		{"tcpc", "tcp_connect", "tcp_v4_reqsk_check"},
		{"MAY", "MAY_READ", "MAXIMUM_YIELD"},
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		cr_expect_gt(fuzzy_score(order[i][0], order[i][1]),
			     fuzzy_score(order[i][0], order[i][2]), "%s: %s", order[i][0],
			     order[i][1]);
	cr_expect_lt(fuzzy_score("xyz", "security_file_open"), 0);
	cr_expect_geq(fuzzy_score("", "anything"), 0);
	cr_expect_eq(fuzzy_letters("aB_") & ~fuzzy_letters("A-b"), 0);
}

/* ---- words ------------------------------------------------------------------------------ */

/* An object's keys stand together in the schema: one apart from them would never be found. */
Test(lsp, every_key_of_the_schema_is_found)
{
	static const char one[] = {
#define SCALAR(...) 1,
#define WORD(...)   1,
#define LIST(...)   1,
#define MAP(...)    1,
#define SUB(...)    1,
#define INSIDE(...) 1,
#define SKIP(...)   1,
#include "grammar/policy-schema.def"
	};
	size_t count = 0;

	for (int object = 0; object < OBJECT_COUNT; object++)
		for (const struct schema_key *key = NULL;
		     (key = schema_next((enum schema_object)object, key));)
			count++;
	cr_expect_eq(count, sizeof(one));
}

Test(lsp, every_key_has_words)
{
	for (unsigned object = 0; object < OBJECT_COUNT; object++) {
		const struct schema_key *k = NULL;

		while ((k = schema_next((enum schema_object)object, k)))
			if (k->support != KEY_SKIP)
				cr_expect(*key_doc((enum schema_object)object, k->name),
					  "`%s` of %s has none", k->name,
					  schema_title((enum schema_object)object));
	}
}

Test(lsp, every_word_of_the_terse_language_has_words)
{
#define KEYWORD(token, word, place) word,
	static const char *const keywords[] = {
#include "grammar/terse-keywords.def"
	};
#define SUBJECT(word, ...) word,
#define MEMBER(word, ...)
	static const char *const subjects[] = {
#include "grammar/terse-subjects.def"
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		cr_expect(terse_doc(TERSE_STATEMENT_WORDS, keywords[i]) ||
				  terse_doc(TERSE_RULE_WORDS, keywords[i]) ||
				  terse_doc(TERSE_OPERATOR_WORDS, keywords[i]),
			  "`%s` has none", keywords[i]);
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		cr_expect(terse_doc(TERSE_SUBJECT_WORDS, subjects[i]), "`%s` has none",
			  subjects[i]);
}

Test(lsp, every_word_of_yaml_has_words)
{
	const char *word;

	for (size_t i = 0; (word = set_word(WORDS_ARG_TYPE, i)); i++)
		cr_expect(type_doc(word), "`%s` has none", word);
	for (size_t i = 0; (word = set_word(WORDS_ARG_OPERATOR, i)); i++)
		cr_expect(operator_doc(word), "`%s` has none", word);
	for (size_t i = 0; (word = set_word(WORDS_ACTION, i)); i++)
		cr_expect(action_doc(word), "`%s` has none", word);
}
