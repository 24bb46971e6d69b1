/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes whose exec or clone was lost on the way to tgrun. The kernel's table still knows who
 * they are: whose child, and since when. With that the process is put together anew, from its
 * parent or from /proc. What cannot be had for certain stays unknown, and its events say so.
 */
#ifndef TGRUN_REPAIR_H
#define TGRUN_REPAIR_H

#include "runtime/procfs.h"
#include "runtime/procs.h"

#define REPAIR_MOST 200 /* tries in a second of events: there is other work */

struct repair {
	/* The entry of a process in the kernel's table. 0, or -1 when there is none. */
	int (*look)(void *context, uint32_t pid, struct tg_proc *out);
	void *context;
	/* What this process may not read of another. 0, or -1; NULL: nobody can be asked. */
	int (*links)(void *reader, uint32_t pid, struct procfs_links *out);
	void *reader;
	const char *procfs; /* borrowed */
	bool facts;	    /* are kept with processes */
	uint64_t second;    /* when the tries were last counted from 0 */
	uint32_t tries;
	uint64_t repaired, failed; /* processes; and tries that came to nothing */
};

/* Tries to enter the process; `now` is the time of the event that asks. Whether it is known now. */
bool repair_process(struct repair *r, struct procs *procs, const struct tg_key *key, uint64_t now);

#endif
