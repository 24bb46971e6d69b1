/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a compilation is, on standard error, once it has taken a second: one line that is written
 * anew, when that is a terminal; with --progress a line each, whatever it is; else nothing.
 */
#ifndef TGC_PROGRESS_H
#define TGC_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct progress {
	struct timespec start;
	bool lines;    /* asked for: a line each */
	bool terminal; /* one line, written anew */
	bool shown;    /* that line is there */
	size_t last;   /* what was told last, for lines: `done` + 1 */
};

void progress_begin(struct progress *p, bool asked);
/* Is there anything to tell later, for which the caller should wake up? */
bool progress_wanted(const struct progress *p);
/* "tgc: WORDS", and when `total` is not 0 ", DONE of TOTAL". */
void progress_tell(struct progress *p, const char *words, size_t done, size_t total);
/* Before anything else is written: takes the line away. */
void progress_end(struct progress *p);

#endif
