/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel said of a bundle: `tgrun --check` in the guest, line by line. */
#ifndef TGC_VERDICTS_H
#define TGC_VERDICTS_H

#include <stdbool.h>
#include <stdio.h>
#include "runtime/artifact.h"

struct arena;

struct verdict {
	enum tg_verdict verdict; /* 0: nothing was said */
	uint32_t walked, xlated, jited;
	const char *reason; /* "" when good */
	/* Of a refused one; "", 0 or NULL when not known. */
	const char *file, *words, *cause;
	uint32_t line;
};

struct verdict_map {
	const char *name;
	uint64_t memory;
};

struct verdicts { /* of one kernel */
	struct arena *arena;
	const struct artifact *artifact;
	const char *name;    /* as the user calls the kernel */
	const char *release; /* as it says itself; NULL: it has not come to the end */
	uint32_t cpus;
	uint64_t memory;	  /* bytes of the bundle's own maps */
	struct verdict *programs; /* as in the artifact */
	struct verdict_map *maps;
	size_t map_count, map_room;
	const char *last_error; /* of tgrun's standard error; "" none */
};

void verdicts_init(struct verdicts *v, struct arena *a, const struct artifact *artifact,
		   const char *name);
/* One line of standard output, from a guest that need not be right. */
void verdicts_line(struct verdicts *v, const char *line);
/* Whether every program has a verdict, and the kernel has said what it is. */
bool verdicts_are_complete(const struct verdicts *v);
/* Whether the hook has a variant that works; a further part has those of the first one. */
bool verdicts_hook_works(const struct verdicts *v, uint32_t hook);
/* Whether each hook has one, and each process program works. */
bool verdicts_are_good(const struct verdicts *v);
const char *verdict_word(enum tg_verdict verdict);

void verdicts_print_text(FILE *to, const struct verdicts *v);
/* One document for all kernels; -1 when memory ran out. */
int verdicts_print_json(FILE *to, const struct verdicts *v, size_t count);

#endif
