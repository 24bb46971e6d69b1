/* SPDX-License-Identifier: Apache-2.0 */
/* Which edits of a run go into which file. Shared by fix.c and fix_diff.c only. */
#ifndef TGC_FIX_PLAN_H
#define TGC_FIX_PLAN_H

#include "fix.h"

struct fix_edit {
	uint32_t start, end;
	const char *text;
};

struct fix_file {
	const struct source *source;
	struct fix_edit *edits; /* in order; none overlaps another */
	size_t count, room;
};

struct fix_plan {
	struct fix_file *files; /* one for each source */
	uint32_t count;
	struct fix_counts counts; /* `files`: that have edits */
};

/* In the arena of `d`. */
struct fix_plan fix_plan(const struct diags *d);

/* The bytes `from` to `to` of a file with the edits [first, last) applied. In the arena. */
const char *fix_bytes(struct arena *a, const struct fix_file *f, size_t from, size_t to,
		      size_t first, size_t last, size_t *size);

#endif
