/* SPDX-License-Identifier: Apache-2.0 */
/* Names of numbers, and the values of the process sections that use them. */
#include "compiler/words/names.h"
#include "compiler/words/operator.h"
#include "compiler/values/process_value.h"
#include "tests/unit/value_fixture.h"

TestSuite(names, .fini = drop_arena);

Test(names, both_ways)
{
	static const struct {
		enum name_set set;
		const char *text;
		uint32_t number;
	} rows[] = {
		{NAMES_PROTOCOL, "IPPROTO_MPTCP", 262},
		{NAMES_TCP_STATE, "TCP_NEW_SYN_RECV", 12},
		{NAMES_FAMILY, "AF_DECnet", 12},
		{NAMES_FAMILY, "AF_MCTP", 45},
		{NAMES_SOCKET_TYPE, "SOCK_PACKET", 7},
		{NAMES_CAPABILITY, "DAC_OVERRIDE", 1},
		{NAMES_CAPABILITY, "CAP_BPF", 39},
		{NAMES_NAMESPACE, "TimeForChildren", 7},
		{NAMES_CAPABILITY_SET, "Inheritable", 2},
		{NAMES_FILE_TYPE, "sock", 0140000},
		{NAMES_ERRNO, "EPERM", 1},
		{NAMES_ERRNO, "EAGAIN", 11},
		{NAMES_SIGNAL, "SIGKILL", 9},
		{NAMES_SIGNAL, "SIGABRT", 6},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct name *n = name_find(rows[i].set, rows[i].text, strlen(rows[i].text));

		cr_assert_not_null(n, "%s", rows[i].text);
		cr_expect_eq(n->number, rows[i].number, "%s is %u", rows[i].text, n->number);
		cr_expect_str_eq(name_of(rows[i].set, rows[i].number), rows[i].text);
	}
	cr_expect_null(name_of(NAMES_FAMILY, 22));
	cr_expect_null(name_of(NAMES_SIGNAL, 0));
}

/* Every row is found, sets do not overlap, and no set is empty. */
Test(names, tables_hold_together)
{
	for (int set = 0; set < NAMES_COUNT; set++) {
		size_t count;
		const struct name *all = names_all(set, &count);

		cr_expect_gt(count, 2, "%s", names_noun(set));
		for (size_t i = 0; i < count; i++)
			cr_expect_eq(name_find(set, all[i].text, strlen(all[i].text)), &all[i],
				     "%s is there twice", all[i].text);
	}
}

Test(names, letter_case_and_bounds)
{
	cr_expect_null(name_find(NAMES_PROTOCOL, T("ipproto_tcp")));
	cr_expect_not_null(name_find(NAMES_CAPABILITY, T("cap_bpf")));
	cr_expect_not_null(name_find(NAMES_NAMESPACE, T("pidforchildren")));
	cr_expect_null(name_find(NAMES_PROTOCOL, T("IPPROTO_TCP\0")));
	cr_expect_not_null(name_find(NAMES_PROTOCOL, "IPPROTO_TCPX", 11));
	cr_expect_null(name_find(NAMES_PROTOCOL, "IPPROTO_TCP", 10));
	cr_expect_null(name_find(NAMES_PROTOCOL, T("")));
}

Test(names, spellings_of_ours)
{
	cr_expect_not(name_find(NAMES_CAPABILITY, T("DAC_OVERRIDE"))->spelling_differs);
	cr_expect(name_find(NAMES_CAPABILITY, T("cap_dac_override"))->spelling_differs);
	cr_expect_not(name_find(NAMES_CAPABILITY, T("CAP_CHOWN"))->spelling_differs);
}

