/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filter values, appendix D.1 to D.3 of the reference with its ideal reading first: what each
 * text means, or the reason it is refused for.
 */
#include "compiler/values/value.h"
#include "tests/unit/value_fixture.h"

TestSuite(values, .fini = drop_arena);

struct row {
	enum type_id type;
	enum op op;
	const char *text;
	size_t len;
	const char *want;	 /* the canonical text, or the reason */
	uint32_t flags;		 /* of a good value */
	const char *replacement; /* of a bad one */
	bool refused;
};

#define GOOD(type, op, text, want, flags)                                                          \
	{                                                                                          \
		TYPE_##type, OP_##op, T(text), want, flags, NULL, false                            \
	}
#define BAD(type, op, text, why, mend)                                                             \
	{                                                                                          \
		TYPE_##type, OP_##op, T(text), why, 0, mend, true                                  \
	}

static void check_row(const struct row *r)
{
	struct ast_str text = text_of(r->text, r->len), again;
	const struct type_info *type = type_get(r->type);
	struct value_error e;
	struct value v, second;
	const char *shown_as;

	if (!value_read(&arena, &text, type, r->op, &v, &e)) {
		cr_expect(r->refused, "%s %s `%s` is refused: %s", type->name, op_name(r->op),
			  r->text, e.text);
		if (r->refused)
			expect_refusal(&e, &text, r->want, r->replacement);
		return;
	}
	shown_as = value_show(&arena, &v, type, r->op);
	cr_expect_not(r->refused, "%s %s `%s` is taken as %s", type->name, op_name(r->op), r->text,
		      shown_as);
	if (r->refused)
		return;
	expect_text(shown_as, r->want, "the value", r->text);
	cr_expect_eq(v.flags, r->flags, "%s %s `%s` has flags %#x", type->name, op_name(r->op),
		     r->text, v.flags);
	/* What is shown says the same again, NULs inside apart. */
	again = text_of(shown_as, strlen(shown_as));
	if (v.kind == VALUE_IS_TEXT && memchr(v.text, 0, v.len))
		return;
	cr_assert(value_read(&arena, &again, type, r->op, &second, &e), "%s: %s", shown_as, e.text);
	cr_expect_str_eq(value_show(&arena, &second, type, r->op), shown_as);
}

/* A replacement must be a value. */
static void check_mend(const struct row *r)
{
	struct ast_str text;
	struct value_error e;
	struct value v;

	if (!r->replacement)
		return;
	text = text_of(r->replacement, strlen(r->replacement));
	cr_expect(value_read(&arena, &text, type_get(r->type), r->op, &v, &e),
		  "the replacement `%s` is refused: %s", text.s, e.text);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_row(&rows[i]);
		check_mend(&rows[i]);
	}
}

