// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include "runtime/kprobe_lines.h"

#define ICON_OPEN    "📬"
#define ICON_WRITE   "📝"
#define ICON_READ    "📚"
#define ICON_MOUNT   "💾"
#define ICON_WRENCH  "🔧"
#define ICON_UNKNOWN "❓"

#define MAY_WRITE 2
#define MAY_READ  4
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

/* Argument `index` when it was read and has one of the two types, else NULL. */
static const struct event_arg *find_arg(const struct compact *c, uint32_t index,
					enum tg_arg_type type, enum tg_arg_type other)
{
	const struct event_arg *arg = &c->event->args[index];

	if (index >= c->event->arg_count || arg->slot.status != TG_SLOT_OK)
		return NULL;
	return arg->type == type || arg->type == other ? arg : NULL;
}

static void print_text_arg(struct compact *c, const struct event_arg *arg)
{
	bool root = arg && !arg->text.size && arg->type != TG_ARG_STRING;

	buffer_char(c->out, ' ');
	if (root)
		compact_plain(c, COMPACT_CYAN, "/");
	else if (arg)
		compact_text(c, COMPACT_CYAN, arg->text.bytes, arg->text.size);
}

static void print_file(struct compact *c, uint32_t index)
{
	print_text_arg(c, find_arg(c, index, TG_ARG_FILE, TG_ARG_FILE));
}

static void print_string(struct compact *c, uint32_t index)
{
	print_text_arg(c, find_arg(c, index, TG_ARG_STRING, TG_ARG_STRING));
}

static void print_first_file(struct compact *c)
{
	print_file(c, 0);
}

static void print_second_file(struct compact *c)
{
	print_file(c, 1);
}

static void print_first_path(struct compact *c)
{
	print_text_arg(c, find_arg(c, 0, TG_ARG_PATH, TG_ARG_FILE));
}

static void print_second_string(struct compact *c)
{
	print_string(c, 1);
}

static void print_two_strings(struct compact *c)
{
	print_string(c, 0);
	print_string(c, 1);
}

static void print_transfer(struct compact *c)
{
	const struct event_arg *size = find_arg(c, 2, TG_ARG_SIZE, TG_ARG_SIZE);
	char text[40] = "";

	print_file(c, 0);
	buffer_char(c->out, ' ');
	if (c->event->arg_count > 2) {
		snprintf(text, sizeof(text), "%" PRIu64 " bytes",
			 size ? (uint64_t)size->slot.value : 0);
		compact_plain(c, COMPACT_CYAN, text);
	}
}

static void print_first_int(struct compact *c)
{
	const struct event_arg *arg = find_arg(c, 0, TG_ARG_INT, TG_ARG_INT);
	char text[16] = "0";

	if (arg)
		snprintf(text, sizeof(text), "%" PRId32, (int32_t)arg->slot.value);
	buffer_char(c->out, ' ');
	if (c->event->arg_count)
		compact_plain(c, COMPACT_CYAN, text);
}

static void print_namespace(struct compact *c)
{
	static const struct {
		uint32_t type;
		const char *name;
	} names[] = {
		{0, "any"},
		{CLONE_NEWCGROUP, "cgroup"},
		{CLONE_NEWIPC, "ipc"},
		{CLONE_NEWNET, "net"},
		{CLONE_NEWNS, "mnt"},
		{CLONE_NEWPID, "pid"},
		{CLONE_NEWTIME, "time"},
		{CLONE_NEWUSER, "user"},
		{CLONE_NEWUTS, "uts"},
	};
	const struct event_arg *arg = find_arg(c, 1, TG_ARG_INT, TG_ARG_INT);

	buffer_char(c->out, ' ');
	for (size_t i = 0; arg && i < sizeof(names) / sizeof(names[0]); i++) {
		if ((uint32_t)arg->slot.value == names[i].type)
			buffer_text(c->out, names[i].name);
	}
}

struct line {
	const char *function, *icon, *label;
	void (*details)(struct compact *c); /* NULL: none */
};