Test(names, nearest)
{
	static const struct {
		enum name_set set;
		const char *wrong, *right;
	} rows[] = {
		{NAMES_PROTOCOL, "tcp", "IPPROTO_TCP"},
		{NAMES_PROTOCOL, "IPPROTO_TPC", "IPPROTO_TCP"},
		{NAMES_CAPABILITY, "sys_admin", "CAP_SYS_ADMIN"},
		{NAMES_CAPABILITY, "CAP_SYS_ADMN", "CAP_SYS_ADMIN"},
		{NAMES_SIGNAL, "kill", "SIGKILL"},
		{NAMES_NAMESPACE, "Mount", "Mnt"},
		{NAMES_NAMESPACE, "Disk", NULL},
		{NAMES_PROTOCOL, "", NULL},
		{NAMES_PROTOCOL, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		expect_text(name_nearest(&arena, rows[i].set, rows[i].wrong, strlen(rows[i].wrong)),
			    rows[i].right, "what is near", rows[i].wrong);
}

/* ---- process sections -------------------------------------------------------------------- */

TestSuite(process_values, .fini = drop_arena);

Test(process_values, pids)
{
	struct value_error e;

	cr_expect(pid_check(&arena, 0, &e));
	cr_expect(pid_check(&arena, 4194303, &e));
	cr_expect_not(pid_check(&arena, -1, &e));
	cr_expect_str_eq(e.text, "-1 is no process id: they are positive");
	cr_expect_not(pid_check(&arena, 4194304, &e));
	cr_expect_str_eq(e.text, "4194304 is no process id: the kernel gives none above 4194303");
}

Test(process_values, binaries)
{
	static char path[300];
	struct ast_str text = text_of(path, 255);
	struct value_error e;

	memset(path, 'b', sizeof(path) - 1);
	cr_expect(binary_check(&arena, &text, OP_NOT_IN, &e));
	cr_expect(binary_check(&arena, &text, OP_PREFIX, &e));
	cr_expect_not(binary_check(&arena, &text, OP_NOT_POSTFIX, &e));
	cr_expect_str_eq(e.text, "255 bytes: the end of a binary's path is compared over 127");
	text.len = 256;
	cr_expect_not(binary_check(&arena, &text, OP_IN, &e));
	cr_expect_str_eq(e.text, "256 bytes: a binary's path is compared over 255");
	text = text_of(T("a\0"));
	cr_expect_not(binary_check(&arena, &text, OP_IN, &e));
	cr_expect_str_eq(e.text, "a NUL byte, which no path contains");
	text = text_of(T(""));
	cr_expect_not(binary_check(&arena, &text, OP_IN, &e));
	cr_expect_str_eq(e.text, "an empty value is no path");
}

Test(process_values, namespaces)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t inode;
		bool host;
		const char *why, *mend;
	} rows[] = {
		{T("4026531833"), 4026531833u, false, NULL, NULL},
		{T("host_ns"), 0, true, NULL, NULL},
		{T("host"), 0, false, "`host` is no namespace", "host_ns"},
		{T("self"), 0, false, "`self` is no namespace", NULL},
		{T("0x10"), 0, false, "`0x10` is no namespace", NULL},
		{T(""), 0, false, "`` is no namespace", NULL},
		{T("host_ns\0"), 0, false, "`host_ns` is no namespace", NULL},
		{T("4294967296"), 0, false,
		 "4294967296 is no inode of a namespace: they have 32 bits", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ast_str text = text_of(rows[i].text, rows[i].len);
		struct namespace_value v;
		struct value_error e;

		cr_assert_eq(namespace_parse(&arena, &text, &v, &e), !rows[i].why, "%s", text.s);
		if (rows[i].why) {
			expect_refusal(&e, &text, rows[i].why, rows[i].mend);
			continue;
		}
		cr_expect_eq(v.inode, rows[i].inode);
		cr_expect_eq(v.is_host, rows[i].host);
	}
}

Test(process_values, kinds_and_capabilities)
{
	struct ast_str net = text_of(T("NET")), bad = text_of(T("Nett"));
	struct ast_str cap = text_of(T("  cap_dac_override\t")), none = text_of(T(" "));
	struct ast_str wrong = text_of(T(" SYS_PTRACE"));
	bool differs = false;
	struct value_error e;
	uint32_t kinds = 1;
	uint64_t mask = 0;

	cr_expect(namespace_kind_parse(&arena, &net, &kinds, &e));
	cr_expect_eq(kinds, 1 | 1 << 5);
	cr_expect_not(namespace_kind_parse(&arena, &bad, &kinds, &e));
	expect_refusal(&e, &bad, "`Nett` is no namespace", "Net");
	cr_expect(capability_parse(&arena, &cap, &mask, &differs, &e));
	cr_expect_eq(mask, 2);
	cr_expect(differs);
	cr_expect_not(capability_parse(&arena, &none, &mask, &differs, &e));
	expect_refusal(&e, &none, "an empty value is no capability", NULL);
	cr_expect_not(capability_parse(&arena, &wrong, &mask, &differs, &e));
	expect_refusal(&e, &wrong, "` SYS_PTRACE` is no capability", "CAP_SYS_PTRACE");
}

/* ---- operators --------------------------------------------------------------------------- */

TestSuite(operators, .fini = drop_arena);

/*
 * The matrix of section 3.10: one letter for each of the columns int8, int, uint64, syscall64,
 * kernel_cap_t, string, char_buf, file, dentry, sock, skb, sockaddr, sockaddr_un, filename,
 * kiocb, char_iovec, cred, nop. y: fits, o: ours, -: refused.
 */
Test(operators, matrix)
{
	static const enum type_id columns[] = {
		TYPE_INT8,	 TYPE_INT,	TYPE_UINT64,	  TYPE_SYSCALL64, TYPE_KERNEL_CAP,
		TYPE_STRING,	 TYPE_CHAR_BUF, TYPE_FILE,	  TYPE_DENTRY,	  TYPE_SOCK,
		TYPE_SKB,	 TYPE_SOCKADDR, TYPE_SOCKADDR_UN, TYPE_FILENAME,  TYPE_KIOCB,
		TYPE_CHAR_IOVEC, TYPE_CRED,	TYPE_NOP};
	static const struct {
		const char *plain, *negated, *fits;
	} rows[] = {
		{"Equal", "NotEqual", "yyyyyyyyy---yo----"},
		{"GT", NULL, "yyyyy-------------"},
		{"LessThan", NULL, "yyyyy-------------"},
		{"Mask", NULL, "yyyyy-------------"},
		{"InRange", "NotInRange", "yyyy--------------"},
		{"InMap", "NotInMap", "yyyy--------------"},
		{"Prefix", "NotPrefix", "-----yyyy---yo----"},
		{"Postfix", "NotPostfix", "-----yyyy----o----"},
		{"SubString", NULL, "-----yyyy---yo----"},
		{"SubStringIgnCase", NULL, "-----yyyy---yo----"},
		{"FileType", "NotFileType", "-------y----------"},
		{"SAddr", "NotSAddr", "---------yyy------"},
		{"DAddr", "NotDAddr", "---------yy-------"},
		{"SPort", "NotSPort", "---------yyy------"},
		{"DPort", "NotDPort", "---------yy-------"},
		{"SPortPriv", "NotSportPriv", "---------yyy------"},
		{"DPortPriv", "NotDPortPriv", "---------yy-------"},
		{"Protocol", NULL, "---------yy-------"},
		{"Family", NULL, "---------yyyy-----"},
		{"State", NULL, "---------y--------"},
		{"CapabilitiesGained", NULL, "----y-------------"},
		{"CelExpr", NULL, "-yy---------------"},
	};
	struct value_error e;
	const char *note;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *names[2] = {rows[i].plain, rows[i].negated};

		for (size_t j = 0; j < 2 && names[j]; j++) {
			enum op op = op_find(names[j]);

			cr_assert_neq(op, OP_COUNT, "%s", names[j]);
			cr_expect_eq(op_negated(op), j == 1, "%s", names[j]);
			for (size_t k = 0; k < COUNT(columns); k++)
				cr_expect_eq("-yo"[operator_check(&arena, op, type_get(columns[k]),
								  &e, &note)],
					     rows[i].fits[k], "%s on %s", names[j],
					     type_get(columns[k])->name);
		}
	}
}

