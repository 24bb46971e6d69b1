/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "tests/unit/event_fixture.h"

#define BOOTED 1787205600000000000ll /* 2026-08-20 06:00:00 UTC */

static const struct tg_key cart = {.pid = 48302, .ktime = 7912440918233};
static const struct tg_key shell = {.pid = 61077, .ktime = 21733105548120};
static const struct tg_key curl = {.pid = 61080, .ktime = 21741882013377};

static void add_process(struct event_fixture *f, const struct proc_image *image)
{
	cr_assert_not_null(procs_exec(f->procs, image));
}

void event_fixture_open(struct event_fixture *f, enum event_kind kind)
{
	uint32_t flags = TG_P_EXECVE | TG_P_CLONE | TG_P_INIT_TREE;

	*f = (struct event_fixture){.clock = {.offset = BOOTED}};
	f->style = (struct event_style){.node_name = "worker-3", .clock = &f->clock};
	f->procs = procs_new(16);
	add_process(
		f, &(struct proc_image){.key = shell,
					.parent = cart,
					.flags = flags,
					.uid = 10001,
					.auid = UINT32_MAX,
					.binary = "/bin/sh",
					.arguments = "-c \"curl -s http://10.96.14.7:9000/health\"",
					.cwd = "/app"});
	add_process(f, &(struct proc_image){.key = curl,
					    .parent = shell,
					    .flags = flags,
					    .uid = 10001,
					    .auid = UINT32_MAX,
					    .binary = "/usr/bin/curl",
					    .arguments = "-s http://10.96.14.7:9000/health",
					    .cwd = "/app"});
	f->event = (struct event){.kind = kind,
				  .ktime = 21741887115621,
				  .key = curl,
				  .process = procs_find(f->procs, &curl),
				  .parent = procs_find(f->procs, &shell),
				  .tid = 61081,
				  .subsystem = "",
				  .function = "",
				  .policy = "",
				  .message = ""};
}

void event_fixture_close(struct event_fixture *f)
{
	procs_free(f->procs);
}

void event_fixture_arg(struct event_fixture *f, enum tg_arg_type type, uint64_t value,
		       const char *text, const char *label)
{
	struct event_arg *arg = &f->event.args[f->event.arg_count++];

	*arg = (struct event_arg){.type = type, .slot = {.value = value}, .label = label};
	if (text)
		arg->text = (struct record_text){text, strlen(text)};
}

void expect_text(struct buffer *actual, const char *expected)
{
	cr_assert_not(actual->failed);
	buffer_char(actual, '\0');
	cr_expect_str_eq(actual->data, expected);
	buffer_free(actual);
}
