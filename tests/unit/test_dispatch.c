/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/dispatch.h"
#include "runtime/export_sink.h"

#define FINGERPRINT 0xfeed

/* A printer that writes what matters here: kind, pids, policy, action, arguments. */
static void print_plain(struct buffer *out, const struct event *e, const struct event_style *style)
{
	(void)style;
	buffer_print(out, "%d:%u", e->kind, e->key.pid);
	if (e->parent)
		buffer_print(out, "<%u", e->parent->key.pid);
	if (e->process)
		buffer_print(out, " %s|%s|%s", proc_binary(e->process), proc_arguments(e->process),
			     proc_cwd(e->process));
	if (e->kind >= EVENT_KPROBE)
		buffer_print(out, " %s/%u", e->policy, e->action);
	for (uint32_t i = 0; i < e->arg_count; i++)
		buffer_print(out, " %s=%d,%.*s", e->args[i].label, (int)e->args[i].slot.value,
			     (int)e->args[i].text.size,
			     e->args[i].text.size ? e->args[i].text.bytes : "");
	for (uint32_t i = 0; i < e->tag_count; i++)
		buffer_print(out, " #%s", e->tags[i]);
	if (e->hash)
		buffer_print(out, " hash %d", e->hash->algorithm);
	if (e->has_result)
		buffer_print(out, " gives %d/%u", (int)e->result.slot.value, e->return_action);
	buffer_char(out, '\n');
}

static const char strings[] = "\0one\0two\0hook\0a\0b\0tag";
enum { ONE = 1, TWO = 5, HOOK = 9, LABEL_A = 14, LABEL_B = 16, TAG = 18 };

static const struct tg_artifact_header header = {.fingerprint = FINGERPRINT};
static const struct tg_policy_entry policies[] = {{.name = ONE}, {.name = TWO}};
static const struct tg_hook_entry hooks[] = {{.kind = TG_HOOK_LSM, .name = HOOK},
					     {.kind = TG_HOOK_KPROBE,
					      .name = HOOK,
					      .first_slot = 0,
					      .slots = 2,
					      .first_view = 0,
					      .views = 2},
					     /* a hook whose return one of two policies watches */
					     {.kind = TG_HOOK_KPROBE,
					      .name = HOOK,
					      .first_slot = 2,
					      .slots = 1,
					      .first_view = 2,
					      .views = 2,
					      .peer = 4},
					     {.kind = TG_HOOK_KPROBE,
					      .name = HOOK,
					      .first_slot = 3,
					      .slots = 2,
					      .first_view = 4,
					      .views = 1,
					      .peer = 3,
					      .flags = TG_HOOK_AT_RETURN}};
static const struct tg_slot_entry slots[] = {
	{TG_ARG_INT, 0}, {TG_ARG_STRING, 1}, {TG_ARG_INT, 0}, {TG_ARG_LONG, 0}, {TG_ARG_STRING, 1}};
static const struct tg_view_entry views[] = {
	{.policy = 0, .hook = 1, .selectors = 0x3, .first_arg = 0, .args = 2},
	{.policy = 1, .hook = 1, .selectors = 0x4, .first_arg = 2, .args = 1, .tags = 1},
	{.policy = 0, .hook = 2, .selectors = 0x1, .first_arg = 3, .args = 1},
	{.policy = 1, .hook = 2, .selectors = 0x2, .first_arg = 4, .args = 1},
	{.policy = 0, .hook = 3, .selectors = 0x1, .first_arg = 5, .args = 2},
};
static const struct tg_view_arg_entry view_args[] = {
	{1, LABEL_B, 0},	 {0, 0, 0},	  {0, LABEL_A, 0}, {0, LABEL_A, 1}, {0, 0, 0},
	{0, 0, TG_PLACE_RESULT}, {1, LABEL_B, 0},
};
static const struct tg_selector_entry selectors[] = {
	{.hook = 0, .bit = 0, .action = 77},
	{.hook = 1, .bit = 0, .policy = 0, .action = 0},
	{.hook = 1, .bit = 1, .policy = 0, .action = 2},
	{.hook = 1, .bit = 2, .policy = 1, .action = 4},
	{.hook = 2, .bit = 0, .policy = 0, .action = 0},
	{.hook = 2, .bit = 1, .policy = 1, .action = 9},
	{.hook = 3, .bit = 0, .policy = 0, .action = 2},
};
static const struct tg_tag_entry tags[] = {{TAG}};

