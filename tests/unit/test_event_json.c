/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "runtime/event_json.h"
#include "tests/unit/event_fixture.h"

#define CURL_START                                                                                 \
	"{\"exec_id\":\"d29ya2VyLTM6MjE3NDE4ODIwMTMzNzc6NjEwODA=\",\"pid\":61080,\"uid\":10001,"   \
	"\"cwd\":\"/app\",\"binary\":\"/usr/bin/curl\",\"arguments\":\"-s "                        \
	"http://10.96.14.7:9000/health\",\"flags\":\"execve clone inInitTree\","                   \
	"\"start_time\":\"2026-08-20T12:02:21.882013377Z\",\"auid\":4294967295,"                   \
	"\"parent_exec_id\":\"d29ya2VyLTM6MjE3MzMxMDU1NDgxMjA6NjEwNzc=\","
#define SHELL                                                                                      \
	"\"parent\":{\"exec_id\":\"d29ya2VyLTM6MjE3MzMxMDU1NDgxMjA6NjEwNzc=\",\"pid\":61077,"      \
	"\"uid\":10001,\"cwd\":\"/app\",\"binary\":\"/bin/sh\",\"arguments\":\"-c \\\"curl -s "    \
	"http://10.96.14.7:9000/health\\\"\",\"flags\":\"execve clone inInitTree\","               \
	"\"start_time\":\"2026-08-20T12:02:13.105548120Z\",\"auid\":4294967295,"                   \
	"\"parent_exec_id\":\"d29ya2VyLTM6NzkxMjQ0MDkxODIzMzo0ODMwMg==\",\"tid\":61077,"           \
	"\"in_init_tree\":true}"
#define CURL_AND_SHELL	       CURL_START "\"tid\":61080,\"in_init_tree\":true}," SHELL
#define CURL_AND_SHELL_IN_HOOK CURL_START "\"refcnt\":1,\"tid\":61081,\"in_init_tree\":true}," SHELL
#define END		       ",\"node_name\":\"worker-3\",\"time\":\"2026-08-20T12:02:21.887115621Z\"}\n"

static void expect_event(struct event_fixture *f, const char *expected)
{
	struct buffer out = {0};

	event_json(&out, &f->event, &f->style);
	expect_text(&out, expected);
	event_fixture_close(f);
}

Test(event_json, exec)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_EXEC);
	expect_event(&f, "{\"process_exec\":{\"process\":" CURL_AND_SHELL "}" END);
}

Test(event_json, exit_with_a_status)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_EXIT);
	f.event.exit_code = 7 << 8;
	expect_event(&f, "{\"process_exit\":{\"process\":" CURL_AND_SHELL ",\"status\":7,"
			 "\"time\":\"2026-08-20T12:02:21.887115621Z\"}" END);
}

Test(event_json, exit_by_a_signal_with_a_core)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_EXIT);
	f.event.exit_code = 0x80 | 11;
	expect_event(&f, "{\"process_exit\":{\"process\":" CURL_AND_SHELL ",\"signal\":\"SIGSEGV\","
			 "\"time\":\"2026-08-20T12:02:21.887115621Z\"}" END);
}

Test(event_json, clean_exit_has_neither)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_EXIT);
	expect_event(&f, "{\"process_exit\":{\"process\":" CURL_AND_SHELL
			 ",\"time\":\"2026-08-20T12:02:21.887115621Z\"}" END);
}

Test(event_json, kprobe_with_every_member)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.function = "security_file_permission";
	f.event.policy = "watch";
	f.event.message = "a \"b\"";
	f.event.action = 2;
	f.event.tags[f.event.tag_count++] = "one";
	f.event.tags[f.event.tag_count++] = "two";
	event_fixture_arg(&f, TG_ARG_FILE, 0100640, "/etc/shadow", "file");
	event_fixture_arg(&f, TG_ARG_INT, 4, NULL, "");
	expect_event(&f,
		     "{\"process_kprobe\":{\"process\":" CURL_AND_SHELL_IN_HOOK
		     ",\"function_name\":\"security_file_permission\",\"args\":[{\"file_arg\":{"
		     "\"path\":\"/etc/shadow\",\"permission\":\"-rw-r-----\"},\"label\":\"file\"},"
		     "{\"int_arg\":4}],\"action\":\"KPROBE_ACTION_SIGKILL\",\"policy_name\":"
		     "\"watch\",\"return_action\":\"KPROBE_ACTION_POST\",\"message\":\"a "
		     "\\\"b\\\"\",\"tags\":[\"one\",\"two\"]}" END);
}

