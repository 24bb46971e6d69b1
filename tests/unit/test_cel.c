/* SPDX-License-Identifier: Apache-2.0 */
/* CelExpr: what is taken, and every refusal in full. */
#include "compiler/values/cel.h"
#include "tests/unit/value_fixture.h"

TestSuite(cel, .fini = drop_arena);

/* arg0 int, arg1 uint32, arg2 int64, arg3 uint64, arg4 string */
static const struct type_info *const *arguments(void)
{
	static const struct type_info *args[5];

	args[0] = type_get(TYPE_INT);
	args[1] = type_get(TYPE_UINT32);
	args[2] = type_get(TYPE_LONG);
	args[3] = type_get(TYPE_UINT64);
	args[4] = type_get(TYPE_STRING);
	return args;
}

static struct cel_node *read(const struct ast_str *text, struct value_error *e)
{
	struct cel_node *root = cel_parse(&arena, text, e);

	return root && cel_check(&arena, root, text, arguments(), 5, e) ? root : NULL;
}

Test(cel, canonical_text)
{
	static const struct {
		const char *text, *want;
		uint64_t args;
	} rows[] = {
		{"arg0==int32(1)", "arg0 == int32(1)", 1},
		{"arg2 == 1", "arg2 == 1", 4},
		{"arg3 == 1u", "arg3 == 1u", 8},
		{"arg3 == 0x10U", "arg3 == 16u", 8},
		{"arg2 == -5 || true", "arg2 == -5 || true", 4},
		{"arg2 -5 < - 9223372036854775808", "arg2 - 5 < -9223372036854775808", 4},
		{"arg2 - (5 - 3) != 0", "arg2 - (5 - 3) != 0", 4},
		{"(arg2 - 5) - 3 != 0", "arg2 - 5 - 3 != 0", 4},
		{"((true))", "true", 0},
		{"!(arg2 < 1 && arg2 > 1)", "!(arg2 < 1 && arg2 > 1)", 4},
		{"!!true", "!!true", 0},
		{"true || false && arg2 == 1", "true || false && arg2 == 1", 4},
		{"(true || false) && arg2 == 1", "(true || false) && arg2 == 1", 4},
		{"and(arg1, uint32(4)) == uint32(4)", "and(arg1, uint32(4)) == uint32(4)", 2},
		{"xor(arg2, or(1, not(2))) >= 0", "xor(arg2, or(1, not(2))) >= 0", 4},
		{"int32(arg2) == arg0", "int32(arg2) == arg0", 5},
		{"arg2 < 1 == true", "arg2 < 1 == true", 4},
		{"uint32(-1) == arg1", "uint32(-1) == arg1", 2},
		{"\targ2\n==\r1 ", "arg2 == 1", 4},
		{"arg2 == 010", "arg2 == 10", 4},
		{"arg4 == 'a\"b'", "arg4 == \"a\\\"b\"", 16},
		{"'\\n\\\\\\x41' != arg4", "arg4 != \"\\x0a\\\\A\"", 16},
		{"arg4.startsWith( 'a' )", "arg4.startsWith(\"a\")", 16},
		{"!arg4.endsWith('') && arg4.contains(\"'\")",
		 "!arg4.endsWith(\"\") && arg4.contains(\"'\")", 16},
		{"arg4 in ['a',\"b\"] || arg2 in [1, -2] == true",
		 "arg4 in [\"a\", \"b\"] || arg2 in [1, -2] == true", 20},
		{"arg4.size()+1 == size(arg4)", "size(arg4) + 1 == size(arg4)", 16},
		{"arg0 in [int32(1), arg0 + int32(1)]", "arg0 in [int32(1), arg0 + int32(1)]", 1},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, strlen(rows[i].text)), again;
		struct value_error e;
		struct cel_node *root = read(&text, &e);
		const char *printed;

		cr_assert_not_null(root, "%s: %s", rows[i].text, e.text);
		printed = cel_print(&arena, root);
		cr_expect_str_eq(printed, rows[i].want, "%s: %s", rows[i].text, printed);
		cr_expect_eq(cel_args(root), rows[i].args, "%s", rows[i].text);
		again = text_of(printed, strlen(printed));
		root = read(&again, &e);
		cr_assert_not_null(root, "%s: %s", printed, e.text);
		cr_expect_str_eq(cel_print(&arena, root), printed);
	}
}

