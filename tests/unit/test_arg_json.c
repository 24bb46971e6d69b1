/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "bpf-templates/tg_args.h"
#include "runtime/arg_json.h"
#include "tests/unit/event_fixture.h"

/* What one argument prints, alone in its array. */
static void expect_as(enum event_kind kind, const struct event_arg *arg, const char *expected)
{
	struct buffer out = {0};
	struct json j = {.out = &out};

	json_open(&j, NULL, '[');
	arg_json(&j, NULL, arg, kind);
	json_close(&j, ']');
	expect_text(&out, expected);
}

static void expect(const struct event_arg *arg, const char *expected)
{
	expect_as(EVENT_KPROBE, arg, expected);
}

static struct event_arg number(enum tg_arg_type type, uint64_t value)
{
	return (struct event_arg){.type = type, .slot = {.value = value}, .label = ""};
}

static struct event_arg bytes(enum tg_arg_type type, uint64_t value, const void *at, size_t size)
{
	return (struct event_arg){
		.type = type, .slot = {.value = value}, .text = {at, size}, .label = ""};
}

#define STRUCT(type, v) bytes(type, 0, &(v), sizeof(v))

static void expect_number(enum tg_arg_type type, uint64_t value, const char *expected)
{
	struct event_arg arg = number(type, value);

	expect(&arg, expected);
}

Test(arg_json, numbers_with_a_meaning)
{
	expect_number(TG_ARG_SYSCALL, 59, "[{\"syscall_id\":{\"id\":59,\"abi\":\"x64\"}}]");
	expect_number(TG_ARG_SYSCALL, 0, "[{\"syscall_id\":{\"abi\":\"x64\"}}]");
	expect_number(TG_ARG_SYSCALL, 1ull << 31 | 11,
		      "[{\"syscall_id\":{\"id\":11,\"abi\":\"i386\"}}]");
	expect_number(TG_ARG_CAPABILITY, 21,
		      "[{\"capability_arg\":{\"value\":21,\"name\":\"CAP_SYS_ADMIN\"}}]");
	expect_number(TG_ARG_CAPABILITY, 1,
		      "[{\"capability_arg\":{\"value\":1,\"name\":\"DAC_OVERRIDE\"}}]");
	expect_number(TG_ARG_CAPABILITY, 63, "[{\"capability_arg\":{\"value\":63}}]");
	expect_number(TG_ARG_BPF_CMD, 0, "[{\"bpf_cmd_arg\":\"BPF_MAP_CREATE\"}]");
	expect_number(TG_ARG_BPF_CMD, 5, "[{\"bpf_cmd_arg\":\"BPF_PROG_LOAD\"}]");
	expect_number(TG_ARG_BPF_CMD, 4000, "[{\"bpf_cmd_arg\":4000}]");
}

Test(arg_json, capability_sets_have_sixteen_digits)
{
	expect_number(TG_ARG_KERNEL_CAP, 0x1ffffffffff,
		      "[{\"kernel_cap_t_arg\":\"000001ffffffffff\"}]");
	expect_number(TG_ARG_CAP_INHERITABLE, 0,
		      "[{\"cap_inheritable_arg\":\"0000000000000000\"}]");
	expect_number(TG_ARG_CAP_PERMITTED, 0xa80425fb,
		      "[{\"cap_permitted_arg\":\"00000000a80425fb\"}]");
	expect_number(TG_ARG_CAP_EFFECTIVE, 1, "[{\"cap_effective_arg\":\"0000000000000001\"}]");
}

Test(arg_json, buffers_say_what_was_cut)
{
	struct event_arg arg = bytes(TG_ARG_BYTES, 3, "GET", 3);

	expect(&arg, "[{\"bytes_arg\":\"R0VU\"}]");
	arg.slot.value = 16384;
	expect(&arg,
	       "[{\"truncated_bytes_arg\":{\"bytes_arg\":\"R0VU\",\"orig_size\":\"16384\"}}]");
	expect_as(EVENT_TRACEPOINT, &arg, "[{\"bytes_arg\":\"R0VU\"}]");
	arg.slot.value = TG_BYTES_MORE | 3;
	expect(&arg, "[{\"truncated_bytes_arg\":{\"bytes_arg\":\"R0VU\",\"orig_size\":\"3\"}}]");
	arg = bytes(TG_ARG_BYTES, 0, "", 0);
	expect(&arg, "[{\"bytes_arg\":\"\"}]");
	arg.label = "buf";
	arg.slot.status = TG_SLOT_FAULT;
	expect(&arg, "[{\"bytes_arg\":\"Q2hhckJ1ZkVycm9yUGFnZUZhdWx0\",\"label\":\"buf\"}]");
}