static void print_line(struct compact *c, const struct line *line)
{
	compact_label(c, line->icon, line->label);
	compact_source(c);
	if (line->details)
		line->details(c);
}

static void print_permission(struct compact *c)
{
	const struct event_arg *mask = find_arg(c, 1, TG_ARG_INT, TG_ARG_INT);
	struct line line = {NULL, ICON_UNKNOWN, c->event->function, print_first_file};

	if (mask && mask->slot.value == MAY_WRITE)
		line = (struct line){NULL, ICON_WRITE, "write", print_first_file};
	else if (mask && mask->slot.value == MAY_READ)
		line = (struct line){NULL, ICON_READ, "read", print_first_file};
	print_line(c, &line);
}

static void print_mmap(struct compact *c)
{
	const struct event_arg *arg = find_arg(c, 1, TG_ARG_UINT, TG_ARG_UINT);
	uint64_t protection = arg ? arg->slot.value : 0;
	char label[] = "mmap-rwx", *end = label + strlen("mmap-");
	struct line line = {NULL, ICON_WRITE, label, print_first_file};

	for (int i = 0; i < 3; i++) {
		if (protection >> i & 1)
			*end++ = "rwx"[i];
	}
	*end = '\0';
	if (!c->event->arg_count)
		line = (struct line){NULL, ICON_UNKNOWN, c->event->function, print_first_file};
	print_line(c, &line);
}

static void print_other(struct compact *c)
{
	compact_label(c, ICON_UNKNOWN, "syscall");
	compact_source(c);
	buffer_char(c->out, ' ');
	buffer_text(c->out, c->event->function);
}

/* Two icons carry a variation selector in the format we follow, so they do here. */
static const struct line lines[] = {
	{"sys_write", ICON_WRITE, "write", print_transfer},
	{"sys_read", ICON_READ, "read", print_transfer},
	{"fd_install", ICON_OPEN, "open", print_second_file},
	{"sys_openat", ICON_OPEN "\ufe0f", "openat", print_second_string},
	{"sys_open", ICON_OPEN "\ufe0f", "open", print_second_string},
	{"sys_close", "📪", "close", print_first_file},
	{"sys_mount", ICON_MOUNT, "mount", print_two_strings},
	{"sys_pivot_root", ICON_MOUNT, "pivot_root", print_two_strings},
	{"sys_setuid", "🔑", "setuid", print_first_int},
	{"sys_clock_settime", "⏰", "clock_settime", NULL},
	{"proc_exec_connector", ICON_WRENCH, "proc_exec_connector", NULL},
	{"sys_setns", ICON_WRENCH, "setns", print_namespace},
	{"tcp_connect", "🔌", "connect", compact_connection},
	{"tcp_close", "🧹", "close", compact_connection},
	{"tcp_sendmsg", "📤", "sendmsg", compact_sent},
	{"bpf_check", "🐝", "bpf_load", compact_program},
	{"security_perf_event_alloc", "🐝", "perf_event_alloc", compact_perf_event},
	{"security_bpf_map_alloc", "🗺", "bpf_map_create", compact_map},
	{"security_bpf_map_create", "🗺", "bpf_map_create", compact_map},
	{"security_path_truncate", ICON_WRITE, "truncate", print_first_path},
	{"security_file_truncate", ICON_WRITE, "truncate", print_first_path},
};

static const char *without_architecture(const char *function)
{
	static const char *const prefixes[] = {"__x64_", "__arm64_", "__ia32_"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!strncmp(function, prefixes[i], strlen(prefixes[i])))
			return function + strlen(prefixes[i]);
	}
	return function;
}

void compact_kprobe(struct compact *c)
{
	const char *function = without_architecture(c->event->function);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!strcmp(function, lines[i].function)) {
			print_line(c, &lines[i]);
			return;
		}
	}
	if (!strcmp(function, "security_file_permission"))
		print_permission(c);
	else if (!strcmp(function, "security_mmap_file"))
		print_mmap(c);
	else
		print_other(c);
}
