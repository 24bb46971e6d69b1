/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call on the way to a program: an event's arguments as the kernel passes them, made in the
 * memory that fake_use() says. Include after fake.h.
 */
#ifndef DECIDE_CALL_H
#define DECIDE_CALL_H

#include "shape.h"

#define CALL_CONTEXT 256

struct call {
	const struct shape *shape;
	const struct event *event;
	uint64_t values[SHAPE_ARGS], returned;
	uint64_t socks[SHAPE_ARGS];	    /* the kernel's sockets behind them */
	uint64_t context[CALL_CONTEXT / 8]; /* what the program is given */
	int result;			    /* what it returned */
};

/* Makes the arguments and the task; all objects of calls before are gone. */
void call_make(struct call *c, const struct shape *s, const struct event *e);
/* Makes the context for a program: a kprobe gets registers, others an array or a record. */
void call_context(struct call *c, bool kprobe);

#endif