Test(event_json, lsm_has_no_return_action)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_LSM);
	f.event.function = "file_open";
	f.event.policy = "deny";
	f.event.message = "m";
	f.event.action = 4;
	f.event.tags[f.event.tag_count++] = "t";
	event_fixture_arg(&f, TG_ARG_PATH, 0, NULL, "");
	expect_event(
		&f, "{\"process_lsm\":{\"process\":" CURL_AND_SHELL_IN_HOOK
		    ",\"function_name\":\"file_open\",\"policy_name\":\"deny\",\"message\":"
		    "\"m\",\"args\":[{\"path_arg\":{\"path\":\"/\",\"permission\":"
		    "\"---------\"}}],\"action\":\"KPROBE_ACTION_OVERRIDE\",\"tags\":[\"t\"]}" END);
}

Test(event_json, loader_has_no_policy)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_LOADER);
	f.event.policy = "loading";
	event_fixture_arg(&f, TG_ARG_STRING, 0, "/usr/lib/libc.so.6", "");
	memcpy(f.event.build_id, "\x93\xac\x61\xec\x5a", 5);
	f.event.build_id_size = 5;
	expect_event(&f, "{\"process_loader\":{\"process\":" CURL_START
			 "\"tid\":61080,\"in_init_tree\":true},\"path\":\"/usr/lib/libc.so.6\","
			 "\"buildid\":\"k6xh7Fo=\"," SHELL "}" END);
}

Test(event_json, tracepoint_without_policy_name_or_known_action)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_TRACEPOINT);
	f.event.subsystem = "sched";
	f.event.function = "sched_process_fork";
	f.event.action = 99;
	expect_event(&f, "{\"process_tracepoint\":{\"process\":" CURL_AND_SHELL_IN_HOOK
			 ",\"subsys\":\"sched\",\"event\":\"sched_process_fork\"}" END);
}

static void expect_args(struct event_fixture *f, const char *expected)
{
	char line[4096];

	f->event.function = "f";
	f->event.policy = "p";
	snprintf(line, sizeof(line),
		 "{\"process_kprobe\":{\"process\":" CURL_AND_SHELL_IN_HOOK
		 ",\"function_name\":\"f\",\"args\":[%s],\"action\":\"KPROBE_ACTION_POST\","
		 "\"policy_name\":\"p\",\"return_action\":\"KPROBE_ACTION_POST\"}" END,
		 expected);
	expect_event(f, line);
}

Test(event_json, numbers_keep_sign_and_width_and_zero_is_printed)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	event_fixture_arg(&f, TG_ARG_INT, 0, NULL, "fd");
	event_fixture_arg(&f, TG_ARG_INT, (uint64_t)-1, NULL, "");
	event_fixture_arg(&f, TG_ARG_UINT, UINT32_MAX, NULL, "");
	event_fixture_arg(&f, TG_ARG_LONG, (uint64_t)-1, NULL, "");
	event_fixture_arg(&f, TG_ARG_SIZE, 0, NULL, "");
	event_fixture_arg(&f, TG_ARG_SIZE, UINT64_MAX, NULL, "");
	event_fixture_arg(&f, TG_ARG_STRING, 0, "", "");
	expect_args(&f, "{\"int_arg\":0,\"label\":\"fd\"},{\"int_arg\":-1},{\"uint_arg\":"
			"4294967295},{\"long_arg\":\"-1\"},{\"size_arg\":\"0\"},{\"size_arg\":"
			"\"18446744073709551615\"},{\"string_arg\":\"\"}");
}

Test(event_json, faults_print_as_errors_with_their_label)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	event_fixture_arg(&f, TG_ARG_STRING, 0, "", "name");
	f.event.args[0].slot.status = TG_SLOT_FAULT;
	expect_args(&f, "{\"error_arg\":{\"Message\":\"Bad address for basic type\"},\"label\":"
			"\"name\"}");
}

Test(event_json, a_path_that_was_not_walked_to_its_root_says_so)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	event_fixture_arg(&f, TG_ARG_FILE, (uint64_t)TG_PATH_UNRESOLVED << 32 | 0100600, "/d\xff/f",
			  "");
	expect_args(&f, "{\"file_arg\":{\"path\":\"/d\xef\xbf\xbd/f\",\"flags\":"
			"\"unresolvedPathComponents\",\"permission\":\"-rw-------\"}}");
}

