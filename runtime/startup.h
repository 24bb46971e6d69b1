/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that run already when tgrun starts. */
#ifndef TGRUN_STARTUP_H
#define TGRUN_STARTUP_H

#include "runtime/failure.h"
#include "runtime/procs.h"

/* Keys of the processes to report, parents before their children; `v` is owned. */
struct startup {
	struct tg_key *v;
	size_t count;
	uint64_t table_full; /* processes that the kernel's table had no room for */
};

/* A table that was kept with its ring (keep.h). */
struct startup_kept {
	int ring_fd;
	uint32_t ring_size;
};

/*
 * Reads `directory` (/proc) and fills the process cache and the kernel's process table. The
 * process programs must be attached: what they have entered already is newer and stays, and its
 * record is in the ring. In a table that was kept that is so of some only: of the others, who they
 * are is taken from the table and what they run from /proc. `kept`: NULL for a new table. `facts`:
 * credentials and namespaces are to be kept.
 */
int startup_scan(struct startup *out, const char *directory, int table_fd,
		 const struct startup_kept *kept, struct procs *procs, bool facts,
		 struct failure *why);
void startup_free(struct startup *s);

#endif
