/* SPDX-License-Identifier: Apache-2.0 */
/* Registers, assignments to them, and the operands of USDT probes. */
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include "compiler/values/regs.h"
#include "compiler/values/usdt.h"
#include "tests/unit/value_fixture.h"

TestSuite(regs, .fini = drop_arena);

Test(regs, widths)
{
	static const struct {
		enum arch arch;
		const char *name, *member;
		unsigned offset, size;
	} rows[] = {
		{ARCH_X86_64, "rax", "ax", 80, 8},	 {ARCH_X86_64, "eax", "ax", 80, 4},
		{ARCH_X86_64, "ax", "ax", 80, 2},	 {ARCH_X86_64, "al", "ax", 80, 1},
		{ARCH_X86_64, "sil", "si", 104, 1},	 {ARCH_X86_64, "bpl", "bp", 32, 1},
		{ARCH_X86_64, "r15d", "r15", 0, 4},	 {ARCH_X86_64, "r8b", "r8", 72, 1},
		{ARCH_X86_64, "r9w", "r9", 64, 2},	 {ARCH_X86_64, "eip", "ip", 128, 4},
		{ARCH_ARM64, "x30", "regs[30]", 240, 8}, {ARCH_ARM64, "w7", "regs[7]", 56, 4},
		{ARCH_ARM64, "x31", "sp", 248, 8},	 {ARCH_ARM64, "pc", "pc", 256, 8},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct reg *r = reg_find(rows[i].arch, rows[i].name, strlen(rows[i].name));

		cr_assert_not_null(r, "%s", rows[i].name);
		cr_expect_str_eq(r->member, rows[i].member);
		cr_expect_eq(r->offset, rows[i].offset, "%s", rows[i].name);
		cr_expect_eq(r->size, rows[i].size, "%s", rows[i].name);
	}
	cr_expect_null(reg_find(ARCH_ARM64, T("rax")));
	cr_expect_null(reg_find(ARCH_X86_64, T("rax\0")));
	cr_expect_null(reg_find(ARCH_X86_64, T("ip")));
}

