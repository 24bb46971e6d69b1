/* SPDX-License-Identifier: Apache-2.0 */
/* `resolve` paths: steps with their places, and every refusal in full. */
#include "compiler/values/fieldpath.h"
#include "tests/unit/value_fixture.h"

TestSuite(fieldpath, .fini = drop_arena);

Test(fieldpath, canonical_text)
{
	static const struct {
		const char *text, *want;
		size_t steps;
	} rows[] = {
		{"comm", "comm", 1},
		{"mm.owner.comm", "mm.owner.comm", 3},
		{"[2].x", "[2].x", 2},
		{"a[3].b", "a[3].b", 3},
		{"[0][1][002]", "[0][1][2]", 3},
		{".a.b", "a.b", 2},
		{"a.b.", "a.b", 2},
		{"_x.y1.__data", "_x.y1.__data", 3},
		{"a[2147483647]", "a[2147483647]", 2},
		{"a.b.c.d.e.f.g.h.i.j", "a.b.c.d.e.f.g.h.i.j", 10},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, strlen(rows[i].text)), again;
		struct fieldpath p;
		struct value_error e;

		cr_assert(fieldpath_parse(&arena, &text, &p, &e), "%s: %s", text.s, e.text);
		cr_expect_eq(p.count, rows[i].steps, "%s", text.s);
		expect_text(fieldpath_print(&arena, &p, p.count), rows[i].want, "the path", text.s);
		again = text_of(rows[i].want, strlen(rows[i].want));
		cr_expect(fieldpath_parse(&arena, &again, &p, &e), "%s", again.s);
	}
}

Test(fieldpath, places)
{
	struct ast_str text = text_of(T("a[3].bc"));
	struct fieldpath p;
	struct value_error e;

	cr_assert(fieldpath_parse(&arena, &text, &p, &e));
	cr_assert_eq(p.count, 3);
	cr_expect_str_eq(p.steps[0].name, "a");
	cr_expect_null(p.steps[1].name);
	cr_expect_eq(p.steps[1].index, 3);
	cr_expect_eq(p.steps[1].from, 1);
	cr_expect_eq(p.steps[1].to, 4);
	cr_expect_str_eq(p.steps[2].name, "bc");
	cr_expect_eq(p.steps[2].from, 5);
	cr_expect_eq(p.steps[2].to, 7);
	expect_text(fieldpath_print(&arena, &p, 2), "a[3]", "the first steps", text.s);
}

Test(fieldpath, refusals)
{
	static const struct {
		const char *text;
		size_t len;
		const char *why, *mend;
		uint32_t from, to;
	} rows[] = {
		{T(""), "an empty path leads nowhere", NULL, 0, 0},
		{T("."), "an empty path leads nowhere", NULL, 0, 0},
		{T("a..b"), "two dots in a row", "a.b", 1, 3},
		{T("a...b"), "two dots in a row", "a.b", 1, 4},
		{T("..a"), "two dots in a row", ".a", 0, 2},
		{T("a.."), "two dots in a row", "a", 1, 3},
		{T("a.[3]"), "no dot stands before a `[`", "a[3]", 1, 2},
		{T(".[3]"), "no dot stands before a `[`", "[3]", 0, 1},
		{T("a[[1]]"), "a `[` stands inside another", NULL, 2, 3},
		{T("a[]"), "`[]` names no element", NULL, 1, 3},
		{T("a[1"), "a `[` is not closed", NULL, 1, 3},
		{T("a]"), "a `]` closes nothing", NULL, 1, 2},
		{T("a[1]b"), "a dot is missing behind `]`", "a[1].b", 4, 4},
		{T("a[x]"), "`[x]` is no element: write a decimal number", NULL, 1, 4},
		{T("a[-1]"), "`[-1]` is no element: write a decimal number", NULL, 1, 5},
		{T("a[0x1]"), "`[0x1]` is no element: write a decimal number", NULL, 1, 6},
		{T("a[2147483648]"), "`[2147483648]` is no element: the number is too large", NULL,
		 1, 13},
		{T("a->b"), "members are joined by dots, pointers too", "a.b", 1, 3},
		{T("*a"), "pointers are followed without being told", "a", 0, 1},
		{T("a b"), "` ` is no part of a member's name", NULL, 1, 2},
		{T("a.\xc3\xa9"), "`\xc3\xa9` is no part of a member's name", NULL, 2, 4},
		{T("a.1b"), "`1b` is no member's name: elements are written `[N]`", NULL, 2, 4},
		{T("a\0b"), "a NUL byte is no part of a path", NULL, 1, 2},
		{T("a.b.c.d.e.f.g.h.i.j.k"), "the path has more than 10 steps", NULL, 20, 21},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct fieldpath p;
		struct value_error e;

		cr_assert_not(fieldpath_parse(&arena, &text, &p, &e), "%s", text.s);
		expect_refusal(&e, &text, rows[i].why, rows[i].mend);
		cr_expect_eq(e.from, rows[i].from, "%s: %u", text.s, e.from);
		cr_expect_eq(e.to, rows[i].to, "%s: %u", text.s, e.to);
		if (!rows[i].mend)
			continue;
		text = text_of(rows[i].mend, strlen(rows[i].mend));
		cr_expect(fieldpath_parse(&arena, &text, &p, &e), "%s", text.s);
	}
}
