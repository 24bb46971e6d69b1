/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random choices that can be made again: each is kept on a tape. A run that is given a tape takes
 * its choices from there, and the plainest (0) beyond its end; so whoever writes zeros into a tape
 * gets something simpler of the same kind.
 */
#ifndef DECIDE_DRAW_H
#define DECIDE_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct draw {
	struct arena *arena; /* of the tape */
	uint64_t state;
	uint32_t *tape;
	size_t length, room, at;
	bool replay;
};

/* The same choices for the same seed and numbers. */
void draw_begin(struct draw *d, struct arena *a, uint64_t seed, uint64_t a_number,
		uint64_t another);
/* From the start of the tape again. */
void draw_again(struct draw *d);

/* 0 is the plainest. `n` is not 0. */
unsigned draw_below(struct draw *d, unsigned n);
/* False is the plainest. */
bool draw_one_in(struct draw *d, unsigned n);
uint64_t draw_bits(struct draw *d);

#define DRAW_FROM(d, array) ((array)[draw_below(d, sizeof(array) / sizeof((array)[0]))])

#endif
