/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <criterion/criterion.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "runtime/regex.h"

static struct regex *compiled(const char *expression)
{
	const char *why = "";
	struct regex *r = regex_compile(expression, strlen(expression), &why);

	cr_assert_not_null(r, "%s: %s", expression, why);
	return r;
}

static bool matches(const char *expression, const char *text)
{
	struct regex *r = compiled(expression);
	bool result = regex_search(r, text, strlen(text));

	regex_free(r);
	return result;
}

Test(regex, searches)
{
	static const struct {
		const char *expression, *text;
		bool matches;
	} rows[] = {
		{"", "", true},
		{"", "x", true},
		{"b", "abc", true},
		{"^b", "abc", false},
		{"^/usr/s?bin/", "/usr/sbin/ip", true},
		{"^/usr/s?bin/", "/opt/usr/bin/ip", false},
		{"bin$", "/bin", true},
		{"bin$", "/bin\n", false},
		{"(?m)^b$", "a\nb\nc", true},
		{"a.c", "a\nc", false},
		{"(?s)a.c", "a\nc", true},
		{"(?i)CuRL", "/bin/cUrl", true},
		{"(?i:A)b", "ab", true},
		{"(?i:A)b", "aB", false},
		{"a(?i)b", "aB", true},
		{"(a(?i)b)c", "aBC", false},
		{"[^a-c]", "abc", false},
		{"[]a]", "]", true},
		{"[a-]", "-", true},
		{"[[:digit:]x]+$", "1x2", true},
		{"[[:^digit:]]", "12", false},
		{"\\d+\\.\\d+", "v1.20", true},
		{"^\\x41\\x{1F680}\\101$", "A\U0001F680A", true},
		{"^\\Qa.b*\\E+$", "a.b***", true},
		{"\\bcat\\b", "the cat sat", true},
		{"\\bcat\\b", "concat", false},
		{"\\Bcat", "concat", true},
		{"^.$", "\u00e9", true},
		{"^(a|b|)*$", "abba", true},
		{"^(?:a*)*$", "aaab", false},
		{"^a{2,3}$", "aaaa", false},
		{"^a{2,}$", "aaaa", true},
		{"^a{2$", "a{2", true},
		{"^(?P<first>a)(?<second>b)$", "ab", true},
		{"x*", "", true},
		{"\\A\\z", "", true},
		{"(^|/)su$", "/bin/su", true},
		{"(^|/)su$", "su", true},
		{"(^|/)su$", "sudo", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(matches(rows[i].expression, rows[i].text), rows[i].matches, "%s on %s",
			     rows[i].expression, rows[i].text);
	}
}

Test(regex, refuses)
{
	static const char *const rows[][2] = {
		{"(", "a ( is not closed"},
		{")", "a ) closes nothing"},
		{"[a", "a [ is not closed"},
		{"[b-a]", "a range in [ ] goes backwards"},
		{"[[:frob:]]", "there is no class of this name in [: :]"},
		{"*a", "there is nothing before a *, + or ? that it could repeat"},
		{"a**", "a repetition stands behind a repetition"},
		{"a{2}{3}", "a repetition stands behind a repetition"},
		{"a{1001}", "a number in { } is larger than 1000"},
		{"a{3,2}", "the numbers in { } go backwards"},
		{"(?=a)", "what follows (? has no meaning there"},
		{"(?<!a)", "the name of a group is not well-formed"},
		{"(?>a)", "what follows (? has no meaning there"},
		{"(a)\\1", "a backslash stands before what has no meaning with it"},
		{"\\", "it ends with a backslash"},
		{"\\pN", "classes of Unicode (\\p) are not supported"},
		{"\\x{110000}", "a backslash stands before what has no meaning with it"},
		{"\xff", "it is not valid UTF-8"},
		{"(?:(?:a{1000}){1000}){1000}", "it is too large"},
		{"(?P<a-b>x)", "the name of a group is not well-formed"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = "";
		struct regex *r = regex_compile(rows[i][0], strlen(rows[i][0]), &why);

		cr_expect_null(r, "%s", rows[i][0]);
		cr_expect_str_eq(why, rows[i][1], "%s: %s", rows[i][0], why);
		regex_free(r);
	}
}

Test(regex, nesting_and_size_have_limits)
{
	const char *why = "";
	char deep[2000], wide[40000];

	for (int i = 0; i < 500; i++)
		memcpy(deep + 3 * i, "(?:", 3);
	memset(deep + 1500, ')', 500);
	cr_expect_null(regex_compile(deep, sizeof(deep), &why));
	cr_expect_str_eq(why, "its groups are nested too deep");
	memset(wide, 'x', sizeof(wide));
	cr_expect_null(regex_compile(wide, sizeof(wide), &why));
	cr_expect_str_eq(why, "it is too large");
}

/* What backtracking would not finish in the age of the universe. */
/* Parts that match nothing make no instructions, but to visit each of them takes time. */
Test(regex, work_to_compile_has_a_limit)
{
	char text[4096 + 64];
	size_t n = (size_t)sprintf(text, "(?:(?:a");
	const char *why = NULL;

	for (int i = 0; i < 800; i++)
		n += (size_t)sprintf(text + n, "(?:)");
	n += (size_t)sprintf(text + n, "){1000}){8}");
	cr_expect_null(regex_compile(text, n, &why));
	cr_expect_str_eq(why, "it is too large");
}

Test(regex, weight)
{
	const char *why;
	struct regex *small = regex_compile("a", 1, &why), *large;

	large = regex_compile("(?:.?){1000}b", 13, &why);
	cr_assert(small && large);
	cr_expect_lt(regex_weight(small), 10u);
	cr_expect_gt(regex_weight(large), 2000u);
	regex_free(small);
	regex_free(large);
}

Test(regex, time_is_linear)
{
	struct regex *r = compiled("^(a|aa|a*)*(a*)*b$");
	char text[4096];

	memset(text, 'a', sizeof(text));
	cr_expect_not(regex_search(r, text, sizeof(text)));
	regex_free(r);
}

Test(regex, finds_groups)
{
	struct regex *r = compiled("--(token|key)[= ](\\S+)|(none)");
	const char *text = "x --key=abc --token def";
	struct regex_span spans[4];

	cr_assert_eq(regex_spans(r), 4);
	cr_assert_eq(regex_find(r, text, strlen(text), 0, spans), 1);
	cr_expect_eq(spans[0].start, 2);
	cr_expect_eq(spans[0].end, 11);
	cr_expect_eq(spans[2].start, 8);
	cr_expect_eq(spans[2].end, 11);
	cr_expect_eq(spans[3].start, REGEX_NONE);
	cr_assert_eq(regex_find(r, text, strlen(text), 11, spans), 1);
	cr_expect_eq(spans[2].start, 20);
	cr_expect_eq(spans[2].end, 23);
	cr_expect_eq(regex_find(r, text, strlen(text), 13, spans), 0);
	regex_free(r);
}

/* ---- against another implementation ------------------------------------------------------- */

static unsigned int dice(unsigned int sides)
{
	return (unsigned int)rand() % sides;
}

static size_t random_expression(char *out, int depth)
{
	static const char *const atoms[] = {"a",   "b",		 "c",	"[ab]",	  "[^a]", ".",
					    "\\w", "(?:a\\b|b)", "\\d", "(?:b|)", "x",	  "\u00e9"};
	static const char *const repeats[] = {"*",  "+",   "?",	    "*?",    "+?",
					      "??", "{2}", "{1,3}", "{0,2}?"};
	size_t n = 0;

	for (unsigned int i = 0, items = 1 + dice(4); i < items; i++) {
		bool group = depth && !dice(3);

		if (i && !dice(5))
			out[n++] = '|';
		if (!group) {
			n += (size_t)sprintf(out + n, "%s", atoms[dice(12)]);
		} else {
			n += (size_t)sprintf(out + n, "%s", dice(2) ? "(" : "(?:");
			n += random_expression(out + n, depth - 1);
			n += (size_t)sprintf(out + n, ")");
		}
		if (!dice(3))
			n += (size_t)sprintf(out + n, "%s", repeats[dice(9)]);
	}
	out[n] = '\0';
	return n;
}

static size_t random_text(char *out)
{
	static const char *const parts[] = {"a", "b", "c", "x", "1", " ", "\u00e9", "ab"};
	size_t n = 0;

	for (unsigned int i = dice(12); i; i--)
		n += (size_t)sprintf(out + n, "%s", parts[dice(8)]);
	out[n] = '\0';
	return n;
}

static bool repeats_group(const char *expression)
{
	for (const char *at = expression; (at = strchr(at, ')')); at++) {
		if (at[1] && strchr("*+?{", at[1]))
			return true;
	}
	return false;
}

/* Where a group that may be empty is repeated, Perl and RE2 prefer and remember differently. */
static void compare(const char *expression, const char *text, size_t size, struct regex *mine,
		    pcre2_code *theirs, pcre2_match_data *data)
{
	bool all = !repeats_group(expression);
	struct regex_span spans[REGEX_GROUPS_MAX + 1];
	int found = regex_find(mine, text, size, 0, spans);
	int count = pcre2_match(theirs, (PCRE2_SPTR)text, size, 0, 0, data, NULL);
	PCRE2_SIZE *edges = pcre2_get_ovector_pointer(data);

	cr_assert_eq(found, count > 0, "%s on %s", expression, text);
	cr_assert_eq(regex_search(mine, text, size), found, "%s on %s", expression, text);
	for (int i = 0; i < count && all; i++) {
		cr_assert_eq(spans[i].start, edges[2 * i], "%s on %s, group %d: %zu, not %zu",
			     expression, text, i, spans[i].start, edges[2 * i]);
		cr_assert_eq(spans[i].end, edges[2 * i + 1], "%s on %s, group %d: %zu, not %zu",
			     expression, text, i, spans[i].end, edges[2 * i + 1]);
	}
}

Test(regex, agrees_with_pcre)
{
	char expression[4096], text[256];
	int error;
	PCRE2_SIZE offset;

	srand(20261122);
	for (int i = 0; i < 3000; i++) {
		size_t size = random_expression(expression, 3);
		pcre2_code *theirs =
			pcre2_compile((PCRE2_SPTR)expression, size,
				      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &error, &offset, NULL);
		const char *why = "";
		struct regex *mine = regex_compile(expression, size, &why);
		pcre2_match_data *data;

		cr_assert_not_null(theirs, "%s", expression);
		cr_assert_not_null(mine, "%s: %s", expression, why);
		data = pcre2_match_data_create_from_pattern(theirs, NULL);
		for (int k = 0; k < 10; k++)
			compare(expression, text, random_text(text), mine, theirs, data);
		pcre2_match_data_free(data);
		pcre2_code_free(theirs);
		regex_free(mine);
	}
}
