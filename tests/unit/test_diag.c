/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"

static struct arena arena;
static struct sources sources;
static struct diags diags;

static void setup(void)
{
	arena = (struct arena){.head = NULL};
	sources = (struct sources){.arena = &arena};
	diags = (struct diags){.arena = &arena, .sources = &sources};
}

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(diag, .init = setup, .fini = teardown);
TestSuite(nearest);

static uint32_t add(const char *name, const char *text)
{
	return sources_add(&sources, name, text, strlen(text));
}

static struct span span(uint32_t file, uint32_t start, uint32_t end)
{
	return (struct span){.file = file, .start = start, .end = end};
}

/* The printed text equals `expected`. */
static void expect_text(unsigned limit, bool colour, const char *expected)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	diag_print(&diags, to, limit, colour);
	fclose(to);
	cr_expect_str_eq(text, expected);
	free(text);
}

Test(diag, nothing_prints_nothing)
{
	expect_text(0, true, "");
}

Test(diag, message_note_hint_and_counts)
{
	uint32_t f = add("p.yaml", "one: 1\ntwo: 2\n");
	struct diag *g = diag_at(&diags, DIAG_DUPLICATE_KEY, span(f, 7, 10), "again `%s`", "two");

	diag_note(&diags, g, "a fact");
	diag_note_at(&diags, g, span(f, 0, 3), "before");
	diag_hint(&diags, g, "write\n  this");
	diag_at(&diags, DIAG_NO_HOOKS, span(f, 0, 1), "idle");
	cr_expect_eq(diag_errors(&diags), 1);
	expect_text(0, false,
		    "p.yaml:1:1: warning: idle [no-hooks]\n"
		    "    1 | one: 1\n"
		    "      | ^\n"
		    "p.yaml:2:1: error: again `two` [duplicate-key]\n"
		    "    2 | two: 2\n"
		    "      | ^~~\n"
		    "note: a fact\n"
		    "note: before [p.yaml:1:1]\n"
		    "    1 | one: 1\n"
		    "      | ^~~\n"
		    "hint: write\n"
		    "        this\n"
		    "1 error, 1 warning\n");
}

Test(diag, order_is_file_then_place_then_time)
{
	uint32_t a = add("a", "xx\n"), b = add("b", "yy\n");

	diag_plain(&diags, DIAG_BAD_NAME, "nowhere");
	diag_at(&diags, DIAG_BAD_NAME, span(b, 0, 1), "four");
	diag_at(&diags, DIAG_BAD_NAME, span(a, 1, 2), "two");
	diag_at(&diags, DIAG_BAD_NAME, span(a, 1, 2), "three");
	diag_at(&diags, DIAG_BAD_NAME, span(a, 0, 1), "one");
	expect_text(0, false,
		    "a:1:1: error: one [bad-name]\n    1 | xx\n      | ^\n"
		    "a:1:2: error: two [bad-name]\n    1 | xx\n      |  ^\n"
		    "a:1:2: error: three [bad-name]\n    1 | xx\n      |  ^\n"
		    "b:1:1: error: four [bad-name]\n    1 | yy\n      | ^\n"
		    "tgc: error: nowhere [bad-name]\n"
		    "5 errors\n");
}

Test(diag, limit_says_how_many_more)
{
	uint32_t f = add("f", "abcd\n");

	for (uint32_t i = 0; i < 4; i++)
		diag_at(&diags, DIAG_BAD_NAME, span(f, i, i + 1), "no");
	expect_text(1, false,
		    "f:1:1: error: no [bad-name]\n    1 | abcd\n      | ^\n"
		    "... and 3 more\n"
		    "4 errors\n");
}

Test(diag, the_same_message_counts_once)
{
	uint32_t f = add("f", "abcd\n");

	for (int i = 0; i < 3; i++)
		diag_hint(&diags, diag_at(&diags, DIAG_BAD_NAME, span(f, 0, 1), "no"), "h");
	diag_at(&diags, DIAG_BAD_NAME, span(f, 0, 1), "another");
	expect_text(0, false,
		    "f:1:1: error: no [bad-name]\n    1 | abcd\n      | ^\nhint: h\n"
		    "f:1:1: error: another [bad-name]\n    1 | abcd\n      | ^\n"
		    "2 errors\n");
}

Test(diag, thousands_are_found_again)
{
	uint32_t f = add("f", "abcd\n");

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 5000; i++)
			diag_at(&diags, DIAG_BAD_NAME, span(f, 0, 1), "number %d", i);
	cr_expect_eq(diags.errors, 5000);
}