Test(cel, precedence_is_in_the_tree)
{
	struct ast_str text = text_of(T("arg2 - 5 - 3 == 1 || true && false"));
	struct value_error e;
	struct cel_node *root = read(&text, &e);

	cr_assert_not_null(root);
	cr_expect_eq(root->kind, CEL_OR);
	cr_expect_eq(root->right->kind, CEL_AND);
	cr_expect_eq(root->left->kind, CEL_EQ);
	cr_expect_eq(root->left->left->left->kind, CEL_SUB);
	cr_expect_eq(root->left->left->type, CEL_INT);
	cr_expect_eq(root->right->from, 21);
	cr_expect_eq(root->right->to, 34);
}

struct refused {
	const char *text;
	size_t len;
	const char *why, *mend;
	uint32_t from, to;
};

static void expect_refusals(const struct refused *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct value_error e;

		cr_assert_null(read(&text, &e), "%s", rows[i].text);
		expect_refusal(&e, &text, rows[i].why, rows[i].mend);
		cr_expect_eq(e.from, rows[i].from, "%s: %u", rows[i].text, e.from);
		cr_expect_eq(e.to, rows[i].to, "%s: %u", rows[i].text, e.to);
		if (!rows[i].mend)
			continue;
		text = text_of(rows[i].mend, strlen(rows[i].mend));
		cr_expect_not_null(read(&text, &e), "%s: %s", rows[i].mend, e.text);
	}
}