#ifdef __x86_64__
/* The offsets are those of the machine's own headers. */
Test(regs, offsets_are_the_kernels)
{
	static const struct {
		const char *name;
		size_t offset;
	} rows[] = {
#define ROW(reg) {#reg, offsetof(struct user_regs_struct, reg)}
		ROW(rax), ROW(rbx), ROW(rcx), ROW(rdx), ROW(rsi), ROW(rdi),
		ROW(rbp), ROW(rsp), ROW(r8),  ROW(r9),	ROW(r10), ROW(r11),
		ROW(r12), ROW(r13), ROW(r14), ROW(r15), ROW(rip),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_eq(reg_find(ARCH_X86_64, rows[i].name, strlen(rows[i].name))->offset,
			     rows[i].offset, "%s", rows[i].name);
}
#endif

Test(regs, names_in_resolve)
{
	static const struct {
		enum arch arch;
		const char *text;
		size_t len;
		const char *why, *mend;
	} rows[] = {
		{ARCH_X86_64, T("rdi"), NULL, NULL},
		{ARCH_ARM64, T("x0"), NULL, NULL},
		{ARCH_X86_64, T("%rdi"), "`%rdi`: registers are named without `%` here", "rdi"},
		{ARCH_X86_64, T("RDI"), "`RDI` is no register of x86-64", "rdi"},
		{ARCH_X86_64, T("x0"), "`x0` is no register of x86-64", NULL},
		{ARCH_ARM64, T("w31"), "`w31` is no register of arm64", "w1"},
		{ARCH_X86_64, T(""), "`` names no register", NULL},
		{ARCH_X86_64, T("%"), "`%` names no register", NULL},
		{ARCH_X86_64, T("rax\0"), "a NUL byte is no part of a register's name", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		const struct reg *r;
		struct value_error e;

		cr_assert_eq(reg_read(&arena, rows[i].arch, &text, &r, &e), !rows[i].why, "%s",
			     text.s);
		if (rows[i].why)
			expect_refusal(&e, &text, rows[i].why, rows[i].mend);
		else
			cr_expect_str_eq(r->name, text.s);
	}
}

Test(regs, assignments)
{
	static const struct {
		enum arch arch;
		const char *text;
		size_t len;
		const char *want, *mend;
		bool refused;
	} rows[] = {
		{ARCH_X86_64, T("rdi = 0"), "rdi = 0", NULL, false},
		{ARCH_X86_64, T(" al=-0x10 "), "al = -16", NULL, false},
		{ARCH_X86_64, T("rax = %rbx"), "rax = %rbx", NULL, false},
		{ARCH_X86_64, T("rsp = 8%rsp"), "rsp = 8%rsp", NULL, false},
		{ARCH_X86_64, T("rip = (%rsp)"), "rip = (%rsp)", NULL, false},
		{ARCH_X86_64, T("rip = -8(%rsp)"), "rip = -8(%rsp)", NULL, false},
		{ARCH_X86_64, T("rax = 18446744073709551615"), "rax = -1", NULL, false},
		{ARCH_ARM64, T("pc = %x30"), "pc = %x30", NULL, false},
		{ARCH_X86_64, T("rdi"), "`rdi` assigns nothing: it has no `=`", NULL, true},
		{ARCH_X86_64, T("rdi == 1"), "`rdi == 1` has more than one `=`", NULL, true},
		{ARCH_X86_64, T("%rdi = 1"), "a register on the left side is written without `%`",
		 "rdi = 1", true},
		{ARCH_X86_64, T("rax = rbx"), "a register on the right side needs its `%`",
		 "rax = %rbx", true},
		{ARCH_X86_64, T("rax ="), "`rax =` has nothing behind its `=`", NULL, true},
		{ARCH_X86_64, T("= 1"), "`= 1` names no register", NULL, true},
		{ARCH_X86_64, T("x0 = 1"), "`x0` is no register of x86-64", NULL, true},
		{ARCH_X86_64, T("rax = 8(%rsp"), "a `(` is not closed", NULL, true},
		{ARCH_X86_64, T("rax = 8%rsp)"), "`rsp)` is no register of x86-64", "rax = 8%rsp",
		 true},
		{ARCH_X86_64, T("rax = q%rsp"), "`q` is no number, and no register with its `%`",
		 NULL, true},
		{ARCH_X86_64, T("rax = 18446744073709551616"),
		 "18446744073709551616 does not fit in 64 bits", NULL, true},
		{ARCH_X86_64, T("rax = 9223372036854775808%rsp"),
		 "9223372036854775808 does not fit in 64 bits", NULL, true},
		{ARCH_X86_64, T("rax = (%)"), "`rax = (%)` names no register", NULL, true},
		{ARCH_X86_64, T("rax = 1\0"), "a NUL byte is no part of an assignment", NULL, true},
		{ARCH_X86_64, T(""), "`` assigns nothing: it has no `=`", NULL, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct reg_assignment r;
		struct value_error e;

		cr_assert_eq(reg_assignment_parse(&arena, rows[i].arch, &text, &r, &e),
			     !rows[i].refused, "%s", text.s);
		if (rows[i].refused)
			expect_refusal(&e, &text, rows[i].want, rows[i].mend);
		else
			expect_text(reg_assignment_print(&arena, &r), rows[i].want,
				    "the assignment", text.s);
	}
}

/* ---- USDT ------------------------------------------------------------------------------- */

TestSuite(usdt, .fini = drop_arena);

static const char *print_all(enum arch arch, const struct usdt_operand *o, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(&arena, "%s%s%s", text, i ? " " : "",
				    usdt_print(&arena, arch, &o[i]));
	return text;
}

Test(usdt, operands)
{
	static const struct {
		enum arch arch;
		const char *text, *want;
	} rows[] = {
		{ARCH_X86_64, "-4@$5 8@%rax", "-4@$5 8@%rax"},
		{ARCH_X86_64, "8@-8(%rbp) 1@(%rdi)", "8@-8(%rbp) 1@(%rdi)"},
		{ARCH_X86_64, "4@8(%rax,%rbx,4) 2@(%rax,%rbx)", "4@8(%rax,%rbx,4) 2@(%rax,%rbx,1)"},
		{ARCH_X86_64, "-1@%al 4@$-9 8@$0x10", "-1@%al 4@$-9 8@$16"},
		{ARCH_X86_64, "  ", ""},
		{ARCH_X86_64, "", ""},
		{ARCH_ARM64, "-4@5 8@x0 4@w3", "-4@5 8@x0 4@w3"},
		{ARCH_ARM64, "8@[x0] 8@[sp,16] 8@[sp, -8]", "8@[x0] 8@[sp, 16] 8@[sp, -8]"},
		{ARCH_ARM64, "8@[x0,x1] 8@[x2, x3]", "8@[x0, x1] 8@[x2, x3]"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, strlen(rows[i].text));
		struct usdt_operand o[USDT_OPERANDS];
		struct value_error e;
		size_t count;

		cr_assert(usdt_parse(&arena, rows[i].arch, &text, o, &count, &e), "%s: %s", text.s,
			  e.text);
		expect_text(print_all(rows[i].arch, o, count), rows[i].want, "operands", text.s);
	}
}

Test(usdt, refusals)
{
	static const struct {
		enum arch arch;
		const char *text;
		size_t len;
		const char *why;
		size_t good;
	} rows[] = {
		{ARCH_X86_64, T("8@%rax 3@%rbx"),
		 "`3@%rbx` is no operand: it starts with its size: 1, 2, 4 or 8, with a minus when "
		 "signed",
		 1},
		{ARCH_X86_64, T("8f@%rax"),
		 "`8f@%rax` is no operand: floating-point values are not available", 0},
		{ARCH_X86_64, T("8%rax"), "`8%rax` is no operand: a `@` follows the size", 0},
		{ARCH_X86_64, T("8@rax"),
		 "`8@rax` is no operand: symbols and other forms are not available", 0},
		{ARCH_X86_64, T("8@%xmm0"),
		 "`8@%xmm0` is no operand: `xmm0` is no register of x86-64 that a probe can read",
		 0},
		{ARCH_X86_64, T("8@8(rax)"), "`8@8(rax)` is no operand: a register starts with `%`",
		 0},
		{ARCH_X86_64, T("8@8"), "`8@8` is no operand: a `(` with a register is expected",
		 0},
		{ARCH_X86_64, T("8@(%rax"), "`8@(%rax` is no operand: a `)` is missing", 0},
		{ARCH_X86_64, T("8@(%rax,%rbx,3)"),
		 "`8@(%rax,%rbx,3)` is no operand: a scale is 1, 2, 4 or 8", 0},
		{ARCH_X86_64, T("8@$x"), "`8@$x` is no operand: a number follows `$`", 0},
		{ARCH_X86_64, T("8@$1,8@$2"),
		 "`8@$1,8@$2` is no operand: a blank is expected behind it", 0},
		{ARCH_X86_64, T("8@$1\0"), "`8@$1` is no operand: a blank is expected behind it",
		 0},
		{ARCH_ARM64, T("8@%rax"),
		 "`8@%rax` is no operand: a number, a register or `[` is expected", 0},
		{ARCH_ARM64, T("8@[x0"), "`8@[x0` is no operand: a `]` is missing", 0},
		{ARCH_ARM64, T("8@[x0,]"),
		 "`8@[x0,]` is no operand: an offset or index is expected", 0},
		{ARCH_ARM64, T("8@rax"),
		 "`8@rax` is no operand: `rax` is no register of arm64 that a probe can read", 0},
		{ARCH_X86_64, T("1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1"),
		 "a probe has 12 operands at most", 12},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct usdt_operand o[USDT_OPERANDS];
		struct value_error e;
		size_t count;

		cr_assert_not(usdt_parse(&arena, rows[i].arch, &text, o, &count, &e), "%s", text.s);
		expect_refusal(&e, &text, rows[i].why, NULL);
		cr_expect_eq(count, rows[i].good, "%s", text.s);
	}
}

Test(usdt, members)
{
	struct ast_str text = text_of(T("-4@8(%rax,%rbx,4)"));
	struct usdt_operand o[USDT_OPERANDS];
	struct value_error e;
	size_t count;

	cr_assert(usdt_parse(&arena, ARCH_X86_64, &text, o, &count, &e));
	cr_assert_eq(count, 1);
	cr_expect_eq(o[0].kind, USDT_MEMORY);
	cr_expect(o[0].is_signed);
	cr_expect_eq(o[0].size, 4);
	cr_expect_eq(o[0].number, 8);
	cr_expect_eq(o[0].scale, 4);
	cr_expect_str_eq(o[0].base->name, "rax");
	cr_expect_str_eq(o[0].index->name, "rbx");
	cr_expect_eq(o[0].to, 17);
}