struct fixture {
	struct bundles bundles;
	struct clock clock;
	struct dispatch d;
	struct sinks sinks;
	struct export_sink lines;
};

static struct fixture *open_fixture(void)
{
	static struct fixture f;

	f.bundles.count = 1;
	f.bundles.v[0].artifact = (struct artifact){
		.header = &header,
		.strings = strings,
		.strings_size = sizeof(strings),
		.policies = policies,
		.hooks = hooks,
		.slots = slots,
		.views = views,
		.view_args = view_args,
		.selectors = selectors,
		.tags = tags,
		.policy_count = 2,
		.hook_count = 4,
		.slot_count = 5,
		.view_count = 5,
		.view_arg_count = 7,
		.selector_count = 7,
		.tag_count = 1,
	};
	f.d = (struct dispatch){.procs = procs_new(100),
				.calls = calls_new(4, 1000),
				.bundles = &f.bundles,
				.sinks = &f.sinks,
				.style = {.node_name = "n", .clock = &f.clock}};
	f.lines = (struct export_sink){.print = print_plain, .limit = {.per_minute = -1}};
	cr_assert_eq(export_sink_add(&f.sinks, &f.lines), 0);
	return &f;
}

static void expect_printed(struct fixture *f, const char *expected)
{
	buffer_char(&f->lines.out, '\0');
	cr_expect_str_eq(f->lines.out.data, expected);
	buffer_cut(&f->lines.out, 0);
}

static void close_fixture(struct fixture *f)
{
	procs_free(f->d.procs);
	calls_free(f->d.calls);
	sinks_close(&f->sinks);
}

struct exec_record {
	struct tg_exec fixed;
	char tail[64];
};

static void feed_exec(struct fixture *f, uint32_t pid, uint64_t ktime, struct tg_key parent,
		      uint64_t previous, uint32_t flags)
{
	static const char tail[] = "bin/x-a\0b c\0/w";
	struct exec_record r = {
		.fixed = {.head = {.kind = TG_EXEC, .size = sizeof(r.fixed) + sizeof(tail) - 1},
			  .key = {.pid = pid, .ktime = ktime},
			  .parent = parent,
			  .previous = {.pid = pid, .ktime = previous},
			  .flags = flags,
			  .path_size = 5,
			  .args_size = 7,
			  .cwd_size = 2}};

	memcpy(r.tail, tail, sizeof(tail) - 1);
	dispatch_record(&f->d, &r, r.fixed.head.size);
}

static void feed_clone(struct fixture *f, uint32_t pid, uint64_t ktime, struct tg_key parent)
{
	struct tg_clone r = {.head = {.kind = TG_CLONE, .size = sizeof(r)},
			     .key = {.pid = pid, .ktime = ktime},
			     .parent = parent};

	dispatch_record(&f->d, &r, sizeof(r));
}

static void feed_exit(struct fixture *f, uint32_t pid, uint64_t ktime)
{
	struct tg_exit r = {.head = {.kind = TG_EXIT, .size = sizeof(r)},
			    .key = {.pid = pid, .ktime = ktime}};

	dispatch_record(&f->d, &r, sizeof(r));
}

static const struct tg_key init = {.pid = 1, .ktime = 10};

#define X "/w/bin/x|-a \"b c\"|/w"

Test(dispatch, the_life_of_a_process)
{
	struct fixture *f = open_fixture();

	feed_exec(f, 1, 10, (struct tg_key){0}, 0, TG_P_EXECVE);
	feed_clone(f, 2, 20, init);
	feed_exec(f, 2, 21, init, 20, TG_P_EXECVE | TG_P_CLONE);
	feed_exec(f, 2, 22, init, 21, TG_P_EXECVE);
	feed_exit(f, 2, 22);
	feed_exit(f, 9, 99);
	expect_printed(f, "0:1 " X "\n0:2<1 " X "\n0:2<2 " X "\n1:2<2 " X "\n1:9\n");
	cr_expect_eq(f->d.counts.events, 5);
	cr_expect_eq(f->d.counts.unknown, 1);
	close_fixture(f);
}

