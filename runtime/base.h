/* SPDX-License-Identifier: Apache-2.0 */
/* The process programs that tgrun carries inside, and the maps that bundles borrow. */
#ifndef TGRUN_BASE_H
#define TGRUN_BASE_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/attach.h"
#include "runtime/counters.h"
#include "runtime/failure.h"
#include "runtime/features.h"

enum base_map {
	BASE_MAP_RING,
	BASE_MAP_PROC,
	BASE_MAP_SCRATCH,
	BASE_MAP_USERS,
	BASE_MAP_COUNT,
};

struct base {
	int maps[BASE_MAP_COUNT]; /* owned */
	struct links links;
	struct counters lost;  /* by enum tg_kind; 0: process table full */
	uint64_t startup_full; /* the same for processes found at the start */
};

extern const char *const base_map_names[BASE_MAP_COUNT];

/* Entries of a process table that cannot grow on demand. */
#define BASE_FIXED_PROCESSES 8192

/* Loads and attaches. `ring_size`: bytes, a power of two of at least a page. */
int base_start(struct base *b, struct features *f, uint32_t ring_size, struct failure *why);
/* No more records; maps and counters stay. */
void base_detach(struct base *b);
void base_stop(struct base *b);

#endif
