/* SPDX-License-Identifier: Apache-2.0 */
/* The stages in a row: from policy files to a signed bundle. */
#ifndef TGC_PIPELINE_H
#define TGC_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>
#include "compiler/diag/diag_options.h"
#include "compiler/base/exit.h"
#include "compiler/prove/budget.h"
#include "policy_files.h"

#define DEFAULT_BTF "/sys/kernel/btf/vmlinux"

struct compile_options {
	const struct policy_file *policies;
	size_t policy_count;
	const char *const *kernels; /* kernel_check.h; the policies fit all of them */
	size_t kernel_count;
	const char *root; /* NULL, or where binaries that probes name are looked up */
	const char *output, *key, *cert;
	const char *name; /* of the bundle; NULL: the output's base name */
	uint64_t version;
	const struct terse_param *params;
	size_t param_count;
	uint32_t jobs; /* clangs at once; 0: one for each processor */
	struct budget budget;
	bool allow_missing; /* a hook that only some kernels have is left out on the others */
	bool report;	    /* what the bundle costs, to stdout once it is written */
	bool no_cache;	    /* neither look into it nor keep anything */
	bool progress;	    /* told on standard error, whatever that is */
	bool places;	    /* dumps show where things were written */
	struct diag_options diag;
};

/* Reports as options->diag says, and leaves no output file unless it returns EXIT_DONE. */
enum exit_code compile(const struct compile_options *o);

enum dump_stage { DUMP_AST, DUMP_IR, DUMP_TIR, DUMP_C };

/* What a stage made, to stdout; messages to stderr in every format. */
enum exit_code dump(const struct compile_options *o, enum dump_stage stage);

#endif
