// SPDX-License-Identifier: Apache-2.0
/*
 * Events of every kind with arguments of every type, made at random from a seed and printed as
 * tgrun prints them: for check.py, which reads them as protobuf messages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/event_json.h"

#define EVENTS	  4000
#define TEXT_ROOM 256

struct maker {
	struct procs *procs;
	const struct proc *line[3]; /* a process, its parent, its grandparent */
	char texts[EVENT_ARGS_MAX][TEXT_ROOM];
	struct stack stack;
	struct tg_exec_more more;
};

static uint64_t bits(void)
{
	uint64_t all = 0;

	for (int i = 0; i < 4; i++)
		all = all << 16 | (uint64_t)(rand() & 0xffff);
	/* Small numbers are the ones that have names, and 0 the one that is left out. */
	return rand() % 2 ? all : all % 41;
}

static bool coin(void)
{
	return rand() % 2;
}

/* Bytes that are texts for the most part, and records as the kernel would not make them. */
static struct record_text make_text(char *room)
{
	size_t size = (size_t)rand() % TEXT_ROOM;
	bool text = coin();

	for (size_t i = 0; i < size; i++)
		room[i] = text ? (char)(' ' + rand() % 95) : coin() ? 0 : (char)rand();
	return (struct record_text){room, size};
}

static struct event_arg make_arg(struct maker *m, uint32_t index, enum event_kind kind)
{
	static const uint32_t statuses[] = {TG_SLOT_OK,	   TG_SLOT_OK,	   TG_SLOT_OK,
					    TG_SLOT_FAULT, TG_SLOT_UNREAD, 3};
	struct event_arg arg = {.label = kind != EVENT_TRACEPOINT && coin() ? "label" : ""};

	do {
		arg.type = (enum tg_arg_type)(1 + rand() % (TG_ARG_TYPE_COUNT - 1));
	} while (arg.type == TG_ARG_TARGET);
	arg.slot.status = statuses[rand() % 6];
	arg.slot.value = bits();
	arg.text = make_text(m->texts[index]);
	arg.slot.len = (uint32_t)arg.text.size;
	return arg;
}

static void add_process(struct maker *m, int index, const struct tg_key *parent)
{
	uint32_t flags[] = {TG_P_EXECVE | TG_P_CLONE, TG_P_PROCFS | TG_P_INIT_TREE, 0};
	struct proc_facts facts = {.credentials = {.uid = (uint32_t)bits(),
						   .securebits = (uint32_t)bits(),
						   .permitted = bits() & 0x1ffffffffff,
						   .effective = bits() & 0x1ffffffffff,
						   .inheritable = bits() & 0x1ffffffffff}};
	struct tg_key key = {.pid = 100 + (uint32_t)index,
			     .ktime = 1000000007ull * (uint64_t)index};

	static const char variables[] = "PATH=/bin:/usr/bin\0ODD\0\xc3\xa9=\"\0";
	char *environment = index ? NULL : malloc(sizeof(variables) - 1);

	if (environment)
		memcpy(environment, variables, sizeof(variables) - 1);
	for (int i = 0; i < TG_EXEC_NAMESPACES; i++)
		facts.namespaces[i] = (uint32_t)(4026531834u + (uint32_t)(rand() % 3));
	m->line[index] = procs_exec(
		m->procs,
		&(struct proc_image){.key = key,
				     .parent = *parent,
				     .flags = flags[index],
				     .uid = (uint32_t)bits(),
				     .auid = UINT32_MAX,
				     .binary = "/usr/bin/\"x\"\n",
				     .arguments = "a \xc3\xa9 \x01",
				     .cwd = "/",
				     .environment = environment,
				     .environment_size = environment ? sizeof(variables) - 1 : 0,
				     .facts = &facts});
	if (!m->line[index])
		exit(1);
}

static struct event make_event(struct maker *m, const struct tg_target_entry *target)
{
	static const uint32_t actions[] = {0, 2, 4, 6, 7, 8, 9, 12, 13, 14, 99};
	struct event e = {.kind = (enum event_kind)(rand() % (EVENT_USDT + 1)),
			  .ktime = bits() >> 8};

	e.key = m->line[0]->key;
	e.process = rand() % 8 ? m->line[0] : NULL;
	e.parent = e.process && coin() ? m->line[1] : NULL;
	e.ancestors = m->line + 2;
	e.ancestor_count = e.parent && coin();
	e.unknown = !e.process && coin();
	e.tid = 101;
	e.exit_code = (uint32_t)rand() & 0xffff;
	m->more = (struct tg_exec_more){
		.raised = (uint32_t)rand() & 31, .links = (uint32_t)rand() & 1, .inode = bits()};
	e.more = e.kind == EVENT_EXEC && coin() ? &m->more : NULL;
	e.subsystem = "sched";
	e.function = "do_x";
	e.policy = coin() ? "policy" : "";
	e.message = coin() ? "a \\\"message\\\"" : "";
	e.action = actions[rand() % 11];
	e.return_action = actions[rand() % 11];
	e.path = "/bin/x";
	e.target = target;
	for (e.arg_count = 0; e.arg_count < 5 && rand() % 5; e.arg_count++)
		e.args[e.arg_count] = make_arg(m, e.arg_count, e.kind);
	if (coin()) {
		e.data_count = 1;
		e.args[e.arg_count] = make_arg(m, e.arg_count, e.kind);
	}
	e.has_result = coin();
	e.result = make_arg(m, EVENT_ARGS_MAX - 1, e.kind);
	for (e.tag_count = 0; e.tag_count < 2 && coin(); e.tag_count++)
		e.tags[e.tag_count] = "tag";
	return e;
}

int main(void)
{
	static const uint32_t host[TG_EXEC_NAMESPACES] = {4026531834u, 4026531835u};
	static struct maker m;
	struct clock clock = {.offset = 1787205600000000000ll};
	struct event_style style = {.node_name = "node",
				    .clock = &clock,
				    .cluster_name = "cluster",
				    .credentials = true,
				    .namespaces = true,
				    .host_namespaces = host};
	struct tg_key parent = {.pid = 0, .ktime = 1};
	struct buffer out = {0};

	srand(20261122);
	m.procs = procs_new(16);
	for (int i = 2; i >= 0; i--) {
		add_process(&m, i, &parent);
		parent = m.line[i]->key;
	}
	for (int i = 0; i < EVENTS; i++) {
		struct tg_target_entry target = {
			.place = coin() ? TG_PLACE_OFFSET : 0, .offset = bits(), .counter = bits()};
		struct event e = make_event(&m, &target);

		style.credentials = style.namespaces = coin();
		event_json(&out, &e, &style);
	}
	fwrite(out.data, 1, out.size, stdout);
	buffer_free(&out);
	procs_free(m.procs);
	return 0;
}