Test(event_json, data_stand_last)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.function = "f";
	f.event.policy = "p";
	f.event.message = "m";
	event_fixture_arg(&f, TG_ARG_INT, 1, NULL, "");
	event_fixture_arg(&f, TG_ARG_INT, 2, NULL, "pid");
	f.event.arg_count = f.event.data_count = 1;
	expect_event(&f, "{\"process_kprobe\":{\"process\":" CURL_AND_SHELL_IN_HOOK
			 ",\"function_name\":\"f\",\"args\":[{\"int_arg\":1}],\"action\":"
			 "\"KPROBE_ACTION_POST\",\"policy_name\":\"p\",\"return_action\":"
			 "\"KPROBE_ACTION_POST\",\"message\":\"m\",\"data\":[{\"int_arg\":2,"
			 "\"label\":\"pid\"}]}" END);
}

Test(event_json, a_process_nobody_knows)
{
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.process = NULL;
	f.event.parent = NULL;
	f.event.key = (struct tg_key){.pid = 812};
	f.event.unknown = true;
	f.event.function = "security_bprm_check";
	f.event.policy = "bprm";
	expect_event(&f, "{\"process_kprobe\":{\"process\":{\"pid\":812,\"flags\":\"unknown\","
			 "\"start_time\":\"2026-08-20T06:00:00Z\"},\"function_name\":"
			 "\"security_bprm_check\",\"action\":\"KPROBE_ACTION_POST\","
			 "\"policy_name\":\"bprm\",\"return_action\":\"KPROBE_ACTION_POST\"}" END);
}

Test(event_json, a_clone_shows_its_count_in_exit_events)
{
	struct event_fixture f;
	struct tg_clone clone = {.key = {.pid = 61090, .ktime = 21741887000000},
				 .flags = TG_P_EXECVE};
	struct buffer out = {0};

	event_fixture_open(&f, EVENT_EXIT);
	clone.parent = f.event.key;
	f.event.key = clone.key;
	f.event.parent = f.event.process;
	f.event.process = procs_clone(f.procs, &clone);
	event_json(&out, &f.event, &f.style);
	buffer_char(&out, '\0');
	cr_expect_not_null(strstr(out.data, "\"flags\":\"execve\""));
	cr_expect_not_null(strstr(out.data, "\"refcnt\":1,\"tid\":61090,\"in_init_tree\":false"));
	buffer_free(&out);
	event_fixture_close(&f);
}