Test(values, integers)
{
	static const struct row rows[] = {
		/* D.1 */
		GOOD(INT, EQUAL, "-1", "-1", 0),
		BAD(INT, EQUAL, "0xffffffff",
		    "0xffffffff does not fit: `int` takes a signed 32-bit number", "-1"),
		GOOD(INT, EQUAL, "0x10", "16", 0),
		GOOD(INT, EQUAL, "010", "8", 0),
		GOOD(INT, EQUAL, "0b1", "1", 0),
		GOOD(INT, GT, "-5", "-5", 0),
		GOOD(UINT32, GT, "5", "5", 0),
		BAD(UINT32, EQUAL, "-1",
		    "-1 does not fit: `uint32` takes an unsigned 32-bit number", NULL),
		GOOD(SIZE, EQUAL, "1", "1", 0),
		BAD(SIZE, GT, "2147483648",
		    "2147483648 does not fit: `size_t` takes a signed 32-bit number", NULL),
		GOOD(INT8, EQUAL, "-1", "-1", VALUE_DIFFERS),
		GOOD(INT8, NOT_EQUAL, "-1", "-1", VALUE_DIFFERS),
		BAD(UINT8, EQUAL, "300", "300 does not fit: `uint8` takes an unsigned 8-bit number",
		    NULL),
		GOOD(UINT64, MASK, "0x200", "512", 0),
		GOOD(INT64, LT, "0", "0", 0),
		GOOD(UINT64, LT, "0", "0", VALUE_NEVER),
		GOOD(SYSCALL64, LT, "0x80000000", "2147483648", 0),
		/* spellings */
		GOOD(INT, EQUAL, "+7", "7", 0),
		BAD(UINT32, EQUAL, "+7", "`+7` is not a number", NULL),
		GOOD(INT, EQUAL, "0o17", "15", 0),
		GOOD(INT, EQUAL, "0x_1f", "31", 0),
		GOOD(INT, EQUAL, "1_000", "1000", 0),
		GOOD(INT, EQUAL, "0", "0", 0),
		GOOD(UINT8, EQUAL, "0B11", "3", 0),
		BAD(INT, EQUAL, "1__0", "`1__0` is not a number", NULL),
		BAD(INT, EQUAL, "1_", "`1_` is not a number", NULL),
		BAD(INT, EQUAL, "_1", "`_1` is not a number", NULL),
		BAD(INT, EQUAL, "0x", "`0x` is not a number", NULL),
		BAD(INT, EQUAL, "08", "`08` is not a number", "8"),
		BAD(INT, EQUAL, "", "an empty value is not a number", NULL),
		BAD(INT, EQUAL, "-", "`-` is not a number", NULL),
		BAD(INT, EQUAL, "1\0", "a NUL byte is no part of a number", NULL),
		BAD(INT, EQUAL, " 1", "` 1` is not a number", NULL),
		/* ends of the types */
		GOOD(INT64, EQUAL, "-9223372036854775808", "-9223372036854775808", 0),
		BAD(INT64, EQUAL, "9223372036854775808",
		    "9223372036854775808 does not fit: `int64` takes a signed 64-bit number", NULL),
		BAD(INT16, EQUAL, "0xfffe",
		    "0xfffe does not fit: `int16` takes a signed 16-bit number", "-2"),
		BAD(INT16, EQUAL, "0x1fffe",
		    "0x1fffe does not fit: `int16` takes a signed 16-bit number", NULL),
		GOOD(UINT64, EQUAL, "18446744073709551615", "18446744073709551615", 0),
		BAD(UINT64, EQUAL, "18446744073709551616",
		    "18446744073709551616 does not fit: `uint64` takes an unsigned 64-bit number",
		    NULL),
		GOOD(UINT64, GT, "18446744073709551615", "18446744073709551615", VALUE_NEVER),
		GOOD(INT, GT, "2147483647", "2147483647", VALUE_NEVER),
		GOOD(INT8, LT, "-128", "-128", VALUE_NEVER | VALUE_DIFFERS),
		GOOD(INT, MASK, "0", "0", VALUE_NEVER),
		GOOD(SIZE, EQUAL, "-1", "4294967295", 0),
		BAD(UINT8, EQUAL, "-0", "-0 does not fit: `uint8` takes an unsigned 8-bit number",
		    NULL),
	};

	/* size_t is shown unsigned, which its own parser cannot read back above 2^31. */
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].type != TYPE_SIZE || strcmp(rows[i].text, "-1"))
			check_rows(&rows[i], 1);
}

Test(values, size_t_is_cut_to_its_low_half)
{
	struct ast_str text = text_of(T("-1"));
	struct value_error e;
	struct value v;

	cr_assert(value_read(&arena, &text, type_get(TYPE_SIZE), OP_EQUAL, &v, &e));
	cr_expect_eq(v.number, 0xffffffff);
	cr_assert(value_read(&arena, &text, type_get(TYPE_INT8), OP_EQUAL, &v, &e));
	cr_expect_eq(v.number, ~0ull);
}

