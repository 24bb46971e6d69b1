/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applying the fixes that messages carry (diag_fix). The edits of a message are applied together
 * or not at all; where two messages want to change the same bytes, the one that comes first in
 * the file is applied and the other waits for another run. What holds for some of the kernels
 * of a run, but not for all, is left for a person.
 */
#ifndef TGC_FIX_H
#define TGC_FIX_H

#include "diag.h"

struct fix_counts {
	unsigned applied;  /* fixes, one for each message */
	unsigned deferred; /* overlap with one that was applied: run again */
	unsigned files;	   /* that were rewritten */
};

/*
 * Rewrites the files of `d` that have fixes: to a temporary file beside each, which is renamed,
 * with the mode of the file kept. Line ends and byte order marks stay as they are. False: a
 * sentence in `why`, and the files counted so far are rewritten, no other. Standard input, what
 * is no regular file and a file that has changed since it was read are refused.
 */
bool fix_apply(const struct diags *d, struct fix_counts *counts, char *why, size_t room);

/* The same as a unified diff, with no file touched. */
void fix_diff(const struct diags *d, FILE *to, struct fix_counts *counts);

/* The text of one file with its fixes applied, in the arena; NULL when it has none. */
const char *fix_text(const struct diags *d, uint32_t file, size_t *size);

#endif