Test(dispatch, two_threads_that_end_at_once_are_one_exit)
{
	struct fixture *f = open_fixture();
	struct proc *shell;

	feed_exec(f, 1, 10, (struct tg_key){0}, 0, TG_P_EXECVE);
	feed_clone(f, 2, 20, init);
	feed_exit(f, 2, 20);
	feed_exit(f, 2, 20);
	expect_printed(f, "0:1 " X "\n1:2<1 " X "\n");
	shell = procs_find(f->d.procs, &init);
	cr_expect_eq(shell->uses, 1, "its parent has %u uses", shell->uses);
	close_fixture(f);
}

Test(dispatch, a_missing_cwd_is_empty_and_the_root_is_a_slash)
{
	struct fixture *f = open_fixture();

	feed_exec(f, 1, 10, (struct tg_key){0}, 0, TG_P_EXECVE | TG_P_ROOTCWD);
	feed_exec(f, 3, 30, init, 0, TG_P_EXECVE | TG_P_NOCWD);
	feed_exec(f, 4, 40, init, 0, TG_P_EXECVE | TG_P_ERR_CWD);
	expect_printed(f, "0:1 /bin/x|-a \"b c\"|/\n0:3<1 bin/x|-a \"b c\"|\n"
			  "0:4<1 bin/x|-a \"b c\"|\n");
	close_fixture(f);
}

struct hook_record {
	struct tg_hook fixed;
	struct tg_slot slots[2];
	char tail[8];
};

static void feed_hook(struct fixture *f, uint64_t matched, uint32_t bundle, uint16_t hook,
		      uint16_t count)
{
	struct hook_record r = {
		.fixed = {.head = {.kind = TG_HOOK},
			  .key = init,
			  .matched = matched,
			  .bundle = bundle,
			  .hook = hook,
			  .slots = count},
		.slots = {{.value = 42}, {.len = 3}},
	};
	size_t tail = offsetof(struct hook_record, slots) + count * sizeof(r.slots[0]);

	memcpy((char *)&r + tail, "abc", 3);
	r.fixed.head.size = (uint32_t)(tail + (count > 1 ? 3 : 0));
	dispatch_record(&f->d, &r, r.fixed.head.size);
}

Test(dispatch, each_policy_that_matched_gets_its_own_event)
{
	struct fixture *f = open_fixture();

	feed_hook(f, 0x6, FINGERPRINT, 1, 2);
	expect_printed(f, "2:1 one/2 b=0,abc =42,\n2:1 two/4 a=42, #tag\n");
	feed_hook(f, 0x4, FINGERPRINT, 1, 2);
	expect_printed(f, "2:1 two/4 a=42, #tag\n");
	feed_hook(f, 0x1, FINGERPRINT, 1, 2);
	expect_printed(f, "2:1 one/0 b=0,abc =42,\n");
	feed_hook(f, 0x8, FINGERPRINT, 1, 2);
	expect_printed(f, "");
	cr_expect_eq(f->d.counts.malformed, 0);
	close_fixture(f);
}

/* A record of the first process in which policies have sockets of these owners. */
static void feed_owned(struct fixture *f, const struct tg_owner *owners, size_t count)
{
	struct {
		struct tg_hook fixed;
		struct tg_slot slots[2];
		struct tg_part part;
		struct tg_owner owners[4];
	} r = {.fixed = {.head = {.kind = TG_HOOK},
			 .key = init,
			 .matched = 0x6,
			 .bundle = FINGERPRINT,
			 .hook = 1,
			 .slots = 2},
	       .part = {.kind = TG_PART_OWNERS, .size = (uint32_t)(count * sizeof(*owners))}};

	memcpy(r.owners, owners, count * sizeof(*owners));
	r.fixed.head.size = (uint32_t)(offsetof(__typeof__(r), owners) + r.part.size);
	dispatch_record(&f->d, &r, r.fixed.head.size);
}

Test(dispatch, an_event_is_of_the_process_that_owns_its_socket)
{
	static const struct tg_owner owners[] = {
		{.policy = 1, .tid = 3, .key = {.pid = 3, .ktime = 30}},
		{.policy = 1, .tid = 2, .key = {.pid = 2, .ktime = 20}},
		{.policy = 7, .tid = 3, .key = {.pid = 3, .ktime = 30}},
	};
	struct fixture *f = open_fixture();

	feed_exec(f, 1, 10, (struct tg_key){0}, 0, TG_P_EXECVE);
	feed_exec(f, 2, 20, init, 0, TG_P_EXECVE);
	buffer_cut(&f->lines.out, 0);
	feed_owned(f, owners, 3);
	expect_printed(f, "2:1 " X " one/2 b=0, =0,\n2:2<1 " X " two/4 a=0, #tag\n");
	feed_owned(f, owners, 1);
	expect_printed(f, "2:1 " X " one/2 b=0, =0,\n2:3 two/4 a=0, #tag\n");
	close_fixture(f);
}

