/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "bpf-templates/tg_args.h"
#include "runtime/event_compact.h"
#include "tests/unit/event_fixture.h"

static void expect_line(struct event_fixture *f, const char *expected)
{
	struct buffer out = {0};

	event_compact(&out, &f->event, &f->style);
	expect_text(&out, expected);
	event_fixture_close(f);
}

Test(compact, exec_and_exit)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_EXEC);
	expect_line(&f, "🚀 process worker-3 /usr/bin/curl \"-s http://10.96.14.7:9000/health\"\n");
	event_fixture_open(&f, EVENT_EXIT);
	f.event.exit_code = 9;
	expect_line(&f, "💥 exit    worker-3 /usr/bin/curl \"-s http://10.96.14.7:9000/health\" "
			"SIGKILL\n");
	event_fixture_open(&f, EVENT_EXIT);
	f.event.exit_code = 3 << 8;
	f.event.process = f.event.parent;
	expect_line(&f, "💥 exit    worker-3 /bin/sh \"-c \\\"curl -s "
			"http://10.96.14.7:9000/health\\\"\" 3\n");
}

Test(compact, a_process_nobody_knows_leaves_its_places_empty)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_EXIT);
	f.event.process = NULL;
	expect_line(&f, "💥 exit    worker-3   0\n");
}

Test(compact, loader)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_LOADER);
	event_fixture_arg(&f, TG_ARG_STRING, 0, "/usr/lib/a b.so", "");
	memcpy(f.event.build_id, "\x93\xac\x01", 3);
	f.event.build_id_size = 3;
	expect_line(&f, "🧬 loader  worker-3 /usr/bin/curl 93ac01 \"/usr/lib/a b.so\"\n");
	event_fixture_open(&f, EVENT_LOADER);
	event_fixture_arg(&f, TG_ARG_STRING, 0, "/x", "");
	f.style.colors = true;
	expect_line(&f, "\x1b[34m🧬 loader \x1b[0m \x1b[32mworker-3\x1b[0m "
			"\x1b[35m/usr/bin/curl\x1b[0m \x1b[33m/x\x1b[0m\n");
}

Test(compact, timestamps_have_nine_digits)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_LSM);
	f.event.function = "file_open";
	f.event.ktime = 21741882000000;
	f.style.timestamps = true;
	expect_line(&f, "2026-08-20T12:02:21.882000000Z 🔒 LSM     worker-3 /usr/bin/curl "
			"file_open\n");
}

Test(compact, hash_of_a_file)
{
	struct tg_file_hash hash = {.algorithm = 1, .digest = {0xab}};
	struct event_fixture f;

	event_fixture_open(&f, EVENT_LSM);
	f.event.function = "mmap_file";
	f.event.hash = &hash;
	event_fixture_arg(&f, TG_ARG_FILE, 0100600, "/x", "");
	expect_line(&f, "🔒 LSM     worker-3 /usr/bin/curl mmap_file\n"
			"   /x md5:ab000000000000000000000000000000\n");
}

Test(compact, colors)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.function = "__x64_sys_close";
	f.style.colors = true;
	event_fixture_arg(&f, TG_ARG_FILE, 0100600, "/x", "");
	expect_line(&f, "\x1b[34m📪 close  \x1b[0m \x1b[32mworker-3\x1b[0m "
			"\x1b[35m/usr/bin/curl\x1b[0m \x1b[36m/x\x1b[0m\n");
}

Test(compact, tracepoint)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_TRACEPOINT);
	f.event.subsystem = "sched";
	f.event.function = "sched_process_fork";
	expect_line(&f,
		    "\u2049\ufe0f tracepoint worker-3 /usr/bin/curl sched sched_process_fork\n");
}

struct kprobe_case {
	const char *function;
	enum tg_arg_type types[3];
	uint64_t values[3];
	const char *texts[3];
	const char *expected; /* without source and binary: "LABEL|DETAILS" */
};

