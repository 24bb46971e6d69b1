/* SPDX-License-Identifier: Apache-2.0 */
/* Checking many policies without building anything: tgc lint. */
#ifndef TGC_LINT_H
#define TGC_LINT_H

#include "compiler/diag/diag_options.h"
#include "policy_files.h"

struct lint_options {
	const struct policy_file *files;
	size_t file_count;
	const char *const *kernels;
	size_t kernel_count;
	const char *root; /* NULL, or where binaries that probes name are looked up */
	struct diag_options diag;
	const struct terse_param *params;
	size_t param_count;
	bool fix;    /* rewrite the files, see fix.h */
	bool diff;   /* write the same to standard output as a diff */
	bool quiet;  /* findings only, no closing summary, no matrix */
	bool matrix; /* matrix.h, also for a single kernel; several have it anyway */
};

/*
 * Every file is read and checked by itself, for every kernel, up to the plan of its programs; one
 * with errors does not keep the others from being checked. Findings go where `diag` says, a
 * summary to standard error. Returns EXIT_DONE, EXIT_REJECTED, or EXIT_ENVIRONMENT when a file or
 * kernel cannot be read.
 */
enum exit_code lint(const struct lint_options *o);

#endif