Test(values, ranges)
{
	static const struct row rows[] = {
		/* D.1 */
		GOOD(INT, IN_RANGE, "-5:5", "-5:5", 0),
		BAD(INT, IN_RANGE, "5:-5",
		    "`5:-5` matches nothing: its first end is the larger one", "-5:5"),
		GOOD(INT, NOT_IN_RANGE, "1:5", "1:5", 0),
		BAD(UINT32, IN_RANGE, "0:4294967296",
		    "4294967296 does not fit: `uint32` takes an unsigned 32-bit number",
		    "0:4294967295"),
		/* ideal: widths and signs of the type */
		GOOD(INT8, IN_RANGE, "-128:-1", "-128:-1", 0),
		BAD(UINT32, IN_RANGE, "-1:5",
		    "-1 does not fit: `uint32` takes an unsigned 32-bit number", "0:5"),
		BAD(INT, IN_RANGE, "3000000000:4000000000",
		    "3000000000 does not fit: `int` takes a signed 32-bit number", NULL),
		GOOD(UINT32, IN_RANGE, "-0:5", "0:5", 0),
		GOOD(UINT64, IN_RANGE, "0x8000000000000000:18446744073709551615",
		     "9223372036854775808:18446744073709551615", 0),
		GOOD(SIZE, IN_RANGE, "0:4294967295", "0:4294967295", VALUE_ALWAYS),
		GOOD(UINT8, NOT_IN_RANGE, "0:255", "0:255", VALUE_ALWAYS),
		GOOD(INT, IN_RANGE, "010:0x10", "8:16", 0),
		BAD(INT, IN_RANGE, "5", "`5` is not a range: it has no `:`", "5:5"),
		BAD(INT, IN_RANGE, "", "`` is not a range: it has no `:`", NULL),
		BAD(INT, IN_RANGE, "1:2:3", "`1:2:3` has more than one `:`", NULL),
		BAD(INT, IN_RANGE, "1:", "`1:` has only one end", NULL),
		BAD(INT, IN_RANGE, ":1", "`:1` has only one end", NULL),
		BAD(INT, IN_RANGE, "a:1", "`a` is not a number", NULL),
		BAD(INT, IN_RANGE, "1:2\0", "a NUL byte is no part of a range", NULL),
	};

	check_rows(rows, COUNT(rows));
}

Test(values, sets)
{
	static const struct row rows[] = {
		/* D.1 */
		GOOD(INT, IN_MAP, "5:3", "3:5", VALUE_REORDERED),
		BAD(INT, IN_MAP, "0x10", "`0x10` is not decimal: sets of `int` take no other base",
		    "16"),
		GOOD(INT, IN_MAP, "010", "10", VALUE_LEADING_ZERO),
		GOOD(INT, IN_MAP, "-1", "-1", VALUE_DIFFERS),
		GOOD(INT64, IN_MAP, "-1", "-1", 0),
		GOOD(INT, NOT_IN_MAP, "2", "2", 0),
		/* kept as ranges, however long */
		GOOD(UINT64, IN_MAP, "0:18446744073709551615", "0:18446744073709551615",
		     VALUE_ALWAYS),
		GOOD(INT, IN_MAP, "-5:5", "-5:5", VALUE_DIFFERS),
		BAD(INT, IN_MAP, "0x1:0x2",
		    "`0x1:0x2` is not decimal: sets of `int` take no other base", "1:2"),
		BAD(UINT8, IN_MAP, "300",
		    "300 does not fit: `uint8` takes an unsigned 8-bit number", NULL),
		BAD(UINT8, IN_MAP, "1:300",
		    "300 does not fit: `uint8` takes an unsigned 8-bit number", "1:255"),
		BAD(UINT32, IN_MAP, "-1",
		    "-1 does not fit: `uint32` takes an unsigned 32-bit number", NULL),
		BAD(INT, IN_MAP, "1_0", "`1_0` is not decimal: sets of `int` take no other base",
		    "10"),
		BAD(INT, IN_MAP, "x", "`x` is not a number", NULL),
		BAD(INT, IN_MAP, "1:x", "`x` is not a number", NULL),
		BAD(INT, IN_MAP, "", "an empty value is not a number", NULL),
		/* lists */
		GOOD(SYSCALL64, IN_MAP, "list:dups", "list:dups", 0),
		BAD(INT, IN_MAP, "list:dups",
		    "a list of system calls cannot be compared with an argument of type `int`",
		    NULL),
		BAD(SYSCALL64, IN_MAP, "list:", "`list:` names no list", NULL),
		BAD(SYSCALL64, IN_MAP, "list:a\0", "a NUL byte is no part of a list's name", NULL),
	};

	check_rows(rows, COUNT(rows));
}

