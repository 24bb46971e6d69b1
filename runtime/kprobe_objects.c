// SPDX-License-Identifier: Apache-2.0
/* Compact lines of kprobes on sockets and BPF objects. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "runtime/arg_json.h"
#include "runtime/arg_names.h"
#include "runtime/arg_net.h"
#include "runtime/kprobe_lines.h"

/* The struct of argument 0, or zeros. */
static void take_first(const struct compact *c, enum tg_arg_type type, void *out, size_t size)
{
	const struct event_arg *arg = &c->event->args[0];

	memset(out, 0, size);
	if (arg->type == type && arg->slot.status == TG_SLOT_OK)
		arg_take(arg, out, size);
}

static void print_cyan(struct compact *c, struct buffer *text)
{
	buffer_char(text, '\0');
	if (!text->failed)
		compact_plain(c, COMPACT_CYAN, text->data);
	buffer_free(text);
}

void compact_connection(struct compact *c)
{
	struct buffer text = {0};
	struct tg_socket s;

	buffer_char(c->out, ' ');
	if (!c->event->arg_count)
		return;
	take_first(c, TG_ARG_SOCK, &s, sizeof(s));
	buffer_text(&text, "tcp ");
	arg_address(&text, s.family, (const uint64_t *)s.saddr);
	buffer_print(&text, ":%u -> ", s.sport);
	arg_address(&text, s.family, (const uint64_t *)s.daddr);
	buffer_print(&text, ":%u", s.dport);
	print_cyan(c, &text);
}

void compact_sent(struct compact *c)
{
	const struct event_arg *arg = &c->event->args[1];
	bool is_int = c->event->arg_count > 1 && arg->type == TG_ARG_INT;

	compact_connection(c);
	buffer_print(c->out, " bytes %" PRId32, is_int ? (int32_t)arg->slot.value : 0);
}

static const char *word(enum arg_names set, uint32_t number, char room[ARG_NUMBER_SIZE])
{
	return arg_name_or_number(set, number, room);
}

void compact_program(struct compact *c)
{
	char room[ARG_NUMBER_SIZE];
	struct buffer text = {0};
	struct tg_bpf_prog p;

	buffer_char(c->out, ' ');
	if (!c->event->arg_count)
		return;
	take_first(c, TG_ARG_BPF_ATTR, &p, sizeof(p));
	buffer_print(&text, "%s %.*s instruction count %" PRIu32,
		     word(ARG_NAMES_PROGRAM, p.type, room), (int)sizeof(p.name), p.name,
		     (uint32_t)p.insns);
	print_cyan(c, &text);
}

void compact_perf_event(struct compact *c)
{
	char room[ARG_NUMBER_SIZE];
	struct buffer text = {0};
	struct tg_perf_event e;

	buffer_char(c->out, ' ');
	if (!c->event->arg_count)
		return;
	take_first(c, TG_ARG_PERF_EVENT, &e, sizeof(e));
	buffer_print(&text, "%s %.*s", word(ARG_NAMES_PERF, e.type, room), (int)sizeof(e.function),
		     e.function);
	print_cyan(c, &text);
}

void compact_map(struct compact *c)
{
	char room[ARG_NUMBER_SIZE];
	struct buffer text = {0};
	struct tg_bpf_map m;

	buffer_char(c->out, ' ');
	if (!c->event->arg_count)
		return;
	take_first(c, TG_ARG_BPF_MAP, &m, sizeof(m));
	buffer_print(&text,
		     "%s %.*s key size %" PRIu32 " value size %" PRIu32 " max entries %" PRIu32,
		     word(ARG_NAMES_MAP, m.type, room), (int)sizeof(m.name), m.name,
		     (uint32_t)m.key_size, (uint32_t)m.value_size, (uint32_t)m.max_entries);
	print_cyan(c, &text);
}