Test(arg_json, long_buffers_in_base64)
{
	struct buffer out = {0};
	struct json j = {.out = &out};
	char zeros[100] = {0};

	json_base64(&j, NULL, zeros, sizeof(zeros));
	cr_expect_eq(out.size, 2 + 4 * 34);
	cr_expect_arr_eq(out.data + out.size - 4, "A==\"", 4);
	cr_expect_null(memchr(out.data, '\n', out.size));
	buffer_free(&out);
}

Test(arg_json, an_array_is_an_argument_for_each_element)
{
	const uint64_t longs[] = {3, UINT64_MAX};
	struct event_arg arg = bytes(TG_ARG_LONGS, 0, longs, sizeof(longs));

	expect_as(EVENT_TRACEPOINT, &arg,
		  "[{\"size_arg\":\"3\"},{\"size_arg\":\"18446744073709551615\"}]");
	arg.text.size = 15;
	expect_as(EVENT_TRACEPOINT, &arg, "[{\"size_arg\":\"3\"}]");
}

Test(arg_json, a_program_that_is_executed)
{
	struct event_arg arg = bytes(TG_ARG_BINPRM, 0104755, "/usr/bin/su", 11);

	expect(&arg, "[{\"linux_binprm_arg\":{\"path\":\"/usr/bin/su\",\"permission\":"
		     "\"-rwsr-xr-x\"}}]");
}

/* ---- sockets ------------------------------------------------------------------------------- */

static struct tg_socket loopback6(void)
{
	return (struct tg_socket){
		.saddr = {0, 1ull << 56},
		.daddr = {0, 1ull << 56},
		.address = 18446625884923850112u,
		.family = 10,
		.type = 1,
		.protocol = 6,
		.state = 1,
		.sport = 50112,
		.dport = 5432,
	};
}

Test(arg_json, a_socket)
{
	struct tg_socket s = loopback6();
	struct event_arg arg = STRUCT(TG_ARG_SOCK, s);

	expect(&arg, "[{\"sock_arg\":{\"family\":\"AF_INET6\",\"type\":\"SOCK_STREAM\","
		     "\"protocol\":\"IPPROTO_TCP\",\"saddr\":\"::1\",\"daddr\":\"::1\","
		     "\"sport\":50112,\"dport\":5432,\"cookie\":\"18446625884923850112\","
		     "\"state\":\"TCP_ESTABLISHED\"}}]");
}

Test(arg_json, a_socket_without_names_and_addresses)
{
	struct tg_socket s = {
		.family = 99, .type = 9, .protocol = 58, .state = 0, .mark = 7, .priority = 6};
	struct event_arg arg = STRUCT(TG_ARG_SOCK, s);

	expect(&arg, "[{\"sock_arg\":{\"family\":\"99\",\"type\":\"9\",\"protocol\":\"58\","
		     "\"mark\":7,\"priority\":6,\"saddr\":\"invalid IP\",\"daddr\":\"invalid IP\","
		     "\"state\":\"0\"}}]");
	expect_as(EVENT_TRACEPOINT, &arg,
		  "[{\"sock_arg\":{\"type\":\"9\",\"protocol\":\"58\",\"mark\":7,\"priority\":6,"
		  "\"saddr\":\"invalid IP\",\"daddr\":\"invalid IP\",\"state\":\"0\"}}]");
}

Test(arg_json, a_packet)
{
	struct tg_packet p = {
		.socket = {.saddr = {0x0400000a},
			   .daddr = {0x01010101},
			   .mark = 3840,
			   .family = 2,
			   .protocol = 17,
			   .sport = 53124,
			   .dport = 53},
		.hash = 2716054433,
		.len = 84,
	};
	struct event_arg arg = STRUCT(TG_ARG_SKB, p);

	expect(&arg, "[{\"skb_arg\":{\"hash\":2716054433,\"len\":84,\"mark\":3840,\"saddr\":"
		     "\"10.0.0.4\",\"daddr\":\"1.1.1.1\",\"sport\":53124,\"dport\":53,\"proto\":17,"
		     "\"protocol\":\"IPPROTO_UDP\",\"family\":\"AF_INET\"}}]");
	p.path_len = 2;
	p.path_olen = 1;
	p.socket.priority = 5;
	expect(&arg, "[{\"skb_arg\":{\"hash\":2716054433,\"len\":84,\"priority\":5,\"mark\":3840,"
		     "\"saddr\":\"10.0.0.4\",\"daddr\":\"1.1.1.1\",\"sport\":53124,\"dport\":53,"
		     "\"proto\":17,\"sec_path_len\":2,\"sec_path_olen\":1,\"protocol\":"
		     "\"IPPROTO_UDP\",\"family\":\"AF_INET\"}}]");
}