Test(dispatch, records_of_no_bundle_or_hook_are_counted)
{
	struct fixture *f = open_fixture();

	feed_hook(f, 1, FINGERPRINT + 1, 1, 2);
	feed_hook(f, 1, FINGERPRINT, 2, 2);
	feed_hook(f, 1, FINGERPRINT, 1, 1);
	dispatch_record(&f->d, "x", 1);
	expect_printed(f, "");
	cr_expect_eq(f->d.counts.malformed, 4);
	close_fixture(f);
}

/* ---- calls with two halves ---------------------------------------------------------------- */

static void feed_half(struct fixture *f, uint16_t hook, uint16_t count, uint64_t matched,
		      uint32_t call)
{
	struct hook_record r = {
		.fixed = {.head = {.kind = TG_HOOK},
			  .key = init,
			  .matched = matched,
			  .bundle = FINGERPRINT,
			  .hook = hook,
			  .slots = count,
			  .tid = 7,
			  .call = call},
		.slots = {{.value = 40 + count}, {.len = 3}},
	};
	size_t tail = offsetof(struct hook_record, slots) + count * sizeof(r.slots[0]);

	memcpy((char *)&r + tail, "abc", 3);
	r.fixed.head.size = (uint32_t)(tail + (count > 1 ? 3 : 0));
	dispatch_record(&f->d, &r, r.fixed.head.size);
}

static void feed_cancel(struct fixture *f, uint32_t call)
{
	struct tg_cancel c = {.head = {.kind = TG_CANCEL, .size = sizeof(c)},
			      .bundle = FINGERPRINT,
			      .hook = 2,
			      .tid = 7,
			      .call = call};

	dispatch_record(&f->d, &c, sizeof(c));
}

/* What was read at the return stands at its place, before the first half's argument. */
Test(dispatch, halves_are_joined)
{
	struct fixture *f = open_fixture();

	feed_half(f, 2, 1, 0x3, 5);
	expect_printed(f, "2:1 two/9 =41,\n");
	feed_half(f, 3, 2, 0x1, 5);
	expect_printed(f, "2:1 one/0 b=0,abc a=41, gives 42/2\n");
	feed_half(f, 3, 2, 0x1, 5);
	expect_printed(f, "");
	cr_expect_eq(calls_count(f->d.calls), 0);
	close_fixture(f);
}

Test(dispatch, a_policy_that_does_not_wait_keeps_no_call)
{
	struct fixture *f = open_fixture();

	feed_half(f, 2, 1, 0x2, 5);
	expect_printed(f, "2:1 two/9 =41,\n");
	cr_expect_eq(calls_count(f->d.calls), 0);
	close_fixture(f);
}

Test(dispatch, halves_of_different_calls_are_not_joined)
{
	struct fixture *f = open_fixture();

	feed_half(f, 2, 1, 0x1, 5);
	feed_half(f, 3, 2, 0x1, 6);
	expect_printed(f, "");
	feed_half(f, 3, 2, 0x2, 5); /* a bit of the policy that does not wait */
	expect_printed(f, "");
	close_fixture(f);
}

/* As a node that cannot compute hashes of files goes without. */
Test(dispatch, nothing_waits_for_a_half_that_the_node_does_not_have)
{
	bool absent[] = {false, false, false, true};
	struct fixture *f = open_fixture();

	f->bundles.v[0].loaded.targets.hook_absent = absent;
	feed_half(f, 2, 1, 0x1, 5);
	cr_expect_eq(calls_count(f->d.calls), 0);
	expect_printed(f, "2:1 one/0 a=41,\n");
	f->bundles.v[0].loaded.targets.hook_absent = NULL;
	close_fixture(f);
}

Test(dispatch, cancelled_calls_are_forgotten)
{
	struct fixture *f = open_fixture();

	feed_half(f, 2, 1, 0x1, 5);
	feed_cancel(f, 6);
	cr_expect_eq(calls_count(f->d.calls), 1);
	feed_cancel(f, 5);
	cr_expect_eq(calls_count(f->d.calls), 0);
	expect_printed(f, "");
	cr_expect_eq(f->d.counts.malformed, 0);
	close_fixture(f);
}
