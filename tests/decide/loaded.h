/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of sets, built and loaded, ready for calls. */
#ifndef DECIDE_LOADED_H
#define DECIDE_LOADED_H

#include "check.h"
#include "gen.h"
#include "jit.h"
#include "reach.h"

struct loaded {
	struct arena arena;
	struct shapes shapes;
	struct checker *checker;
	struct judge *judge;
	struct jit *jit; /* NULL: not asked for */
	unsigned refused;
	struct reach *reach;	  /* NULL: not asked for */
	const struct part *parts; /* of the set that is being called */
};

/* Compiles and loads the shapes; the kernel's type information is there already (unit_kernel). */
bool loaded_open(struct loaded *b, const struct unit_place *place, bool jit);
void loaded_close(struct loaded *b);
/* Of calls that follow each other: what the evaluator expects is put into the event, then every
 * program is run. False: see checker. */
bool loaded_check(struct loaded *b, const struct shape *s, struct event *e, unsigned count);

#endif
