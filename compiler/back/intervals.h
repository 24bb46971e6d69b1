/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of numbers, up to 128 bits wide, as intervals. */
#ifndef TGC_INTERVALS_H
#define TGC_INTERVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned __int128 wide;

struct interval {
	wide low, high; /* both included; low <= high */
};

/* Sorts them and joins those that overlap or touch, in place; gives how many are left. */
size_t intervals_join(struct interval *v, size_t n);
/* Is the number in one of them, as intervals_join() leaves them? */
bool intervals_have(const struct interval *v, size_t n, wide number);
/*
 * The points at which belonging to the set changes, in order: an odd number of them is not above
 * a number of the set, an even one of others. `out` has room for 2 * n; `top` is the largest
 * number there is.
 */
size_t intervals_edges(const struct interval *v, size_t n, wide top, wide *out);

#endif