Test(cel, refusals)
{
	static const struct refused rows[] = {
		/* D.3's neighbour, trap 37: literals are 64-bit */
		{T("arg0 == 1"), "`==` has int32 on one side and int on the other: `arg0` and `1`",
		 "arg0 == int32(1)", 8, 9},
		{T("1 == arg0"), "`==` has int on one side and int32 on the other: `1` and `arg0`",
		 "int32(1) == arg0", 0, 1},
		{T("arg1 > 0x10u"),
		 "`>` has uint32 on one side and uint on the other: `arg1` and `0x10u`",
		 "arg1 > uint32(16)", 7, 12},
		{T("arg2 == 1u"), "`==` has int on one side and uint on the other: `arg2` and `1u`",
		 "arg2 == 1", 8, 10},
		{T("arg3 == 1"), "`==` has uint on one side and int on the other: `arg3` and `1`",
		 "arg3 == 1u", 8, 9},
		{T("arg3 == -1"), "`==` has uint on one side and int on the other: `arg3` and `-1`",
		 NULL, 0, 10},
		{T("arg0 == 5000000000"),
		 "`==` has int32 on one side and int on the other: `arg0` and `5000000000`", NULL,
		 0, 18},
		{T("arg0 == arg2"),
		 "`==` has int32 on one side and int on the other: `arg0` and `arg2`", NULL, 0, 12},
		{T("uint32(5u) == arg1"), "`uint32` converts an int: `5u` is of type uint",
		 "uint32(5) == arg1", 7, 9},
		{T("int32(arg0) == arg0"), "`int32` converts an int: `arg0` is of type int32",
		 "arg0 == arg0", 6, 10},
		{T("int32(5000000000) == arg0"), "5000000000 does not fit in 32 bits", NULL, 6, 16},
		{T("arg2 + true == 1"), "`+` takes numbers: `true` is of type bool", NULL, 7, 11},
		{T("arg2 && true"), "`&&` takes truth values: `arg2` is of type int", NULL, 0, 4},
		{T("!arg2"), "`!` takes truth values: `arg2` is of type int", NULL, 1, 5},
		{T("true < false"), "`<` takes numbers: `true` is of type bool", NULL, 0, 4},
		{T("and(true, 1) == 1"), "`and` takes numbers: `true` is of type bool", NULL, 4, 8},
		{T("arg2 + 1"), "the expression gives a number of type int, no truth value", NULL,
		 0, 0},
		{T(""), "an empty value is no expression", NULL, 0, 0},
		{T(" \t"), "an empty value is no expression", NULL, 0, 0},
		{T("arg01 == 1"),
		 "there is no `arg01`: the hook's arguments are called arg0, arg1 and so on", NULL,
		 0, 5},
		{T("pid == 1"),
		 "there is no `pid`: the hook's arguments are called arg0, arg1 and so on", NULL, 0,
		 3},
		{T("arg2 = 1"), "one `=` compares nothing", "arg2 == 1", 5, 6},
		{T("arg2 * 2 == 1"), "`*` is not available: expressions add and subtract", NULL, 5,
		 6},
		{T("arg2 / 2 == 1"), "`/` is not available: expressions add and subtract", NULL, 5,
		 6},
		{T("arg2 % 2 == 1"),
		 "`%` is not available: expressions add and subtract; `and(a, b)` masks bits", NULL,
		 5, 6},
		{T("true ? true : false"),
		 "`? :` is not available: join conditions with `&&` and `||`", NULL, 5, 6},
		{T("arg2 & 1 == 1"),
		 "`&` is not available: `&&` joins conditions, `and(a, b)` masks bits", NULL, 5, 6},
		{T("-arg2 == 1"),
		 "`-` stands before a number only: subtract from 0 instead, as in `0 - arg0` or "
		 "`int32(0) - arg0`",
		 NULL, 0, 1},
		{T("max(arg2) == 1"),
		 "there is no function `max`: expressions have int32, uint32, and, or, xor, not "
		 "and "
		 "size",
		 NULL, 0, 3},
		{T("and(arg2) == 1"), "`)` stands where `,` is expected", NULL, 8, 9},
		{T("not(arg2, 1) == 1"), "`not` takes 1 argument", NULL, 8, 9},
		{T("or(1, 2, 3) == 1"), "`or` takes 2 arguments", NULL, 7, 8},
		{T("(arg2 == 1"), "the end stands where `)` is expected", NULL, 10, 10},
		{T("arg2 == 1)"), "`)` stands where an operator or the end is expected", NULL, 9,
		 10},
		{T("arg2 =="), "the end stands where a value is expected", NULL, 7, 7},
		{T("arg2 == 1.5"), "fractions are not available", NULL, 8, 11},
		{T("arg2 == 7up"), "`7up` is not a number", NULL, 8, 11},
		{T("arg2 == 0x"), "`0x` is not a number", NULL, 8, 10},
		{T("arg2 == 9223372036854775808"), "`9223372036854775808` does not fit in 64 bits",
		 NULL, 8, 27},
		{T("arg3 == -1u"), "an unsigned number has no sign", NULL, 9, 11},
		{T("arg2 == 1\0"), "a NUL byte is no part of an expression", NULL, 9, 10},
		{T("arg2 == 1 arg2"), "`arg2` stands where an operator or the end is expected",
		 NULL, 10, 14},
	};

	expect_refusals(rows, COUNT(rows));
}

