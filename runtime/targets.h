/* SPDX-License-Identifier: Apache-2.0 */
/* What a bundle's hooks go to on this node: functions of lists by address, files that were checked.
 */
#ifndef TGRUN_TARGETS_H
#define TGRUN_TARGETS_H

#include "runtime/artifact.h"
#include "runtime/features.h"
#include "runtime/ksyms.h"
#include "runtime/record.h"

struct targets {
	uint64_t *addresses; /* of targets in the kernel; 0: not there, or hidden */
	uint64_t *offsets;   /* of targets in files: in the file, or from the symbol */
	int *files;	     /* their descriptors, until everything is attached; else -1 */
	uint32_t count;
	bool *absent;	   /* targets that this node goes without */
	bool *hook_absent; /* hooks, likewise */
};

/*
 * Looks at the kernel when the bundle has lists, hooks that may be missing or hooks for some
 * kernels only, and at the files that probes go into. 0, or -1 with a sentence.
 */
int targets_open(struct targets *t, const struct artifact *a, struct features *f, char *why,
		 size_t why_size);
void targets_free(struct targets *t);
/* What only attaching needs. */
void targets_close_files(struct targets *t);

/* Which target of its hook a record of a list is about; NULL: it says none that is. */
const struct tg_target_entry *targets_of_record(const struct targets *t, const struct artifact *a,
						const struct record *r);

#endif
