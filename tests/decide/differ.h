/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differential testing: generated policies (gen.h) and calls, put to the reference evaluator, to
 * the emitted programs on the host with sanitizers, and to the same programs in the kernel. All
 * must agree. What does not is made smaller and printed with the command that does it again.
 */
#ifndef DECIDE_DIFFER_H
#define DECIDE_DIFFER_H

#include "reach.h"
#include "unit.h"

struct differ_options {
	struct unit_place place; /* its arena for what lasts */
	uint64_t seed;
	uint64_t first_set; /* sets and calls are numbered */
	unsigned sets, batch, events;
	unsigned seconds; /* not 0: as many sets as can be run in this time */
	uint64_t first_event;
	bool jit;
};

struct differ_tally {
	size_t sets, pairs, acted, jit_pairs; /* pairs: a set's call, whatever the variants */
	size_t programs, refused;	      /* by the kernel */
	size_t parted, indexed;		      /* sets whose program has parts, indexes */
	unsigned failures;
	struct reach reach;
};

/* False after printing why nothing could be run. */
bool differ_run(const struct differ_options *o, struct differ_tally *t);

#endif