Test(values, capability_masks)
{
	static const struct row rows[] = {
		GOOD(KERNEL_CAP, EQUAL, "0x3", "CAP_CHOWN,DAC_OVERRIDE", 0),
		GOOD(CAP_EFFECTIVE, MASK, "CAP_SYS_ADMIN", "CAP_SYS_ADMIN", 0),
		GOOD(CAP_PERMITTED, MASK, " cap_bpf , CAP_PERFMON", "CAP_PERFMON,CAP_BPF", 0),
		GOOD(CAP_INHERITABLE, MASK, "CAP_DAC_OVERRIDE", "DAC_OVERRIDE", VALUE_SPELLING),
		GOOD(KERNEL_CAP, EQUAL, "0xffffffffffffffff", "0xffffffffffffffff", 0),
		GOOD(KERNEL_CAP, EQUAL, "0", "0", 0),
		GOOD(KERNEL_CAP, MASK, "0", "0", VALUE_NEVER),
		BAD(KERNEL_CAP, MASK, "SYS_ADMIN", "`SYS_ADMIN` is no capability", "CAP_SYS_ADMIN"),
		BAD(KERNEL_CAP, MASK, "CAP_BPF,CAP_SYSADMIN", "`CAP_SYSADMIN` is no capability",
		    "CAP_BPF,CAP_SYS_ADMIN"),
		BAD(KERNEL_CAP, MASK, "CAP_BPF,,CAP_CHOWN",
		    "`CAP_BPF,,CAP_CHOWN` has an empty place between its commas", NULL),
		BAD(KERNEL_CAP, MASK, "", "an empty value names no capability", NULL),
		BAD(KERNEL_CAP, EQUAL, "-1",
		    "-1 does not fit: a capability mask is an unsigned 64-bit number", NULL),
		BAD(KERNEL_CAP, EQUAL, "CAP_BPF\0", "a NUL byte is no part of a capability mask",
		    NULL),
	};

	check_rows(rows, COUNT(rows));
}

Test(values, texts)
{
	static const struct row rows[] = {
		/* D.2 */
		GOOD(STRING, EQUAL, "/etc/passwd\0", "/etc/passwd", VALUE_NUL_CUT),
		BAD(FILE, EQUAL, "/etc/passwd\0", "a NUL byte, which no `file` argument contains",
		    "/etc/passwd"),
		GOOD(STRING, PREFIX, "", "", 0),
		GOOD(STRING, NOT_PREFIX, "a", "a", 0),
		GOOD(FILE, POSTFIX, "passwd", "passwd", 0),
		GOOD(FILE, EQUAL, "/", "/", VALUE_NEVER),
		GOOD(CHAR_BUF, EQUAL, "ab", "ab", 0),
		GOOD(SOCKADDR_UN, PREFIX, "abc", "abc", 0),
		GOOD(SOCKADDR_UN, EQUAL, "abcdef", "abcdef", 0),
		/* NULs: bytes of a buffer and of abstract names, of nothing else */
		GOOD(CHAR_BUF, EQUAL, "a\0b\0", "a", 0),
		GOOD(SOCKADDR_UN, EQUAL, "a\0\0", "a", 0),
		GOOD(FILE, POSTFIX, "passwd\0\0", "passwd", VALUE_NUL_CUT),
		BAD(STRING, EQUAL, "a\0b", "a NUL byte, which no `string` argument contains", NULL),
		BAD(STRING, PREFIX, "ab\0", "a NUL byte, which no `string` argument contains",
		    "ab"),
		BAD(DATA_LOC, EQUAL, "ab\0", "a NUL byte, which no `data_loc` argument contains",
		    "ab"),
		BAD(NET_DEVICE, EQUAL, "lo\0",
		    "a NUL byte, which no `net_device` argument contains", "lo"),
		/* nothing to compare with */
		BAD(STRING, EQUAL, "", "an empty value: `Equal` compares with nothing", NULL),
		BAD(STRING, EQUAL, "\0\0", "an empty value: `Equal` compares with nothing", NULL),
		BAD(CHAR_BUF, EQUAL, "", "an empty value: `Equal` compares with nothing", NULL),
		BAD(FILE, NOT_POSTFIX, "\0", "an empty value: `NotPostfix` compares with nothing",
		    NULL),
		BAD(STRING, SUBSTRING, "", "an empty value: `SubString` compares with nothing",
		    NULL),
		GOOD(CHAR_BUF, POSTFIX, "", "", 0),
		GOOD(CHAR_BUF, EQUAL, "\0", "", 0),
		/* paths as they never or hardly look */
		GOOD(FILE, EQUAL, "/etc/", "/etc/", VALUE_UNLIKELY),
		GOOD(FILE, PREFIX, "/etc/", "/etc/", 0),
		GOOD(FILE, PREFIX, "etc", "etc", VALUE_UNLIKELY),
		GOOD(FILE, SUBSTRING, "a//b", "a//b", VALUE_UNLIKELY),
		GOOD(FILE, SUBSTRING_IGNCASE, "Shadow", "Shadow", 0),
		GOOD(STRING, EQUAL, "etc", "etc", 0),
		GOOD(SOCKADDR_UN, PREFIX, "@abc", "@abc", VALUE_ABSTRACT_MARK),
		GOOD(NET_DEVICE, EQUAL, "enp0s31f6abcdef", "enp0s31f6abcdef", 0),
		BAD(NET_DEVICE, EQUAL, "enp0s31f6abcdefg",
		    "16 bytes: a `net_device` argument has 15 at most", NULL),
	};

	check_rows(rows, COUNT(rows));
}