static const struct kprobe_case kprobe_cases[] = {
	{"__x64_sys_write",
	 {TG_ARG_FILE, TG_ARG_STRING, TG_ARG_SIZE},
	 {0, 0, 1720},
	 {"/etc/passwd", "", NULL},
	 "📝 write  |/etc/passwd 1720 bytes"},
	{"__arm64_sys_read",
	 {TG_ARG_FILE, TG_ARG_STRING, TG_ARG_SIZE},
	 {0, 0, 1},
	 {"/a b", "", NULL},
	 "📚 read   |\"/a b\" 1 bytes"},
	{"fd_install",
	 {TG_ARG_INT, TG_ARG_FILE},
	 {3},
	 {NULL, "/etc/hosts"},
	 "📬 open   |/etc/hosts"},
	{"__x64_sys_openat",
	 {TG_ARG_INT, TG_ARG_STRING},
	 {3},
	 {NULL, "x\ny"},
	 "📬\ufe0f openat |\"x\\ny\""},
	{"__ia32_sys_open",
	 {TG_ARG_STRING, TG_ARG_STRING},
	 {0},
	 {"zero", "one"},
	 "📬\ufe0f open   |one"},
	{"sys_mount",
	 {TG_ARG_STRING, TG_ARG_STRING},
	 {0},
	 {"/dev/sda", "/mnt"},
	 "💾 mount  |/dev/sda /mnt"},
	{"sys_pivot_root", {TG_ARG_STRING, TG_ARG_STRING}, {0}, {"a", "b"}, "💾 pivot_root|a b"},
	{"sys_setuid", {TG_ARG_INT}, {1000}, {NULL}, "🔑 setuid |1000"},
	{"sys_setns", {TG_ARG_INT, TG_ARG_INT}, {3, 0x40000000}, {NULL}, "🔧 setns  |net"},
	{"sys_setns", {TG_ARG_INT, TG_ARG_INT}, {3, 0}, {NULL}, "🔧 setns  |any"},
	{"sys_setns", {TG_ARG_INT, TG_ARG_INT}, {3, 5}, {NULL}, "🔧 setns  |"},
	{"security_file_permission", {TG_ARG_FILE, TG_ARG_INT}, {0, 2}, {"/f"}, "📝 write  |/f"},
	{"security_file_permission", {TG_ARG_FILE, TG_ARG_INT}, {0, 4}, {"/f"}, "📚 read   |/f"},
	{"security_file_permission",
	 {TG_ARG_FILE, TG_ARG_INT},
	 {0, 6},
	 {"/f"},
	 "❓ security_file_permission|/f"},
	{"security_mmap_file", {TG_ARG_FILE, TG_ARG_UINT}, {0, 5}, {"/lib/x"}, "📝 mmap-rx|/lib/x"},
	{"security_mmap_file", {TG_ARG_FILE, TG_ARG_UINT}, {0, 0}, {""}, "📝 mmap-  |/"},
	{"security_path_truncate", {TG_ARG_PATH}, {0}, {"/t"}, "📝 truncate|/t"},
	{"security_file_truncate", {TG_ARG_FILE}, {0}, {"/t"}, "📝 truncate|/t"},
	{"__x64_sys_kill", {TG_ARG_INT}, {1}, {NULL}, "❓ syscall|__x64_sys_kill"},
};

static void expect_kprobe(const struct kprobe_case *c)
{
	const char *bar = strchr(c->expected, '|');
	struct event_fixture f;
	char line[512];

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.function = c->function;
	for (int i = 0; i < 3 && c->types[i]; i++)
		event_fixture_arg(&f, c->types[i], c->values[i], c->texts[i], "");
	snprintf(line, sizeof(line), "%.*s worker-3 /usr/bin/curl %s\n", (int)(bar - c->expected),
		 c->expected, bar + 1);
	expect_line(&f, line);
}

Test(compact, kprobes_by_function)
{
	for (size_t i = 0; i < sizeof(kprobe_cases) / sizeof(kprobe_cases[0]); i++)
		expect_kprobe(&kprobe_cases[i]);
}

static void expect_object(const char *function, enum tg_arg_type type, const void *value,
			  size_t size, const char *expected)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.function = function;
	event_fixture_arg(&f, type, 0, "", "");
	f.event.args[0].text = (struct record_text){value, size};
	event_fixture_arg(&f, TG_ARG_INT, 6, NULL, "");
	expect_line(&f, expected);
}

