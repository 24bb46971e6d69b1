/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random policies of several selectors with several conditions and actions, several on one hook,
 * and random calls: what the programs do must be what the reference evaluator says.
 */
#ifndef DECIDE_MIXED_H
#define DECIDE_MIXED_H

#include "check.h"
#include "random.h"

/* Appends random shapes; the same ones for the same seed. */
void mixed_shapes(struct arena *a, uint64_t seed, struct shapes *out);
/* Runs `calls` random calls of each of the shapes from `first` to `last`; pairs are calls here. */
struct random_tally mixed_run(struct checker *c, uint64_t seed, const struct shapes *all,
			      size_t first, size_t last, unsigned calls);

#endif