Test(values, lengths_of_texts)
{
	static const struct {
		enum type_id type;
		enum op op;
		size_t most;
		const char *why; /* of one byte more */
	} rows[] = {
		{TYPE_STRING, OP_PREFIX, 255, "256 bytes: `Prefix` compares 255 at most"},
		{TYPE_STRING, OP_POSTFIX, 127, "128 bytes: `Postfix` compares 127 at most"},
		{TYPE_STRING, OP_EQUAL, 4096, "4097 bytes: `Equal` compares 4096 at most"},
		{TYPE_FILE, OP_NOT_EQUAL, 4096, "4097 bytes: `NotEqual` compares 4096 at most"},
		{TYPE_STRING, OP_SUBSTRING, 99, "100 bytes: `SubString` compares 99 at most"},
		{TYPE_CHAR_BUF, OP_EQUAL, 4095,
		 "4096 bytes: a `char_buf` argument has 4095 at most"},
		{TYPE_SOCKADDR_UN, OP_EQUAL, 107,
		 "108 bytes: a `sockaddr_un` argument has 107 at most"},
	};
	static char bytes[5000];
	struct value_error e;
	struct value v;

	memset(bytes, 'a', sizeof(bytes) - 1);
	bytes[0] = '/';
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(bytes, rows[i].most);

		cr_expect(value_read(&arena, &text, type_get(rows[i].type), rows[i].op, &v, &e),
			  "%s", rows[i].why);
		cr_expect_eq(v.len, rows[i].most);
		text.len++;
		cr_assert_not(
			value_read(&arena, &text, type_get(rows[i].type), rows[i].op, &v, &e));
		expect_refusal(&e, &text, rows[i].why, NULL);
	}
}