Test(operators, refusals)
{
	static const struct {
		enum op op;
		enum type_id type;
		const char *text, *note, *hint;
	} rows[] = {
		{OP_GT, TYPE_FILE, "`GT` cannot compare an argument of type `file`", NULL,
		 "`file` takes Equal, NotEqual, Prefix, NotPrefix, Postfix, NotPostfix, SubString, "
		 "SubStringIgnCase, FileType and NotFileType"},
		{OP_PREFIX, TYPE_INT, "`Prefix` cannot compare an argument of type `int`",
		 "Tetragon accepts this and never matches",
		 "`int` takes Equal, NotEqual, Mask, GT, LT, InRange, NotInRange, InMap, NotInMap "
		 "and CelExpr"},
		{OP_STATE, TYPE_SKB, "`State` cannot compare an argument of type `skb`",
		 "a packet has no socket state; Tetragon accepts this and never matches",
		 "`skb` takes SPort, NotSPort, DPort, NotDPort, SPortPriv, NotSportPriv, "
		 "DPortPriv, "
		 "NotDPortPriv, SAddr, NotSAddr, DAddr, NotDAddr, Protocol and Family"},
		{OP_DADDR, TYPE_SOCKADDR, "`DAddr` cannot compare an argument of type `sockaddr`",
		 "the one address of a `sockaddr` counts as the source",
		 "`sockaddr` takes SPort, NotSPort, SPortPriv, NotSportPriv, SAddr, NotSAddr and "
		 "Family"},
		{OP_EQUAL, TYPE_NOP, "`Equal` cannot compare an argument of type `nop`",
		 "an argument of type `nop` is not read", NULL},
		{OP_EQUAL, TYPE_KIOCB, "`Equal` cannot compare an argument of type `kiocb`",
		 "Tetragon refuses Equal here and lets everything through for the others; read "
		 "`ki_filp` with `resolve` as a `file` instead",
		 NULL},
		{OP_NOT_POSTFIX, TYPE_SOCKADDR_UN,
		 "`NotPostfix` cannot compare an argument of type `sockaddr_un`",
		 "an abstract name is always 107 bytes long, so its end is not the end of what the "
		 "program wrote",
		 "`sockaddr_un` takes Equal, NotEqual, Prefix, NotPrefix, SubString, "
		 "SubStringIgnCase and Family"},
	};
	struct value_error e;
	const char *note;

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_assert_eq(operator_check(&arena, rows[i].op, type_get(rows[i].type), &e, &note),
			     OPERATOR_REFUSED, "%s", rows[i].text);
		expect_text(e.text, rows[i].text, "the reason", rows[i].text);
		expect_text(note, rows[i].note, "the note", rows[i].text);
		expect_text(e.hint, rows[i].hint, "the hint", rows[i].text);
	}
}

Test(operators, how_many_values)
{
	struct value_error e;

	cr_expect(operator_value_count(&arena, OP_EQUAL, 100, &e));
	cr_expect(operator_value_count(&arena, OP_SPORT_PRIV, 0, &e));
	cr_expect(operator_value_count(&arena, OP_CEL_EXPR, 1, &e));
	cr_expect_not(operator_value_count(&arena, OP_GT, 0, &e));
	cr_expect_str_eq(e.text, "`GT` has nothing to compare with");
	cr_expect_not(operator_value_count(&arena, OP_DPORT_PRIV, 1, &e));
	cr_expect_str_eq(e.text, "`DPortPriv` takes no values");
	cr_expect_not(operator_value_count(&arena, OP_CEL_EXPR, 2, &e));
	cr_expect_str_eq(e.text, "`CelExpr` takes one expression");
}
