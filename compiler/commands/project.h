/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The project file, tgc.yaml: what is checked, against which kernels, how strictly, and where the
 * bundle goes, so that CI runs `tgc lint` and `tgc compile` without arguments. The schema is the
 * table in project.c, which libcyaml loads by and project_check.c reports by.
 */
#ifndef TGC_PROJECT_H
#define TGC_PROJECT_H

#include <stdbool.h>
#include <stdint.h>
#include "compiler/diag/diag_write.h"
#include "compiler/base/exit.h"
#include "compiler/prove/budget.h"

struct arena;

#define PROJECT_FILE "tgc.yaml"
#define PROJECT_MAX  (1u << 20) /* bytes */
#define PROJECT_LIST 1000	/* entries of a list */

/* A list that was not given is empty, a string or number NULL. Paths are as a process in the
 * current folder opens them; owned by the arena. */
struct project {
	const char *file;   /* as messages name it */
	const char *folder; /* where it lies; what paths in it are relative to */
	uint32_t version;
	const char **kernels; /* those with a slash are paths, others names */
	const char **policies;
	const char **exclude; /* patterns, relative to `folder` */
	struct project_rules {
		const char **error, **warn, **allow; /* names of diagnostics */
		uint32_t error_count, warn_count, allow_count;
	} rules;
	struct {
		const char *key, *cert;
	} sign;
	struct {
		const char *bundle, *name;
		uint64_t *version;
		uint32_t *limit;
		enum diag_format *format;
	} output;
	struct {
#define BUDGET(field, key, unit, most) const char *field;
#include "compiler/prove/budgets.def"
#undef BUDGET
	} budget;
	struct budget limits; /* of `budget`, as numbers */
	uint32_t kernels_count, policies_count, exclude_count;
	bool strict;
};

/*
 * The project file that holds for the current folder: looked for upwards, to the root or the top
 * of a git working tree. NULL when there is none.
 */
const char *project_find(struct arena *a);
/* The same for a folder: "." or a path. */
const char *project_find_from(struct arena *a, const char *folder);

/* Reads one that is among the sources already; false when messages say what is wrong with it. */
bool project_read(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		  struct project *out);

/*
 * Reads one from disk, messages to standard error. EXIT_USAGE: it is wrong, EXIT_ENVIRONMENT: it
 * cannot be read.
 */
enum exit_code project_load(struct arena *a, const char *path, bool colour, struct project *out);

#endif