Test(values, ports)
{
	static const struct row rows[] = {
		/* D.3 */
		GOOD(SOCK, SPORT, "80", "80", 0),
		GOOD(SOCK, SPORT, "1000:2000", "1000:2000", 0),
		GOOD(SOCKADDR, SPORT, "443", "443", 0),
		GOOD(SOCK, DPORT, "2000:1000", "1000:2000", VALUE_REORDERED),
		GOOD(SOCK, NOT_DPORT, "0080", "80", VALUE_LEADING_ZERO),
		GOOD(SOCK, SPORT, "0:65535", "0:65535", VALUE_ALWAYS),
		BAD(SOCK, SPORT, "65536", "65536 is above 65535, the largest port", NULL),
		BAD(SOCK, SPORT, "1:65536", "1:65536 is above 65535, the largest port", NULL),
		BAD(SOCK, SPORT, "0x50",
		    "`0x50` is no port: write a decimal number or a range such as `1000:2000`",
		    "80"),
		BAD(SOCK, SPORT, "80-90",
		    "`80-90` is no port: write a decimal number or a range such as `1000:2000`",
		    "80:90"),
		BAD(SOCK, SPORT, "http",
		    "`http` is no port: write a decimal number or a range such as `1000:2000`",
		    NULL),
		BAD(SOCK, SPORT, "-1",
		    "`-1` is no port: write a decimal number or a range such as `1000:2000`", NULL),
		BAD(SOCK, SPORT, "1:2:3",
		    "`1:2:3` is no port: write a decimal number or a range such as `1000:2000`",
		    NULL),
		BAD(SOCK, SPORT, "", "an empty value is no port", NULL),
		BAD(SOCK, SPORT, "80\0", "a NUL byte is no part of a port", NULL),
	};

	check_rows(rows, COUNT(rows));
}

Test(values, named_numbers)
{
	static const struct row rows[] = {
		/* D.3 */
		GOOD(SOCK, PROTOCOL, "IPPROTO_TCP", "IPPROTO_TCP", 0),
		GOOD(SOCK, PROTOCOL, "17", "IPPROTO_UDP", 0),
		BAD(SOCK, PROTOCOL, "tcp", "`tcp` is no protocol", "IPPROTO_TCP"),
		GOOD(SOCK, STATE, "TCP_LISTEN", "TCP_LISTEN", 0),
		GOOD(SOCK, FAMILY, "AF_INET6", "AF_INET6", 0),
		GOOD(SOCK, FAMILY, "2:10", "2:10", 0),
		GOOD(SOCK, PROTOCOL, "200", "200", 0),
		BAD(SOCK, FAMILY, "af_inet", "`af_inet` is no address family", "AF_INET"),
		BAD(SOCK, FAMILY, "INET", "`INET` is no address family", "AF_INET"),
		BAD(SOCK, STATE, "TCP_LISTENING", "`TCP_LISTENING` is no socket state",
		    "TCP_LISTEN"),
		BAD(SOCK, STATE, "TCP_SYN_SENT:TCP_CLOSE",
		    "`TCP_SYN_SENT:TCP_CLOSE`: names cannot be ends of a range", "2:7"),
		BAD(SOCK, FAMILY, "70000", "70000 is above 65535, the largest address family",
		    NULL),
		BAD(SOCK, FAMILY, "", "an empty value is no address family", NULL),
		BAD(SOCK, FAMILY, "AF_INET\0",
		    "a NUL byte is no part of a name of address families", NULL),
		BAD(SOCK, PROTOCOL, "IPPROTO_ICMPV6", "`IPPROTO_ICMPV6` is no protocol", "58"),
		BAD(SOCK, FAMILY, "AF_LOCAL", "`AF_LOCAL` is no address family", "AF_UNIX"),
		GOOD(FILE, FILE_TYPE, "fifo", "fifo", 0),
		GOOD(FILE, FILE_TYPE, "pipe", "fifo", 0),
		GOOD(PATH, NOT_FILE_TYPE, "regular", "reg", 0),
		BAD(FILE, FILE_TYPE, "directory", "`directory` is no file type", "dir"),
		BAD(FILE, FILE_TYPE, "Dir", "`Dir` is no file type", "dir"),
		BAD(FILE, FILE_TYPE, "", "`` is no file type", NULL),
	};

	check_rows(rows, COUNT(rows));
}

