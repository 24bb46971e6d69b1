/* SPDX-License-Identifier: Apache-2.0 */
/* What waits in the ring of events, looked at without taking it. */
#ifndef TGRUN_RING_PEEK_H
#define TGRUN_RING_PEEK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Calls for each record that is complete, the oldest first; hostile bytes. `size`: of the ring, a
 * power of two. 0, or -1 with errno.
 */
int ring_peek(int fd, uint32_t size, void (*take)(void *state, const void *record, size_t size),
	      void *state);

/*
 * The same of memory: `data` has the ring twice, one after the other, as the kernel maps it;
 * `consumer` and `producer` are the positions.
 */
void ring_peek_memory(const void *data, uint32_t size, uint64_t consumer, uint64_t producer,
		      void (*take)(void *state, const void *record, size_t size), void *state);

#endif
