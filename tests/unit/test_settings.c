/* SPDX-License-Identifier: Apache-2.0 */
/* Small value languages: intervals, options, digests, symbols, system calls, patterns. */
#include <asm/unistd.h>
#include "compiler/values/digest.h"
#include "compiler/words/option.h"
#include "compiler/values/pattern.h"
#include "compiler/values/rate.h"
#include "compiler/values/symbol.h"
#include "compiler/words/syscalls.h"
#include "tests/unit/value_fixture.h"

TestSuite(settings, .fini = drop_arena);

Test(settings, intervals)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t ms;
		bool saturated;
		const char *want, *mend; /* the canonical text, or the reason when ms is 1 */
	} rows[] = {
		{T("0"), 0, false, "0", NULL},
		{T("5"), 5000, false, "5", NULL},
		{T("5S"), 5000, false, "5", NULL},
		{T("90s"), 90000, false, "90", NULL},
		{T("2m"), 120000, false, "2m", NULL},
		{T("1H"), 3600000, false, "1h", NULL},
		{T("1193h"), 4294800000, false, "1193h", NULL},
		{T("1194h"), 4294967295, true, "4294968", NULL},
		{T("4294967295h"), 4294967295, true, "4294968", NULL},
		{T("4294967296"), 1, false,
		 "`4294967296` is above 4294967295, the largest number here", NULL},
		{T(""), 1, false, "an empty value is no interval", NULL},
		{T("s"), 1, false, "`s` is no interval", NULL},
		{T("1500ms"), 1, false, "`1500ms` is no interval", "2"},
		{T("1.5s"), 1, false, "`1.5s` is no interval", NULL},
		{T("-1"), 1, false, "`-1` is no interval", NULL},
		{T("1d"), 1, false, "`1d` is no interval", NULL},
		{T("1 s"), 1, false, "`1 s` is no interval", NULL},
		{T("1\0"), 1, false, "a NUL byte is no part of an interval", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct value_error e;
		struct rate r;

		cr_assert_eq(rate_parse(&arena, &text, &r, &e), rows[i].ms != 1, "%s", text.s);
		if (rows[i].ms == 1) {
			expect_refusal(&e, &text, rows[i].want, rows[i].mend);
			continue;
		}
		cr_expect_eq(r.ms, rows[i].ms, "%s", text.s);
		cr_expect_eq(r.saturated, rows[i].saturated, "%s", text.s);
		expect_text(rate_print(&arena, &r), rows[i].want, "the interval", text.s);
	}
}

Test(settings, scopes)
{
	struct ast_str good = text_of(T("global")), bad = text_of(T("Thread"));
	enum rate_scope scope;
	struct value_error e;

	cr_expect(rate_scope_parse(&arena, &good, &scope, &e));
	cr_expect_eq(scope, RATE_GLOBAL);
	cr_expect_not(rate_scope_parse(&arena, &bad, &scope, &e));
	expect_refusal(&e, &bad, "`Thread` is no scope", "thread");
	bad = text_of(T("global\0"));
	cr_expect_not(rate_scope_parse(&arena, &bad, &scope, &e));
}