Test(values, addresses)
{
	static const struct row rows[] = {
		/* D.3 */
		GOOD(SOCK, SADDR, "10.1.2.3/8", "10.0.0.0/8", VALUE_HOST_BITS),
		GOOD(SOCK, SADDR, "10.0.0.0/8", "10.0.0.0/8", 0),
		GOOD(SOCK, NOT_DADDR, "127.0.0.1", "127.0.0.1", 0),
		GOOD(SOCK, DADDR, "2001:DB8::1", "2001:db8::1", 0),
		GOOD(SOCK, DADDR, "2001:db8::1/32", "2001:db8::/32", VALUE_HOST_BITS),
		GOOD(SOCK, DADDR, "::/0", "::/0", 0),
		GOOD(SOCK, DADDR, "0.0.0.0/0", "0.0.0.0/0", 0),
		GOOD(SOCK, DADDR, "10.0.0.1/32", "10.0.0.1", 0),
		GOOD(SOCK, DADDR, "::ffff:10.0.0.1", "::ffff:10.0.0.1", VALUE_MAPPED),
		BAD(SOCK, DADDR, "10.0.0.0/33", "`10.0.0.0/33`: an IPv4 address has 32 bits", NULL),
		BAD(SOCK, DADDR, "::1/129", "`::1/129`: an IPv6 address has 128 bits", NULL),
		BAD(SOCK, DADDR, "10.0.0.0/", "`10.0.0.0/` has no prefix length behind its `/`",
		    NULL),
		BAD(SOCK, DADDR, "10.0.0.0/08",
		    "`10.0.0.0/08` has a prefix length with a leading 0", "10.0.0.0/8"),
		BAD(SOCK, DADDR, "10.0.0.0/8/8",
		    "`10.0.0.0/8/8` has no prefix length behind its `/`", NULL),
		BAD(SOCK, DADDR, "10.0.0", "`10.0.0` is no IP address", NULL),
		BAD(SOCK, DADDR, "010.0.0.1", "`010.0.0.1` is no IP address", NULL),
		BAD(SOCK, DADDR, "256.0.0.1", "`256.0.0.1` is no IP address", NULL),
		BAD(SOCK, DADDR, "fe80::1%eth0", "`fe80::1%eth0` is no IP address", NULL),
		BAD(SOCK, DADDR, "localhost", "`localhost` is no IP address", NULL),
		BAD(SOCK, DADDR, "10.0.0.1:80", "`10.0.0.1:80` is no IP address", NULL),
		BAD(SOCK, DADDR, "", "an empty value is no IP address", NULL),
		BAD(SOCK, DADDR, "10.0.0.1\0", "a NUL byte is no part of an IP address", NULL),
	};

	check_rows(rows, COUNT(rows));
}

Test(values, equality)
{
	static const struct {
		enum type_id type;
		enum op op;
		const char *a, *b;
		bool equal;
	} rows[] = {
		{TYPE_INT, OP_EQUAL, "16", "0x10", true},
		{TYPE_INT, OP_EQUAL, "16", "17", false},
		{TYPE_INT, OP_IN_MAP, "1:2", "2:1", true},
		{TYPE_INT, OP_IN_MAP, "1:2", "1", false},
		{TYPE_INT, OP_IN_MAP, "1:2", "1:3", false},
		{TYPE_FILE, OP_EQUAL, "/a", "/a", true},
		{TYPE_FILE, OP_EQUAL, "/a", "/ab", false},
		{TYPE_SOCK, OP_SADDR, "10.1.0.0/8", "10.2.0.0/8", true},
		{TYPE_SOCK, OP_SADDR, "10.0.0.0/8", "10.0.0.0/9", false},
		{TYPE_SOCK, OP_SADDR, "0.0.0.0/8", "::/8", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str a = text_of(rows[i].a, strlen(rows[i].a));
		struct ast_str b = text_of(rows[i].b, strlen(rows[i].b));
		struct value_error e;
		struct value x, y;

		cr_assert(value_read(&arena, &a, type_get(rows[i].type), rows[i].op, &x, &e));
		cr_assert(value_read(&arena, &b, type_get(rows[i].type), rows[i].op, &y, &e));
		cr_expect_eq(value_equal(&x, &y), rows[i].equal, "%s and %s", a.s, b.s);
	}
}

Test(values, operators_without_values_are_refused)
{
	struct ast_str text = text_of(T("1"));
	struct value_error e;
	struct value v;

	cr_assert_not(value_read(&arena, &text, type_get(TYPE_SOCK), OP_SPORT_PRIV, &v, &e));
	cr_expect_str_eq(e.text, "`SPortPriv` takes no such values");
}