Test(diag, tabs_keep_the_caret_in_line)
{
	uint32_t f = add("f", "a\tbc\td\n");

	diag_at(&diags, DIAG_BAD_NAME, span(f, 2, 4), "no");
	expect_text(0, false,
		    "f:1:3: error: no [bad-name]\n"
		    "    1 | a       bc      d\n"
		    "      |         ^~\n"
		    "1 error\n");
}

Test(diag, span_over_lines_marks_the_first)
{
	uint32_t f = add("f", "ab: \r\n  cd\r\n");

	diag_at(&diags, DIAG_BAD_NAME, span(f, 1, 10), "no");
	expect_text(0, false,
		    "f:1:2: error: no [bad-name]\n"
		    "    1 | ab:\n"
		    "      |  ^~\n"
		    "1 error\n");
}

Test(diag, end_of_file_and_beyond)
{
	uint32_t f = add("f", "ab");

	diag_at(&diags, DIAG_BAD_NAME, span(f, 2, 2), "end");
	diag_at(&diags, DIAG_BAD_NAME, span(f, 90, 99), "beyond");
	expect_text(0, false,
		    "f:1:3: error: end [bad-name]\n    1 | ab\n      |   ^\n"
		    "f:1:3: error: beyond [bad-name]\n    1 | ab\n      |   ^\n"
		    "2 errors\n");
}

Test(diag, wide_and_combining_characters)
{
	uint32_t f = add("f", "\xe6\xbc\xa2\x65\xcc\x81x\n");

	diag_at(&diags, DIAG_BAD_NAME, span(f, 6, 7), "no");
	expect_text(0, false,
		    "f:1:4: error: no [bad-name]\n"
		    "    1 | \xe6\xbc\xa2\x65\xcc\x81x\n"
		    "      |    ^\n"
		    "1 error\n");
}

Test(diag, nothing_steers_the_terminal)
{
	uint32_t f = add("f\033[2J", "\033[31m\xe2\x80\xae\xff\n");

	diag_at(&diags, DIAG_BAD_NAME, span(f, 0, 1), "key \033]0;x\007 \n\xe2\x80\xae");
	expect_text(0, false,
		    "f\\x1b[2J:1:1: error: key \\x1b]0;x\\x07 \\x0a\\u202e [bad-name]\n"
		    "    1 | \\x1b[31m\\u202e\\xff\n"
		    "      | ^~~~\n"
		    "1 error\n");
}

Test(diag, long_lines_are_cut_around_the_caret)
{
	char line[1000];
	char *text = NULL, *row;
	size_t len = 0;
	uint32_t f;
	FILE *to = open_memstream(&text, &len);

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	line[500] = '!';
	f = add("f", line);
	diag_at(&diags, DIAG_BAD_NAME, span(f, 500, 501), "no");
	diag_print(&diags, to, 0, false);
	fclose(to);
	row = strchr(text, '\n') + 1;
	cr_expect_eq(strncmp(row, "    1 | ...xxx", 14), 0);
	cr_expect_lt(strchr(row, '\n') - row, 120);
	cr_expect_eq(strchr(row, '!') - row, strchr(row, '^') - strchr(row, '\n') - 1);
	free(text);
}

Test(diag, colours_when_asked)
{
	uint32_t f = add("f", "ab");

	diag_hint(&diags, diag_at(&diags, DIAG_NO_HOOKS, span(f, 0, 1), "w"), "h");
	expect_text(0, true,
		    "f:1:1: \033[1;35mwarning:\033[0m \033[1mw\033[0m [no-hooks]\n"
		    "    1 | ab\n      | \033[1;32m^\033[0m\n"
		    "\033[1;32mhint:\033[0m h\n1 warning\n");
}

/* ---- levels --------------------------------------------------------------------------- */

Test(diag, a_rule_can_be_raised_lowered_and_turned_off)
{
	uint32_t f = add("f", "abc");

	cr_expect(diags_set_level(&diags, "no-hooks", DIAG_ERROR));
	diag_at(&diags, DIAG_NO_HOOKS, span(f, 0, 1), "one");
	cr_expect_eq(diags.errors, 1);
	cr_expect(diags_set_level(&diags, "no-hooks", DIAG_OFF));
	diag_hint(&diags, diag_at(&diags, DIAG_NO_HOOKS, span(f, 1, 2), "two"), "h");
	cr_expect(diags_set_level(&diags, "no-hooks", DIAG_WARNING));
	diag_at(&diags, DIAG_NO_HOOKS, span(f, 2, 3), "three");
	expect_text(0, false,
		    "f:1:1: error: one [no-hooks]\n    1 | abc\n      | ^\n"
		    "f:1:3: warning: three [no-hooks]\n    1 | abc\n      |   ^\n"
		    "1 error, 1 warning\n");
}