/* What options add to a process, in the order of the declarations. */
Test(event_json, credentials_namespaces_and_ancestors)
{
	static const uint32_t host[TG_EXEC_NAMESPACES] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
	static const struct tg_key init = {.pid = 1, .ktime = 1000000000},
				   id = {.pid = 9, .ktime = 9};
	struct proc_facts facts = {.credentials = {.uid = 1000,
						   .gid = 1000,
						   .euid = 0,
						   .securebits = 16,
						   .permitted = 3,
						   .effective = 1ull << 21},
				   .namespaces = {11, 12, 99, 14, 15, 16, 0, 0, 19, 20}};
	struct event_fixture f;
	struct buffer out = {0};
	const struct proc *ancestors[1];

	event_fixture_open(&f, EVENT_EXEC);
	procs_exec(f.procs, &(struct proc_image){.key = init,
						 .parent = {.pid = 0, .ktime = 1},
						 .binary = "/sbin/init",
						 .arguments = "",
						 .cwd = "/"});
	procs_exec(f.procs, &(struct proc_image){.key = id,
						 .parent = init,
						 .flags = TG_P_EXECVE,
						 .binary = "/bin/id",
						 .arguments = "",
						 .cwd = "/",
						 .facts = &facts});
	ancestors[0] = procs_find(f.procs, &init);
	f.style.credentials = f.style.namespaces = true;
	f.style.host_namespaces = host;
	f.event.key = id;
	f.event.process = procs_find(f.procs, &id);
	f.event.parent = NULL;
	f.event.ancestors = ancestors;
	f.event.ancestor_count = 1;
	event_json(&out, &f.event, &f.style);
	expect_text(
		&out,
		"{\"process_exec\":{\"process\":{\"exec_id\":\"d29ya2VyLTM6OTo5\",\"pid\":9,"
		"\"uid\":0,"
		"\"cwd\":\"/\",\"binary\":\"/bin/id\",\"flags\":\"execve\",\"start_time\":"
		"\"2026-08-20T06:00:00.000000009Z\",\"auid\":0,\"parent_exec_id\":"
		"\"d29ya2VyLTM6MTAwMDAwMDAwMDox\",\"cap\":{\"permitted\":[\"CAP_CHOWN\","
		"\"DAC_OVERRIDE\"],\"effective\":[\"CAP_SYS_ADMIN\"]},\"ns\":{\"uts\":{\"inum\":11,"
		"\"is_host\":true},\"ipc\":{\"inum\":12,\"is_host\":true},\"mnt\":{\"inum\":99},"
		"\"pid\":{"
		"\"inum\":14,\"is_host\":true},\"pid_for_children\":{\"inum\":15,\"is_host\":true},"
		"\"net\":{\"inum\":16,\"is_host\":true},\"cgroup\":{\"inum\":19,\"is_host\":true},"
		"\"user\":{\"inum\":20,\"is_host\":true}},\"tid\":9,\"process_credentials\":{"
		"\"uid\":1000,"
		"\"gid\":1000,\"euid\":0,\"egid\":0,\"suid\":0,\"sgid\":0,\"fsuid\":0,\"fsgid\":0,"
		"\"securebits\":[\"SecBitKeepCaps\"]},\"in_init_tree\":false},\"ancestors\":[{"
		"\"exec_id\":\"d29ya2VyLTM6MTAwMDAwMDAwMDox\",\"pid\":1,\"uid\":0,\"cwd\":\"/"
		"\",\"binary\":"
		"\"/sbin/"
		"init\",\"start_time\":\"2026-08-20T06:00:01Z\",\"auid\":0,\"parent_exec_id\":"
		"\"d29ya2VyLTM6MTow\",\"tid\":1,\"in_init_tree\":false}]},\"node_name\":\"worker-"
		"3\","
		"\"time\":\"2026-08-20T12:02:21.887115621Z\"}\n");
	event_fixture_close(&f);
}

/* The exec event alone shows what its program does; the environment is the process's. */
Test(event_json, properties_and_environment)
{
	static const struct tg_key id = {.pid = 9, .ktime = 9};
	static const struct tg_exec_more more = {
		.raised = TG_RAISED_SETUID | TG_RAISED_SETGID | TG_RAISED_SETUID_ROOT |
			  TG_RAISED_FILE_CAPS,
		.inode = 1234567890123,
	};
	static const char variables[] = "A=b=c\0ODD\0E=";
	struct proc_facts facts = {.credentials = {.euid = 0, .egid = 5}};
	char *environment = malloc(sizeof(variables));
	struct event_fixture f;
	struct buffer out = {0};

	memcpy(environment, variables, sizeof(variables));
	event_fixture_open(&f, EVENT_EXEC);
	procs_exec(f.procs, &(struct proc_image){.key = id,
						 .parent = {.pid = 0, .ktime = 1},
						 .binary = "/bin/id",
						 .arguments = "",
						 .cwd = "",
						 .facts = &facts,
						 .environment = environment,
						 .environment_size = sizeof(variables)});
	f.style.credentials = true;
	f.event.key = id;
	f.event.process = procs_find(f.procs, &id);
	f.event.parent = NULL;
	f.event.more = &more;
	event_json(&out, &f.event, &f.style);
	buffer_char(&out, '\0');
	cr_expect_not_null(strstr(out.data, "\"refcnt\":1,\"cap\""), "%s", out.data);
	cr_expect_not_null(
		strstr(out.data,
		       "\"fsgid\":0},\"binary_properties\":{\"setuid\":0,\"setgid\":5,"
		       "\"privileges_changed\":[\"PRIVILEGES_RAISED_EXEC_FILE_CAP\","
		       "\"PRIVILEGES_RAISED_EXEC_FILE_SETUID\"],\"file\":{\"inode\":{\"number\":"
		       "\"1234567890123\",\"links\":0}}},\"in_init_tree\":false,"
		       "\"environment_variables\":[{\"Key\":\"A\",\"Value\":\"b=c\"},{\"Key\":"
		       "\"invalid\"},{\"Key\":\"E\"}]}},\"node_name\""),
		"%s", out.data);
	buffer_free(&out);
	event_fixture_close(&f);
}