Test(cel, refusals_about_texts_and_lists)
{
	static const struct refused rows[] = {
		{T("arg4 == 1"), "`==` has string on one side and int on the other: `arg4` and `1`",
		 NULL, 0, 9},
		{T("arg4 < 'a'"), "`<` takes numbers: `arg4` is of type string", NULL, 0, 4},
		{T("arg4"), "the expression gives a text, no truth value", NULL, 0, 0},
		{T("arg4 == arg4"),
		 "`==` compares an argument with a text in quotes: `arg4` is neither, or there are "
		 "two of them",
		 NULL, 8, 12},
		{T("'a' == 'a'"), "`==` asks an argument that is a text: `'a'` is none", NULL, 0,
		 3},
		{T("arg2.startsWith('a')"),
		 "`startsWith` asks an argument that is a text: `arg2` is none", NULL, 0, 4},
		{T("arg4.contains(arg4)"),
		 "`contains` compares an argument with a text in quotes: `arg4` is neither, or "
		 "there are two of them",
		 NULL, 14, 18},
		{T("arg4 in ['a', 1]"),
		 "`in` compares an argument with a text in quotes: `1` is neither, or there are "
		 "two "
		 "of them",
		 NULL, 14, 15},
		{T("arg0 in [1]"),
		 "`in` has int32 on one side and int on the other: `arg0` and `1`",
		 "arg0 in [int32(1)]", 9, 10},
		{T("arg5 == 1"), "there is no `arg5`: `args` ends with arg4", NULL, 0, 4},
		{T("arg99999999999999999999 == 1"),
		 "there is no `arg99999999999999999999`: `args` ends with arg4", NULL, 0, 23},
		/* form */
		{T("arg2 in []"), "an empty list has nothing in it", NULL, 9, 10},
		{T("arg2 in 1"), "behind `in` stands a list: `in [1, 2]`", NULL, 8, 9},
		{T("arg2 in [1"), "the end stands where `,` is expected", NULL, 10, 10},
		{T("arg4 == \"x"), "the text has no end: a quote is missing", NULL, 8, 10},
		{T("arg4 == '\\q'"),
		 "texts know \\n, \\t, \\r, \\\\, \\\", \\' and \\x with two hexadecimal digits",
		 NULL, 8, 12},
		{T("arg4.matches('a')"),
		 "behind `.` stands startsWith, endsWith, contains or size: read a member with "
		 "`resolve` as an argument of its own",
		 NULL, 5, 12},
		{T("arg4.startsWith 'a'"), "`'a'` stands where `(` is expected", NULL, 16, 19},
		{T("arg2[0] == 1"), "elements are not available, and lists stand behind `in`", NULL,
		 4, 5},
		{T("size(arg2) == 1"), "`size` asks an argument that is a text: `arg2` is none",
		 NULL, 5, 9},
	};

	expect_refusals(rows, COUNT(rows));
}

static bool takes(const char *before, const char *core, const char *after, size_t times)
{
	size_t b = strlen(before), c = strlen(core), f = strlen(after);
	char *s = arena_alloc(&arena, times * (b + f) + c + 1), *p = s;
	struct value_error e;
	struct ast_str text;

	for (size_t i = 0; i < times; i++, p += b)
		memcpy(p, before, b);
	memcpy(p, core, c);
	p += c;
	for (size_t i = 0; i < times; i++, p += f)
		memcpy(p, after, f);
	text = text_of(s, (size_t)(p - s));
	if (read(&text, &e))
		return true;
	cr_expect(strstr(e.text, "nested ") || strstr(e.text, "has 16384 at most"), "%s", e.text);
	return false;
}

Test(cel, depth_is_limited)
{
	cr_expect(takes("(", "true", ")", 200));
	cr_expect_not(takes("(", "true", ")", 201));
	cr_expect_not(takes("(", "true", "", 8000));
	cr_expect(takes("!", "true", "", 199));
	cr_expect_not(takes("!", "true", "", 8000));
	cr_expect(takes("", "true", " && true", 199));
	cr_expect_not(takes("", "true", " && true", 1000));
	cr_expect_not(takes("not(", "1", ")", 1000));
	cr_expect_not(takes("", "true", " || false", 100000));
	cr_expect_not(takes("1 in [", "1", "]", 2000));
	cr_expect_not(takes("''.contains(", "''", ")", 1000));
	cr_expect_not(takes("", "''", ".size()", 2000));
}