Test(settings, options)
{
	static const struct {
		const char *option, *text;
		size_t len;
		uint32_t value;
		const char *why, *mend;
	} rows[] = {
		{"disable-kprobe-multi", T("1"), 1, NULL, NULL},
		{"disable-kprobe-multi", T("TRUE"), 1, NULL, NULL},
		{"disable-uprobe-multi", T("f"), 0, NULL, NULL},
		{"disable-uprobe-multi", T("yes"), 0, "`yes` is neither true nor false", "true"},
		{"disable-uprobe-multi", T("tRue"), 0, "`tRue` is neither true nor false", "true"},
		{"disable-uprobe-multi", T(""), 0, "`` is neither true nor false", NULL},
		{"override-method", T("fmod-ret"), OVERRIDE_FMOD_RET, NULL, NULL},
		{"override-method", T("override-return"), OVERRIDE_RETURN, NULL, NULL},
		{"override-method", T("fmod_ret"), 0, "`fmod_ret` is no value of `override-method`",
		 "fmod-ret"},
		{"policy-mode", T("monitor"), MODE_MONITOR, NULL, NULL},
		{"policy-mode", T("enforce"), MODE_ENFORCE, NULL, NULL},
		{"policy-mode", T("off"), 0, "`off` is no value of `policy-mode`", NULL},
		{"sleepable-preload-size", T("32768"), 32768, NULL, NULL},
		{"sleepable-preload-size", T("0"), 0,
		 "`sleepable-preload-size` takes a number from 1 to 2147483647, not 0", NULL},
		{"sleepable-preload-size", T("-1"), 0,
		 "`-1` is no decimal number, which `sleepable-preload-size` takes", NULL},
		{"sleepable-preload-size", T("2147483648"), 0,
		 "`sleepable-preload-size` takes a number from 1 to 2147483647, not 2147483648",
		 NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		enum option_id id = option_find(rows[i].option, strlen(rows[i].option));
		struct value_error e;
		uint32_t value;

		cr_assert_neq(id, OPTION_COUNT, "%s", rows[i].option);
		cr_assert_eq(option_parse(&arena, id, &text, &value, &e), !rows[i].why, "%s",
			     text.s);
		if (rows[i].why)
			expect_refusal(&e, &text, rows[i].why, rows[i].mend);
		else
			cr_expect_eq(value, rows[i].value, "%s", text.s);
	}
	cr_expect_eq(option_find(T("enforcers")), OPTION_COUNT);
}

#define HEX40 "0123456789abcdefABCDEF012345678901234567"
#define LOW40 "0123456789abcdefabcdef012345678901234567"

Test(settings, digests)
{
	static const struct {
		const char *text;
		size_t len;
		const char *want, *mend;
		bool refused;
	} rows[] = {
		{T("sha1:" HEX40), "sha1:" LOW40, NULL, false},
		{T("build-id:c0FFEE"), "build-id:c0ffee", NULL, false},
		{T("sha256:" HEX40), "a sha256 digest has 64 digits, not 40", NULL, true},
		{T("sha1:abc"), "a digest has two digits for each byte", NULL, true},
		{T("sha1:xyz0"), "a digest has hexadecimal digits only", NULL, true},
		{T("build-id:"), "a build id has 1 to 64 bytes, not 0", NULL, true},
		{T(HEX40), "`" HEX40 "` names no algorithm", "sha1:" HEX40, true},
		{T("sha-1:" HEX40), "`sha-1` is no known algorithm", "sha1:" HEX40, true},
		{T("SHA1:" HEX40), "`SHA1` is no known algorithm", "sha1:" HEX40, true},
		{T("md5:00"), "`md5` is no known algorithm", NULL, true},
		{T(""), "`` names no algorithm", NULL, true},
		{T("sha1:\0"), "a NUL byte is no part of a digest", NULL, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct value_error e;
		struct digest d;

		cr_assert_eq(digest_parse(&arena, &text, &d, &e), !rows[i].refused, "%s", text.s);
		if (rows[i].refused)
			expect_refusal(&e, &text, rows[i].want, rows[i].mend);
		else
			expect_text(digest_print(&arena, &d), rows[i].want, "the digest", text.s);
	}
}

Test(settings, symbols)
{
	static const struct {
		const char *text;
		size_t len;
		const char *want;
		bool refused;
	} rows[] = {
		{T("main"), "main", false},
		{T("main+0x10"), "main+0x10", false},
		{T("main.(*T).Get+8"), "main.(*T).Get+0x8", false},
		{T("main+0"), "main", false},
		{T("main+"), "`main+` has no number behind its `+`", true},
		{T("main+-1"), "`main+-1` has no number behind its `+`", true},
		{T("main+1+2"), "`main+1+2` has no number behind its `+`", true},
		{T("main+18446744073709551616"),
		 "`main+18446744073709551616`: the offset does not fit in 64 bits", true},
		{T("+1"), "`+1` has no name before its `+`", true},
		{T(""), "an empty value names no symbol", true},
		{T("a b"), "a blank or control character is no part of a symbol", true},
		{T("a\0"), "a blank or control character is no part of a symbol", true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct value_error e;
		struct symbol s;

		cr_assert_eq(symbol_parse(&arena, &text, &s, &e), !rows[i].refused, "%s", text.s);
		if (rows[i].refused)
			expect_refusal(&e, &text, rows[i].want, NULL);
		else
			expect_text(symbol_print(&arena, &s), rows[i].want, "the symbol", text.s);
	}
}

/* ---- system calls ------------------------------------------------------------------------ */

TestSuite(syscalls, .fini = drop_arena);

Test(syscalls, tables)
{
	for (int abi = 0; abi < ABI_COUNT; abi++) {
		size_t count;
		const struct syscall *all = syscall_all(abi, &count);

		cr_expect_gt(count, 300, "%s", abi_name(abi));
		for (size_t i = 0; i < count; i++) {
			cr_expect_eq(syscall_find(abi, all[i].name, strlen(all[i].name)), &all[i],
				     "%s", all[i].name);
			cr_expect_eq(all[i].abi, abi);
		}
	}
	cr_expect_eq(syscall_find(ABI_ARM64, T("openat"))->number, 56);
	cr_expect_null(syscall_find(ABI_ARM64, T("open")));
	cr_expect_eq(syscall_find(ABI_I386, T("dup"))->number, 41);
	cr_expect_eq(syscall_find(ABI_ARM32, T("mmap2"))->number, 192);
	cr_expect_str_eq(syscall_find(ABI_X64, T("stat"))->entry, "newstat");
	cr_expect_str_eq(syscall_find(ABI_X64, T("newstat"))->name, "stat");
	cr_expect_str_eq(syscall_at(ABI_X64, 32)->name, "dup");
	cr_expect_null(syscall_at(ABI_X64, 5000));
#ifdef __x86_64__
	cr_expect_eq(syscall_find(ABI_X64, T("futex_waitv"))->number, __NR_futex_waitv);
#endif
}

Test(syscalls, elements)
{
	static const struct {
		enum arch arch;
		enum syscall_use use;
		const char *text, *symbol;
		uint32_t number;
		enum syscall_abi abi;
	} rows[] = {
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "sys_dup", "__x64_sys_dup", 32, ABI_X64},
		{ARCH_ARM64, SYSCALL_AS_SYMBOL, "sys_dup", "__arm64_sys_dup", 23, ABI_ARM64},
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "__x64_sys_dup", "__x64_sys_dup", 32, ABI_X64},
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "__ia32_sys_dup", "__ia32_sys_dup", 0x80000029,
		 ABI_I386},
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "i386/sys_dup", "__ia32_sys_dup", 0x80000029,
		 ABI_I386},
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "i386/__ia32_sys_dup", "__ia32_sys_dup",
		 0x80000029, ABI_I386},
		{ARCH_ARM64, SYSCALL_AS_SYMBOL, "arm32/sys_dup", "__arm64_sys_dup", 0x80000029,
		 ABI_ARM32},
		{ARCH_ARM64, SYSCALL_AS_SYMBOL, "arm32/__arm64_sys_dup", "__arm64_sys_dup",
		 0x80000029, ABI_ARM32},
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "arm64/sys_dup", "__arm64_sys_dup", 23, ABI_ARM64},
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "__ia32_compat_sys_ioctl",
		 "__ia32_compat_sys_ioctl", 0x80000036, ABI_I386},
		{ARCH_X86_64, SYSCALL_AS_SYMBOL, "sys_nosuch", "__x64_sys_nosuch", 0, ABI_X64},
		{ARCH_X86_64, SYSCALL_AS_NUMBER, "dup", NULL, 32, ABI_X64},
		{ARCH_X86_64, SYSCALL_AS_NUMBER, "i386/dup", NULL, 0x80000029, ABI_I386},
		{ARCH_X86_64, SYSCALL_AS_NUMBER, "sys_newstat", "__x64_sys_newstat", 4, ABI_X64},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, strlen(rows[i].text));
		struct syscall_element s;
		struct value_error e;

		cr_assert(syscall_parse(&arena, rows[i].arch, &text, rows[i].use, &s, &e), "%s: %s",
			  text.s, e.text);
		expect_text(s.symbol, rows[i].symbol, "the symbol", text.s);
		cr_expect_eq(s.number, rows[i].number, "%s: %#x", text.s, s.number);
		cr_expect_eq(s.abi, rows[i].abi, "%s", text.s);
		cr_expect_eq(s.spelling_differs, !strcmp(text.s, "sys_newstat"));
	}
}

