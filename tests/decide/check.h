/* SPDX-License-Identifier: Apache-2.0 */
/* Running events through the compiled programs. */
#ifndef DECIDE_CHECK_H
#define DECIDE_CHECK_H

#include "backend.h"

struct judge;

struct checker {
	struct arena *arena;
	struct judge *judge; /* goes on with each event */
	struct backend backends[2];
	size_t backend_count;
	size_t in_kernel; /* events that a kernel ran, too */
	uint64_t matched; /* bits of the first part's record; 0 when there was none */
	char why[16384];
};

/*
 * Asks the reference evaluator, then calls every variant of the shape's program on every backend
 * and compares the record, the signals, the result and the losses with what is expected; the texts
 * and numbers of the record with the reference. False with a sentence in `why`.
 */
bool check_event(struct checker *c, const struct shape *s, struct event *e);
/* Without asking the evaluator, which has said what is expected. */
bool check_programs(struct checker *c, const struct shape *s, const struct event *e);

#endif
