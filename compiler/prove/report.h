/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a bundle costs, as its bytes tell: `tgc compile --report` and what budgets are held
 * against. Everything lives in the arena, and refers to the artifact.
 */
#ifndef TGC_REPORT_H
#define TGC_REPORT_H

#include <stdio.h>
#include "cost.h"
#include "maps.h"
#include "runtime/artifact.h"

enum { REPORT_CPUS = 2 }; /* of maps that have an entry a CPU, unless the user says */

struct report_program {
	bool found; /* in the object; else there are no figures */
	struct cost cost;
};

struct report {
	const struct artifact *artifact;
	struct report_program *programs; /* as in the artifact */
	uint64_t *event_bytes;		 /* by hook: its largest record */
	struct object_maps maps;
	uint32_t cpus;
};

/* 0, or -1 with a sentence when the object cannot be read. */
int report_make(struct report *out, struct arena *a, const struct artifact *artifact, uint32_t cpus,
		char *why, size_t why_size);

void report_print_text(FILE *to, struct arena *a, const struct report *r);
/* -1 when memory ran out. */
int report_print_json(FILE *to, struct arena *a, const struct report *r);

#endif