Test(arg_json, addresses)
{
	struct tg_socket s = {.saddr = {0x0100007f}, .family = 2, .sport = 8080};
	struct event_arg arg = STRUCT(TG_ARG_SOCKADDR, s);

	arg.label = "never printed";
	expect(&arg, "[{\"sockaddr_arg\":{\"family\":\"AF_INET\",\"addr\":\"127.0.0.1\","
		     "\"port\":8080}}]");
	s = (struct tg_socket){.family = 16};
	expect(&arg, "[{\"sockaddr_arg\":{\"family\":\"AF_NETLINK\",\"addr\":\"invalid IP\"}}]");
	arg = bytes(TG_ARG_SOCKADDR_UN, 1, "/run/x", 6);
	expect(&arg, "[{\"sockaddrun_arg\":{\"family\":\"AF_UNIX\",\"path\":\"/run/x\"}}]");
	arg = bytes(TG_ARG_SOCKADDR_UN, TG_UNIX_ABSTRACT | 1, "/tmp/.X11-unix/X0\0\0\0z", 21);
	expect(&arg, "[{\"sockaddrun_arg\":{\"family\":\"AF_UNIX\",\"path\":"
		     "\"@/tmp/.X11-unix/X0z\"}}]");
	arg = bytes(TG_ARG_SOCKADDR_UN, 2, "", 0);
	expect(&arg, "[{\"sockaddrun_arg\":{}}]");
}

static void expect_ipv6(const char *bytes16, const char *expected)
{
	struct tg_socket s = {.family = 10};
	char text[128];
	struct event_arg arg = STRUCT(TG_ARG_SOCKADDR, s);

	memcpy(s.saddr, bytes16, 16);
	snprintf(text, sizeof(text),
		 "[{\"sockaddr_arg\":{\"family\":\"AF_INET6\",\"addr\":\"%s\"}}]", expected);
	expect(&arg, text);
}

