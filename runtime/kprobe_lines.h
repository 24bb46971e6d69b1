/* SPDX-License-Identifier: Apache-2.0 */
/* The compact line under construction, and the lines of kprobe events, one form a function. */
#ifndef TGRUN_KPROBE_LINES_H
#define TGRUN_KPROBE_LINES_H

#include "runtime/buffer.h"
#include "runtime/event.h"

enum compact_color { /* ANSI numbers */
		     COMPACT_RED = 31,
		     COMPACT_GREEN = 32,
		     COMPACT_YELLOW = 33,
		     COMPACT_BLUE = 34,
		     COMPACT_MAGENTA = 35,
		     COMPACT_CYAN = 36,
};

struct compact {
	struct buffer *out;
	const struct event *event;
	const struct event_style *style;
};

void compact_label(struct compact *c, const char *icon, const char *label);
void compact_source(struct compact *c); /* node and binary, each after a space */
/* Quoted where it must be. */
void compact_text(struct compact *c, enum compact_color color, const char *text, size_t size);
void compact_plain(struct compact *c, enum compact_color color, const char *text);

void compact_kprobe(struct compact *c);

/* raw_syscalls/sys_enter (syscall_line.c). */
void compact_syscall(struct compact *c);

/* Details of lines (kprobe_objects.c), from argument 0: zeros when it is of another type. */
void compact_connection(struct compact *c);
void compact_sent(struct compact *c); /* and a number of bytes from argument 1 */
void compact_program(struct compact *c);
void compact_perf_event(struct compact *c);
void compact_map(struct compact *c);

#endif
