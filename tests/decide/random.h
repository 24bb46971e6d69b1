/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random policies and random calls over few names, so that they collide. The verdict of each
 * pair of a filter and a call must be the reference's, in every variant.
 */
#ifndef DECIDE_RANDOM_H
#define DECIDE_RANDOM_H

#include "check.h"
#include "shape.h"

/* Appends random shapes; the same ones for the same seed. */
void random_shapes(struct arena *a, uint64_t seed, struct shapes *out);
struct random_tally {
	size_t pairs, matches; /* of a filter and a call; how many of them hold */
	unsigned failures;     /* calls that were decided wrongly; the first ones are printed */
};

/* Runs `calls` random calls of each of the shapes from `first` on. */
struct random_tally random_run(struct checker *c, uint64_t seed, const struct shapes *all,
			       size_t first, unsigned calls);

#endif
