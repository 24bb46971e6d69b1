// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/event_compact.h"
#include "runtime/file_hash.h"
#include "runtime/kprobe_lines.h"
#include "runtime/syscall_name.h"
#include "runtime/stack_text.h"

static void begin_color(struct compact *c, enum compact_color color)
{
	if (c->style->colors)
		buffer_print(c->out, "\x1b[%dm", (int)color);
}

static void end_color(struct compact *c)
{
	if (c->style->colors)
		buffer_text(c->out, "\x1b[0m");
}

void compact_label(struct compact *c, const char *icon, const char *label)
{
	begin_color(c, COMPACT_BLUE);
	buffer_print(c->out, "%s %-7s", icon, label);
	end_color(c);
}

void compact_text(struct compact *c, enum compact_color color, const char *text, size_t size)
{
	begin_color(c, color);
	compact_quote(c->out, text, size);
	end_color(c);
}

void compact_plain(struct compact *c, enum compact_color color, const char *text)
{
	begin_color(c, color);
	buffer_text(c->out, text);
	end_color(c);
}

void compact_source(struct compact *c)
{
	const struct proc *p = c->event->process;
	const char *binary = p ? proc_binary(p) : "";

	buffer_char(c->out, ' ');
	compact_text(c, COMPACT_GREEN, c->style->node_name, strlen(c->style->node_name));
	buffer_char(c->out, ' ');
	compact_text(c, COMPACT_MAGENTA, binary, strlen(binary));
}

static void print_arguments(struct compact *c)
{
	const struct proc *p = c->event->process;
	const char *arguments = p ? proc_arguments(p) : "";

	buffer_char(c->out, ' ');
	compact_text(c, COMPACT_CYAN, arguments, strlen(arguments));
}

static void print_exec(struct compact *c)
{
	compact_label(c, "🚀", "process");
	compact_source(c);
	print_arguments(c);
}

static void print_exit(struct compact *c)
{
	const char *signal = exit_signal_name(c->event->exit_code);

	compact_label(c, "💥", "exit");
	compact_source(c);
	print_arguments(c);
	buffer_char(c->out, ' ');
	begin_color(c, COMPACT_RED);
	if (signal)
		buffer_text(c->out, signal);
	else
		buffer_print(c->out, "%" PRIu32, exit_status(c->event->exit_code));
	end_color(c);
}

static void print_lsm(struct compact *c)
{
	compact_label(c, "🔒", "LSM");
	compact_source(c);
	buffer_char(c->out, ' ');
	buffer_text(c->out, c->event->function);
}

static void print_tracepoint(struct compact *c)
{
	if (event_is_syscall(c->event)) {
		compact_syscall(c);
		return;
	}
	compact_label(c, "\u2049\ufe0f", "tracepoint");
	compact_source(c);
	buffer_char(c->out, ' ');
	buffer_text(c->out, c->event->subsystem);
	buffer_char(c->out, ' ');
	buffer_text(c->out, c->event->function);
}

static void print_words(struct compact *c, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buffer_char(c->out, ' ');
		buffer_text(c->out, words[i]);
	}
}

static void print_uprobe(struct compact *c)
{
	compact_label(c, "\U0001f575\ufe0f", "uprobe");
	compact_source(c);
	print_words(c, (const char *const[]){c->event->path, c->event->function}, 2);
}

static void print_usdt(struct compact *c)
{
	compact_label(c, "\U0001f575\ufe0f", "usdt");
	compact_source(c);
	print_words(c,
		    (const char *const[]){c->event->path, c->event->subsystem, c->event->function},
		    3);
}

static void print_loader(struct compact *c)
{
	const struct event *e = c->event;

	compact_label(c, "\U0001f9ec", "loader");
	compact_source(c);
	buffer_char(c->out, ' ');
	for (uint32_t i = 0; i < e->build_id_size; i++)
		buffer_print(c->out, "%02x", e->build_id[i]);
	buffer_text(c->out, e->build_id_size ? " " : "");
	compact_text(c, COMPACT_YELLOW, e->args[0].text.bytes, e->args[0].text.size);
}

/* The hook's first argument is the file, if the policy shows it. */
static void hash_line(struct compact *c)
{
	const struct event *e = c->event;
	char text[FILE_HASH_TEXT];

	if (!e->hash || !file_hash_text(text, e->hash) || !e->arg_count ||
	    (e->args[0].type != TG_ARG_FILE && e->args[0].type != TG_ARG_BINPRM))
		return;
	buffer_text(c->out, "\n   ");
	compact_text(c, COMPACT_GREEN, e->args[0].text.bytes, e->args[0].text.size);
	buffer_char(c->out, ' ');
	compact_plain(c, COMPACT_BLUE, text);
}

void event_compact(struct buffer *out, const struct event *e, const struct event_style *style)
{
	static void (*const printers[])(struct compact *) = {
		[EVENT_EXEC] = print_exec,
		[EVENT_EXIT] = print_exit,
		[EVENT_KPROBE] = compact_kprobe,
		[EVENT_LSM] = print_lsm,
		[EVENT_TRACEPOINT] = print_tracepoint,
		[EVENT_UPROBE] = print_uprobe,
		[EVENT_USDT] = print_usdt,
		[EVENT_LOADER] = print_loader,
	};
	struct compact c = {out, e, style};
	char time[CLOCK_TEXT_SIZE];

	if (style->timestamps) {
		clock_text(time, clock_wall(style->clock, e->ktime), true);
		buffer_text(out, time);
		buffer_char(out, ' ');
	}
	printers[e->kind](&c);
	stack_lines(&c);
	hash_line(&c);
	buffer_char(out, '\n');
}