Test(arg_json, ipv6_addresses_in_their_short_form)
{
	expect_ipv6("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "::");
	expect_ipv6("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", "2001:db8::1");
	expect_ipv6("\x20\x01\0\0\0\0\0\1\0\0\0\0\0\0\0\1", "2001:0:0:1::1");
	expect_ipv6("\0\1\0\0\0\1\0\1\0\1\0\1\0\1\0\1", "1:0:1:1:1:1:1:1");
	expect_ipv6("\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "fe80::");
	expect_ipv6("\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4", "::ffff:1.2.3.4");
	expect_ipv6("\0\0\0\0\0\0\0\0\0\0\0\0\1\2\3\4", "::102:304");
}

/* ---- structs ------------------------------------------------------------------------------- */

Test(arg_json, credentials)
{
	struct tg_cred c = {.ids = {.securebits = 16, .permitted = 1, .effective = 1},
			    .user_ns = {.inum = 4026531837}};
	struct event_arg arg = STRUCT(TG_ARG_CRED, c);

	expect(&arg, "[{\"process_credentials_arg\":{\"uid\":0,\"gid\":0,\"euid\":0,\"egid\":0,"
		     "\"suid\":0,\"sgid\":0,\"fsuid\":0,\"fsgid\":0,\"securebits\":"
		     "[\"SecBitKeepCaps\"],\"caps\":{\"permitted\":[\"CAP_CHOWN\"],\"effective\":"
		     "[\"CAP_CHOWN\"]},\"user_ns\":{\"level\":0,\"uid\":0,\"gid\":0,\"ns\":{"
		     "\"inum\":4026531837,\"is_host\":true}}}}]");
	c = (struct tg_cred){.ids = {.uid = 1,
				     .gid = 2,
				     .suid = 3,
				     .sgid = 4,
				     .euid = 5,
				     .egid = 6,
				     .fsuid = 7,
				     .fsgid = 8,
				     .inheritable = 1ull << 41 | 3},
			     .user_ns = {.level = 1, .owner = 9, .group = 10}};
	expect(&arg, "[{\"process_credentials_arg\":{\"uid\":1,\"gid\":2,\"euid\":5,\"egid\":6,"
		     "\"suid\":3,\"sgid\":4,\"fsuid\":7,\"fsgid\":8,\"caps\":{\"inheritable\":"
		     "[\"CAP_CHOWN\",\"DAC_OVERRIDE\",41]},\"user_ns\":{\"level\":1,\"uid\":9,"
		     "\"gid\":10,\"ns\":{}}}}]");
}

Test(arg_json, user_namespaces)
{
	struct tg_user_ns ns = {.level = 1, .owner = 1000, .group = 1000, .inum = 4026532637};
	struct event_arg arg = STRUCT(TG_ARG_USER_NS, ns);

	expect(&arg, "[{\"user_ns_arg\":{\"level\":1,\"uid\":1000,\"gid\":1000,\"ns\":{\"inum\":"
		     "4026532637}}}]");
}

Test(arg_json, bpf_programs_and_maps)
{
	struct tg_bpf_prog p = {.type = 2, .insns = 118, .name = "on_exec"};
	struct tg_bpf_map m = {
		.type = 1, .key_size = 4, .value_size = 8, .max_entries = 1024, .name = "counters"};
	struct event_arg arg = STRUCT(TG_ARG_BPF_ATTR, p);

	expect(&arg, "[{\"bpf_attr_arg\":{\"ProgType\":\"BPF_PROG_TYPE_KPROBE\",\"InsnCnt\":118,"
		     "\"ProgName\":\"on_exec\"}}]");
	p = (struct tg_bpf_prog){.type = 32};
	memset(p.name, 'x', sizeof(p.name));
	arg = STRUCT(TG_ARG_BPF_PROG, p);
	expect(&arg,
	       "[{\"bpf_prog_arg\":{\"ProgType\":\"32\",\"ProgName\":\"xxxxxxxxxxxxxxxx\"}}]");
	arg = STRUCT(TG_ARG_BPF_MAP, m);
	expect(&arg, "[{\"bpf_map_arg\":{\"MapType\":\"BPF_MAP_TYPE_HASH\",\"KeySize\":4,"
		     "\"ValueSize\":8,\"MaxEntries\":1024,\"MapName\":\"counters\"}}]");
}

Test(arg_json, perf_events)
{
	struct tg_perf_event e = {.type = 2, .config = 1532, .function = "do_unlinkat"};
	struct event_arg arg = STRUCT(TG_ARG_PERF_EVENT, e);

	expect(&arg, "[{\"perf_event_arg\":{\"KprobeFunc\":\"do_unlinkat\",\"Type\":"
		     "\"PERF_TYPE_TRACEPOINT\",\"Config\":\"1532\"}}]");
	e = (struct tg_perf_event){.type = 9, .offset = 16};
	expect(&arg, "[{\"perf_event_arg\":{\"Type\":\"9\",\"ProbeOffset\":\"16\"}}]");
}

Test(arg_json, modules)
{
	struct tg_module m = {
		.flags = TG_MODULE_CHECKED, .taints = 4096 | 8192 | 2048, .name = "nf_tables"};
	struct event_arg arg = STRUCT(TG_ARG_MODULE, m);

	expect(&arg, "[{\"module_arg\":{\"name\":\"nf_tables\",\"signature_ok\":false,\"tainted\":"
		     "[\"TAINT_OUT_OF_TREE_MODULE\",\"TAINT_UNSIGNED_MODULE\"]}}]");
	m.flags |= TG_MODULE_SIGNED;
	m.taints = 0;
	expect(&arg, "[{\"module_arg\":{\"name\":\"nf_tables\",\"signature_ok\":true}}]");
	m.flags = 0;
	expect(&arg, "[{\"module_arg\":{\"name\":\"nf_tables\"}}]");
}

/* ---- what cannot be shown ------------------------------------------------------------------ */

#define NOT_READ "[{\"error_arg\":{\"Message\":\"Argument was not read\"}}]"

Test(arg_json, a_struct_that_is_not_all_there_was_not_read)
{
	static const char zeros[256];

	for (enum tg_arg_type t = TG_ARG_SOCK; t < TG_ARG_TYPE_COUNT; t++) {
		struct event_arg arg = bytes(t, 0, zeros, 15);

		if (t != TG_ARG_SOCKADDR_UN)
			expect(&arg, NOT_READ);
	}
}

Test(arg_json, status_of_an_argument)
{
	struct event_arg arg = number(TG_ARG_INT, 7);

	arg.label = "l";
	arg.slot.status = TG_SLOT_FAULT;
	expect(&arg, "[{\"error_arg\":{\"Message\":\"Bad address for basic type\"},\"label\":"
		     "\"l\"}]");
	arg.slot.status = 3;
	expect(&arg, "[{\"error_arg\":{\"Message\":\"Bad address encountered during resolve "
		     "dereference at depth 2\"},\"label\":\"l\"}]");
	arg.label = "";
	arg.slot.status = TG_SLOT_UNREAD;
	expect(&arg, NOT_READ);
	arg.slot.status = TG_SLOT_STEPS + 1;
	expect(&arg, NOT_READ);
}