Test(syscalls, refusals)
{
	static const struct {
		enum syscall_use use;
		const char *text;
		size_t len;
		const char *why, *mend;
	} rows[] = {
		{SYSCALL_AS_SYMBOL, T("dup"),
		 "`dup` is no function: those of system calls start with `sys_`", "sys_dup"},
		{SYSCALL_AS_SYMBOL, T("i386/dup"),
		 "`i386/dup` is no function: those of system calls start with `sys_`",
		 "i386/sys_dup"},
		{SYSCALL_AS_NUMBER, T("__x64_dup"),
		 "`__x64_dup` is no function: those of system calls start with `sys_`",
		 "__x64_sys_dup"},
		{SYSCALL_AS_SYMBOL, T("i386/__x64_sys_dup"),
		 "`i386/__x64_sys_dup` names two ABIs: i386 and x64", NULL},
		{SYSCALL_AS_SYMBOL, T("x86_64/sys_dup"), "there is no ABI `x86_64`", "x64/sys_dup"},
		{SYSCALL_AS_SYMBOL, T("mips/sys_dup"), "there is no ABI `mips`", NULL},
		{SYSCALL_AS_SYMBOL, T("x64/sys/dup"), "`x64/sys/dup` has more than one `/`", NULL},
		{SYSCALL_AS_NUMBER, T("sys_dupp"), "x64 has no system call `dupp`", "sys_dup"},
		{SYSCALL_AS_NUMBER, T("i386/openatt"), "i386 has no system call `openatt`",
		 "i386/openat"},
		{SYSCALL_AS_SYMBOL, T(""), "an empty value names no system call", NULL},
		{SYSCALL_AS_SYMBOL, T("x64/"), "`x64/` names no system call", NULL},
		{SYSCALL_AS_SYMBOL, T("sys_"), "`sys_` names no system call", NULL},
		{SYSCALL_AS_SYMBOL, T("sys_du p"), "`sys_du p` is no system call's name", NULL},
		{SYSCALL_AS_SYMBOL, T("sys_dup\0"), "a NUL byte is no part of a system call's name",
		 NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct syscall_element s;
		struct value_error e;

		cr_assert_not(syscall_parse(&arena, ARCH_X86_64, &text, rows[i].use, &s, &e), "%s",
			      text.s);
		expect_refusal(&e, &text, rows[i].why, rows[i].mend);
	}
}

/* ---- patterns ----------------------------------------------------------------------------- */

TestSuite(pattern, .fini = drop_arena);

Test(pattern, found_anywhere)
{
	static const struct {
		const char *pattern, *text;
		int found;
	} rows[] = {
		{"tcp", "__tcp_connect", 1},
		{"^tcp", "__tcp_connect", 0},
		{"^(sys|tcp)_c.*t$", "tcp_connect", 1},
		{"[[:digit:]]+$", "sys_pread64", 1},
		{"(?i)TCP", "tcp_v4", 1},
		{"(?i:T)cp", "Tcp", 1},
		{"(?P<a>x)|y", "y", 1},
		{"^a{2,3}?$", "aaa", 1},
		{"^a{2,3}$", "aaaa", 0},
		{"^\\Qa.b\\E$", "a.b", 1},
		{"^\\Qa.b\\E$", "axb", 0},
		{"\\x{41}+", "AA", 1},
		{"^\\x41$", "A", 1},
		{"\\bopen\\b", "do open it", 1},
		{"a$", "a\n", 0}, /* the very end, as in RE2 */
		{"[]a]", "]", 1},
		{"[^]a]", "]", 0},
		{"\\012", "\n", 1},
		{"a{,3}", "a{,3}", 1}, /* no repetition */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].pattern, strlen(rows[i].pattern));
		struct value_error e;
		struct pattern *p = pattern_compile(&arena, &text, &e);

		cr_assert_not_null(p, "%s: %s", text.s, e.text);
		cr_expect_eq(pattern_match(p, rows[i].text, strlen(rows[i].text)), rows[i].found,
			     "%s on %s", text.s, rows[i].text);
		pattern_free(p);
	}
	pattern_free(NULL);
}