Test(diag, what_cannot_be_compiled_stays_an_error)
{
	cr_expect(!diags_set_level(&diags, "bad-name", DIAG_WARNING));
	cr_expect(!diags_set_level(&diags, "bad-name", DIAG_OFF));
	cr_expect(diags_set_level(&diags, "bad-name", DIAG_ERROR));
	cr_expect(diags_set_level(&diags, "all", DIAG_OFF));
	diag_plain(&diags, DIAG_BAD_NAME, "no");
	diag_plain(&diags, DIAG_NO_HOOKS, "off");
	expect_text(0, false, "tgc: error: no [bad-name]\n1 error\n");
}

Test(diag, all_keeps_what_is_off_off_unless_it_is_turned_on)
{
	cr_expect(diags_set_level(&diags, "no-hooks", DIAG_OFF));
	cr_expect(diags_set_level(&diags, "all", DIAG_ERROR));
	cr_expect_eq(diag_levels_get(&diags.levels, DIAG_NO_HOOKS), DIAG_OFF);
	cr_expect_eq(diag_levels_get(&diags.levels, DIAG_ARG_WIDTH), DIAG_ERROR);
	cr_expect(diags_set_level(&diags, "all", DIAG_WARNING));
	cr_expect_eq(diag_levels_get(&diags.levels, DIAG_NO_HOOKS), DIAG_WARNING);
	cr_expect_eq(diag_levels_get(&diags.levels, DIAG_ARG_WIDTH), DIAG_ERROR);
	cr_expect(diags_set_level(&diags, "all", DIAG_OFF));
	cr_expect_eq(diag_levels_get(&diags.levels, DIAG_ARG_WIDTH), DIAG_OFF);
}

Test(diag, a_wrong_name_gets_a_sentence)
{
	char why[200];

	cr_expect(!diag_levels_option(&diags.levels, 'W', "no-hook", why, sizeof(why)));
	cr_expect_str_eq(why, "there is no rule `no-hook`; did you mean `no-hooks`?");
	cr_expect(!diag_levels_option(&diags.levels, 'E', "zebra", why, sizeof(why)));
	cr_expect_str_eq(why, "there is no rule `zebra`; `tgc explain --list` shows all");
	cr_expect(!diag_levels_option(&diags.levels, 'A', "bad-name", why, sizeof(why)));
	cr_expect_str_eq(why,
			 "`bad-name` is always an error: a policy that has it cannot be compiled");
	cr_expect(diag_levels_option(&diags.levels, 'E', "no-hooks", why, sizeof(why)));
	cr_expect_eq(diag_levels_get(&diags.levels, DIAG_NO_HOOKS), DIAG_ERROR);
}

Test(diag, strict_fails_on_warnings)
{
	cr_expect(!diags_failed(&diags));
	diag_plain(&diags, DIAG_NO_HOOKS, "idle");
	cr_expect(!diags_failed(&diags));
	diags.strict = true;
	cr_expect(diags_failed(&diags));
}

Test(diag, a_rule_that_is_off_is_not_wanted)
{
	cr_expect(diags_wants(&diags, DIAG_NO_HOOKS));
	diags_set_level(&diags, "no-hooks", DIAG_OFF);
	cr_expect(!diags_wants(&diags, DIAG_NO_HOOKS));
}

Test(diag, a_rule_whose_prerequisite_failed_is_not_wanted)
{
	cr_expect(diags_wants(&diags, DIAG_ARG_WIDTH));
	diag_plain(&diags, DIAG_BAD_NAME, "another");
	cr_expect(diags_wants(&diags, DIAG_ARG_WIDTH));
	diag_plain(&diags, DIAG_ARG_TYPE, "its prerequisite");
	cr_expect(!diags_wants(&diags, DIAG_ARG_WIDTH));
	cr_expect(diags_wants(&diags, DIAG_NO_HOOKS));
	diags_scope(&diags);
	cr_expect(diags_wants(&diags, DIAG_ARG_WIDTH));
}

