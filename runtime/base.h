/* SPDX-License-Identifier: Apache-2.0 */
/* The process programs that tgrun carries inside, and the maps that bundles borrow. */
#ifndef TGRUN_BASE_H
#define TGRUN_BASE_H

#include <stdbool.h>
#include <stdint.h>
#include "bpf-templates/tg_event.h"
#include "runtime/attach.h"
#include "runtime/counters.h"
#include "runtime/failure.h"
#include "runtime/features.h"
#include "runtime/misses.h"

enum base_map {
	BASE_MAP_RING,
	BASE_MAP_PROC,
	BASE_MAP_SCRATCH,
	BASE_MAP_USERS,
	BASE_MAP_KNOWN,
	BASE_MAP_COUNT,
};

struct base {
	int maps[BASE_MAP_COUNT]; /* owned */
	struct links links;
	struct counters lost;  /* by enum tg_kind; 0: process table full; then what spares did */
	struct misses misses;  /* of each program, then of each spare */
	uint64_t startup_full; /* the same for processes found at the start */
};

extern const char *const base_map_names[BASE_MAP_COUNT];

/* Entries of a process table that cannot grow on demand. */
#define BASE_FIXED_PROCESSES 8192

struct base_options {
	uint32_t ring_size;	 /* bytes, a power of two of at least a page */
	uint32_t processes;	 /* entries of the process table; 0: as many as fit this kernel */
	struct tg_wanted wanted; /* what execs tell */
};

/* Loads and attaches. */
int base_start(struct base *b, struct features *f, const struct base_options *o,
	       struct failure *why);
/*
 * Starts or ends (TG_EXEC, TG_CLONE, TG_EXIT) that neither a program nor its spare saw, because
 * both were interrupted: at most so many. Needs no privileges.
 */
uint64_t base_unseen(const struct base *b, enum tg_kind kind);
/* How many of them only a spare saw. */
uint64_t base_stood_in(const struct base *b, enum tg_kind kind);
/* The entry of a process in the table. 0, or -1; since 6.0 this needs no privileges. `base`: struct
 * base. */
int base_look(void *base, uint32_t pid, struct tg_proc *out);
/* No more records; maps and counters stay. */
void base_detach(struct base *b);
void base_stop(struct base *b);

#endif
