/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a unit's programs run: on this machine with sanitizers (unit.h), or in its kernel (jit.h).
 * What a call did is in fake_outcome.
 */
#ifndef DECIDE_BACKEND_H
#define DECIDE_BACKEND_H

#include "call.h"

struct fake_space;

/* What lasts from call to call. */
enum backend_tables {
	TABLES_CLEAR,	/* is forgotten */
	TABLES_KEEP,	/* is noted as it is now */
	TABLES_RESTORE, /* becomes what was noted */
};

struct backend {
	const char *name;
	void *unit;
	const struct fake_space *space; /* NULL: the host's */
	bool host;			/* can be disturbed in the middle of a call */
	/* A program by its name, or NULL. */
	void *(*find)(void *unit, const char *name);
	/* Runs it with the call's context and the task of fake_conditions. */
	int (*run)(void *unit, void *program, struct call *c);
	void (*tables)(void *unit, enum backend_tables what);
};

#endif
