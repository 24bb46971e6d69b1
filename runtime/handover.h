/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From one bundle to the next of the same name, while both are attached.
 *
 * The new one is attached to every hook before the old one is detached from any, so each call goes
 * through a program of one of them, and some through both. Which of both records counts is decided
 * by the moment of the switch, which is taken in between, when both are attached everywhere: what
 * the old one recorded before it counts, and what the new one recorded from then on. Every call
 * before the switch has a record of the old one, every later one a record of the new one.
 *
 * That leaves calls whose two records lie on both sides of the switch, some microseconds apart. The
 * kernel runs one program after the other in the thread that calls, so the two are neighbours in
 * what this thread records of the hook. Of such a pair one counts, whichever program ran first.
 * Which program runs first is the same for all calls, and the two records of a call are closer to
 * each other than those of two calls; so the thread's records from before the switch tell a pair
 * from the end of one call and the begin of the next. A first record from before the new bundle was
 * attached everywhere may have no second one; it is taken for half of a pair only when the other
 * half comes within HANDOVER_TWIN_NS.
 */
#ifndef TGRUN_HANDOVER_H
#define TGRUN_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#define HANDOVER_THREADS 1024 /* threads and hooks whose last records are remembered */
#define HANDOVER_TWIN_NS 1000000ull

struct handover_record {
	uint64_t ktime; /* 0: none */
	bool of_new, counted;
};

struct handover_thread {
	uint32_t tid, hook;
	struct handover_record last; /* what it recorded last */
	/* From a record of the old one to the next one of the new one, and the reverse. */
	struct {
		uint64_t sum, count;
	} gaps[2];
};

struct handover {
	struct handover *next; /* one that began before; records must count with all */
	uint32_t old, new;     /* fingerprints */
	uint64_t attached_at;  /* when both were attached everywhere; boot-time clock */
	uint64_t switch_at;    /* later than that; UINT64_MAX: not yet */
	struct handover_thread threads[HANDOVER_THREADS];
};

/* NULL when memory runs out. The caller frees. */
struct handover *handover_new(uint32_t old, uint32_t new);

/*
 * Whether a record counts, with this and all that began before: `bundle` its fingerprint, `hook` a
 * hash of what is called. Records of other bundles do. In the order of the ring.
 */
bool handover_takes(struct handover *h, uint32_t bundle, uint32_t tid, uint32_t hook,
		    uint64_t ktime);

#endif
