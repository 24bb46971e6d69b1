/* SPDX-License-Identifier: Apache-2.0 */
/* Events that never reached tgrun, as the kernel side counts them, or never left it. */
#ifndef TGRUN_LOSSES_H
#define TGRUN_LOSSES_H

#include "runtime/base.h"
#include "runtime/buffer.h"
#include "runtime/bundle.h"

struct losses {
	uint64_t lost;	 /* events that found the ring full */
	uint64_t clones; /* no events, but children without them are unknown until they exec */
	uint64_t unseen; /* starts and ends of processes that no program saw, at most */
	struct buffer unseen_parts;
	uint64_t table_full;	  /* processes that found the process table full */
	uint64_t discarded;	  /* events read, but not written: the relay fills this in */
	uint64_t too_slow;	  /* events dropped because a reader is slow: likewise */
	uint64_t held;		  /* events held back by rate limits, which is no loss */
	uint64_t missed;	  /* calls without their program */
	uint64_t *misses;	  /* the same by hook, over all bundles; owned, NULL none */
	uint64_t facts_missed;	  /* runs of programs that know what policies ask of processes */
	uint64_t changes;	  /* of the list of bundles, as of `misses` */
	bool unreadable;	  /* some counter could not be read */
	struct buffer parts;	  /* "policy NAME: n, process_exec: m"; owned */
	struct buffer held_parts; /* the same of what was held back */
	uint64_t unenforced;	  /* notifications that no enforcer acted on */
	struct buffer unenforced_parts;
	uint64_t forgotten; /* sockets whose owner is not known any more, though they are there */
	struct buffer forgotten_parts;
	uint64_t unchanged; /* registers or memory of user programs that could not be changed */
	struct buffer unchanged_parts;
};

/* Reads all counters anew. */
void losses_read(struct losses *l, const struct base *base, const struct bundles *bundles);

/* Prints to stderr what differs from `before`, which may be zero. */
void losses_report(const struct losses *l, const struct losses *before,
		   const struct bundles *bundles);
/* At the end: what rate limits held back, if anything. */
void losses_report_held(const struct losses *l);
void losses_free(struct losses *l);

#endif