Test(diag, names_are_found)
{
	for (unsigned id = 0; id < DIAG_COUNT; id++)
		cr_expect_eq(diag_find(diag_name((enum diag_id)id)), id);
	cr_expect_eq(diag_find("zebra"), DIAG_COUNT);
	cr_expect_str_eq(diag_nearest_name("unknwon-key"), "unknown-key");
	cr_expect(diag_is_rule(DIAG_NO_HOOKS));
	cr_expect(!diag_is_rule(DIAG_BAD_NAME));
}

/* ---- kernels -------------------------------------------------------------------------- */

static const char *const kernels[] = {"5.10", "6.1", "6.12", "6.18"};

static void say_on(const char *kernel, const char *text)
{
	struct diag *g;

	diags_context(&diags, kernel);
	g = diag_plain(&diags, DIAG_UNKNOWN_FUNCTION, "%s", text);
	diag_note(&diags, g, "as %s has it", kernel ? kernel : "none");
}

Test(diag, a_message_is_said_once_for_all_kernels)
{
	cr_expect(diags_contexts(&diags, kernels, 4));
	for (size_t i = 0; i < 4; i++)
		say_on(kernels[i], "no");
	expect_text(0, false, "tgc: error: no [unknown-function]\nnote: as 5.10 has it\n1 error\n");
}

Test(diag, a_message_for_some_kernels_says_for_which)
{
	cr_expect(diags_contexts(&diags, kernels, 4));
	say_on("5.10", "a");
	say_on("6.1", "a");
	say_on("6.12", "a");
	say_on("6.18", "b");
	say_on(NULL, "c");
	expect_text(0, false,
		    "tgc: error: a [unknown-function]\n"
		    "note: on 5.10, 6.1 and 6.12; not on 6.18\n"
		    "note: as 5.10 has it\n"
		    "tgc: error: b [unknown-function]\n"
		    "note: on 6.18; not on 5.10, 6.1 and 6.12\n"
		    "note: as 6.18 has it\n"
		    "tgc: error: c [unknown-function]\n"
		    "note: as none has it\n"
		    "3 errors\n");
}

Test(diag, one_kernel_is_all_of_them)
{
	cr_expect(diags_contexts(&diags, kernels, 1));
	say_on("5.10", "a");
	expect_text(0, false, "tgc: error: a [unknown-function]\nnote: as 5.10 has it\n1 error\n");
}

Test(diag, kernels_have_a_limit)
{
	const char *many[DIAG_CONTEXTS_MAX + 1];

	for (size_t i = 0; i <= DIAG_CONTEXTS_MAX; i++)
		many[i] = arena_printf(&arena, "6.%zu", i);
	cr_expect(!diags_contexts(&diags, many, DIAG_CONTEXTS_MAX + 1));
	cr_expect(diags_contexts(&diags, many, DIAG_CONTEXTS_MAX));
	diags_context(&diags, many[DIAG_CONTEXTS_MAX - 1]);
	diag_plain(&diags, DIAG_BAD_NAME, "no");
	cr_expect_eq(diag_kernels(&diags, diags.first, true, many), 1);
	cr_expect_str_eq(many[0], "6.63");
}

static const char *near(const char *word)
{
	static const char *const words[] = {"Equal",   "NotEqual",	    "Prefix",
					    "Postfix", "matchArgs",	    "LT",
					    "GT",      "security_file_open"};

	return nearest(word, words, sizeof(words) / sizeof(words[0]));
}

Test(nearest, slips_of_the_hand)
{
	cr_expect_str_eq(near("Prefx"), "Prefix");
	cr_expect_str_eq(near("Prefxi"), "Prefix");
	cr_expect_str_eq(near("matchArg"), "matchArgs");
	cr_expect_str_eq(near("secuirty_file_opn"), "security_file_open");
	cr_expect_str_eq(near("EqualTo"), "Equal");
}

Test(nearest, letter_case_first)
{
	cr_expect_str_eq(near("lt"), "LT");
	cr_expect_str_eq(near("MATCHARGS"), "matchArgs");
}

Test(nearest, nothing_near)
{
	char huge[5000];

	memset(huge, 'E', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	cr_expect_null(near(""));
	cr_expect_null(near("x"));
	cr_expect_null(near("zebra"));
	cr_expect_null(near(huge));
	cr_expect_null(nearest("a", NULL, 0));
}