Test(compact, kprobes_on_objects)
{
	struct tg_socket s = {.saddr = {0x0100007f},
			      .daddr = {0x0100007f},
			      .family = 2,
			      .sport = 50928,
			      .dport = 1337};
	struct tg_bpf_prog p = {.type = 2, .insns = 118, .name = "on_exec"};
	struct tg_bpf_map m = {
		.type = 1, .key_size = 4, .value_size = 8, .max_entries = 9, .name = "m"};
	struct tg_perf_event e = {.type = 2, .function = "do_unlinkat"};

	expect_object("tcp_connect", TG_ARG_SOCK, &s, sizeof(s),
		      "🔌 connect worker-3 /usr/bin/curl tcp 127.0.0.1:50928 -> 127.0.0.1:1337\n");
	expect_object("tcp_sendmsg", TG_ARG_SOCK, &s, sizeof(s),
		      "📤 sendmsg worker-3 /usr/bin/curl tcp 127.0.0.1:50928 -> 127.0.0.1:1337 "
		      "bytes 6\n");
	expect_object("tcp_close", TG_ARG_SOCK, &s, sizeof(s) - 1,
		      "🧹 close   worker-3 /usr/bin/curl tcp invalid IP:0 -> invalid IP:0\n");
	expect_object("bpf_check", TG_ARG_BPF_ATTR, &p, sizeof(p),
		      "🐝 bpf_load worker-3 /usr/bin/curl BPF_PROG_TYPE_KPROBE on_exec instruction "
		      "count 118\n");
	expect_object("security_perf_event_alloc", TG_ARG_PERF_EVENT, &e, sizeof(e),
		      "🐝 perf_event_alloc worker-3 /usr/bin/curl PERF_TYPE_TRACEPOINT "
		      "do_unlinkat\n");
	expect_object(
		"security_bpf_map_alloc", TG_ARG_BPF_MAP, &m, sizeof(m),
		"🗺 bpf_map_create worker-3 /usr/bin/curl BPF_MAP_TYPE_HASH m key size 4 value "
		"size 8 max entries 9\n");
}

static void expect_syscall(enum tg_arg_type type, uint64_t number, const uint64_t *longs,
			   const char *expected)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_TRACEPOINT);
	f.event.subsystem = "raw_syscalls";
	f.event.function = "sys_enter";
	event_fixture_arg(&f, type, number, NULL, "");
	if (longs) {
		event_fixture_arg(&f, TG_ARG_LONGS, 0, "", "");
		f.event.args[1].text = (struct record_text){(const char *)longs, 48};
	}
	expect_line(&f, expected);
}

Test(compact, system_calls_as_c_writes_them)
{
	const uint64_t longs[6] = {4294967196, 0x7ffd0c1e2a60, 524288, 0};

	expect_syscall(TG_ARG_SYSCALL, 257, longs,
		       "☎  syscall worker-3 /usr/bin/curl openat(int dfd=4294967196, const char "
		       "*filename=0x7ffd0c1e2a60, int flags=524288, umode_t mode=0)\n");
	expect_syscall(TG_ARG_LONG, 3, NULL,
		       "☎  syscall worker-3 /usr/bin/curl close(unsigned int fd=?)\n");
	expect_syscall(TG_ARG_SYSCALL, 1ull << 31 | 5, longs,
		       "☎  syscall worker-3 /usr/bin/curl i386/open\n");
	expect_syscall(TG_ARG_SYSCALL, 99999, longs, "☎  syscall worker-3 /usr/bin/curl unknown\n");
	expect_syscall(TG_ARG_INT, 3, NULL, "☎  syscall worker-3 /usr/bin/curl unknown\n");
}

Test(compact, an_argument_that_could_not_be_read_leaves_its_place_empty)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.function = "fd_install";
	event_fixture_arg(&f, TG_ARG_INT, 3, NULL, "");
	event_fixture_arg(&f, TG_ARG_FILE, 0, "", "");
	f.event.args[1].slot.status = TG_SLOT_FAULT;
	expect_line(&f, "📬 open    worker-3 /usr/bin/curl \n");
}

static void expect_quoted(const char *text, const char *expected)
{
	struct buffer out = {0};

	compact_quote(&out, text, strlen(text));
	expect_text(&out, expected);
}

Test(compact, quotes_only_what_has_a_space_or_does_not_show)
{
	expect_quoted("", "");
	expect_quoted("a\"b\\c", "a\"b\\c");
	expect_quoted("grün/🚀", "grün/🚀");
	expect_quoted("a \"b\\", "\"a \\\"b\\\\\"");
	expect_quoted("\a\b\f\n\r\t\v\x1b\x7f", "\"\\a\\b\\f\\n\\r\\t\\v\\x1b\\x7f\"");
	expect_quoted("a\u00a0\u200b\U000e0001", "\"a\\u00a0\\u200b\\U000e0001\"");
	expect_quoted("abfnrtv x", "\"abfnrtv x\"");
	expect_quoted("\xff\xfe!", "\xef\xbf\xbd!");
	expect_quoted("\xff\xfe !", "\"\xef\xbf\xbd !\"");
}