Test(pattern, what_re2_lacks)
{
	static const struct {
		const char *text;
		size_t len;
		const char *why;
	} rows[] = {
		{T("(a)\\1"), "`\\1`: patterns have no references to groups"},
		{T("(?=a)"), "`(?=`: patterns have no lookahead"},
		{T("(?!a)"), "`(?!`: patterns have no lookahead"},
		{T("(?<=a)"), "`(?<=`: patterns have no lookbehind"},
		{T("(?<!a)"), "`(?<!`: patterns have no lookbehind"},
		{T("(?>a)"), "`(?>`: patterns have no atomic groups"},
		{T("(?R)"), "`(?R`: patterns have no recursion"},
		{T("(?(1)a)"), "`(?(`: patterns have no conditions"},
		{T("(?P=a)"), "`(?P=`: patterns have no references to groups"},
		{T("(?#a)"), "`(?#`: patterns have no comments"},
		{T("(*FAIL)"), "`(*`: patterns have no verbs"},
		{T("(?x)a"), "the flags of a group are i, m, s and U"},
		{T("(?1)"), "the flags of a group are i, m, s and U"},
		{T("a++"), "a repetition cannot be repeated, or made possessive"},
		{T("a**"), "a repetition cannot be repeated, or made possessive"},
		{T("a{2}{3}"), "a repetition cannot be repeated, or made possessive"},
		{T("a{1001}"), "patterns repeat 1000 times at most"},
		{T("a{1,1001}"), "patterns repeat 1000 times at most"},
		{T("\\K"), "`\\K`: patterns have no such escape"},
		{T("\\Z"), "`\\Z`: patterns have no such escape"},
		{T("\\R"), "`\\R`: patterns have no such escape"},
		{T("\\C"), "`\\C`: patterns have no such escape"},
		{T("\\E"), "`\\E`: patterns have no such escape"},
		{T("[\\b]"), "`\\b`: patterns have no such escape"},
		{T("\\x4"),
		 "`\\x`: patterns have no such escape: two hexadecimal digits follow it"},
		{T("[[.a.]]"), "patterns have no collating elements"},
		{T("a\\"), "the pattern ends with a `\\`"},
		{T("[a"), "a `[` is not closed"},
		{T(""), "an empty pattern would take every function"},
		{T("a\0"), "a NUL byte is no part of a pattern"},
		{T("(a"), "`(a` is no regular expression: missing closing parenthesis"},
		{T("*a"),
		 "`*a` is no regular expression: quantifier does not follow a repeatable item"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct value_error e;

		cr_assert_null(pattern_compile(&arena, &text, &e), "%s", text.s);
		expect_refusal(&e, &text, rows[i].why, NULL);
	}
}

Test(pattern, gives_up_in_bounded_time)
{
	struct ast_str text = text_of(T("^(a|a)*(a|a)*(a|aa)*b$"));
	struct value_error e;
	struct pattern *p = pattern_compile(&arena, &text, &e);
	char name[101];

	memset(name, 'a', sizeof(name) - 1);
	name[99] = 'b'; /* what the pattern ends with is there, elsewhere */
	name[100] = 'c';
	cr_assert_not_null(p);
	cr_expect_eq(pattern_match(p, name, sizeof(name)), -1);
	pattern_free(p);
}
