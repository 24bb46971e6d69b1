/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments and environments that are too long for the record of their exec: the rest comes first,
 * in records of its own (struct tg_rest), and is kept here until the exec's record asks for it.
 * What nobody asks for gives way to others: memory is bounded.
 */
#ifndef TGRUN_RESTS_H
#define TGRUN_RESTS_H

#include "runtime/buffer.h"
#include "runtime/record.h"

#define RESTS_MOST 16 /* kept at a time; execs of so many processors can be under way */

struct rest_kept {
	struct tg_key key; /* pid 0: free */
	uint32_t of;	   /* enum tg_rest_of */
	struct buffer bytes;
};

struct rests {
	struct rest_kept v[RESTS_MOST];
	uint32_t next; /* the oldest, which gives way */
};

/* Keeps the record's bytes if they go on where those before it ended. */
void rests_add(struct rests *r, const struct record *record);
/*
 * `first`, and the rest of it that is kept, put together in `out` (owned by the caller; empty when
 * memory runs out). Whether there was a rest. It is forgotten then.
 */
bool rests_take(struct rests *r, const struct tg_key *key, enum tg_rest_of of,
		const struct record_text *first, struct buffer *out);
void rests_free(struct rests *r);

#endif
