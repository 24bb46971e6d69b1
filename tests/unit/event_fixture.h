/* SPDX-License-Identifier: Apache-2.0 */
/* Processes and events for tests of what tgrun prints: a shell and the curl it started. */
#ifndef EVENT_FIXTURE_H
#define EVENT_FIXTURE_H

#include "runtime/buffer.h"
#include "runtime/clock.h"
#include "runtime/event.h"

struct event_fixture {
	struct clock clock;
	struct event_style style;
	struct procs *procs;
	struct event event; /* of curl, child of the shell; without arguments */
};

/* The node is "worker-3", booted 2026-08-20 06:00:00 UTC. */
void event_fixture_open(struct event_fixture *f, enum event_kind kind);
void event_fixture_close(struct event_fixture *f);

/* Appends an argument; `text` may be NULL. */
void event_fixture_arg(struct event_fixture *f, enum tg_arg_type type, uint64_t value,
		       const char *text, const char *label);

/* `actual` is exactly `expected`; frees `actual`. */
void expect_text(struct buffer *actual, const char *expected);

#endif
