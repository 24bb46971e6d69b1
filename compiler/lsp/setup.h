/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What policies of a folder are checked with: the project file that holds there, and kernels.
 * Kernels stay open between edits; a project file that has changed makes its setup anew.
 */
#ifndef TGC_LSP_SETUP_H
#define TGC_LSP_SETUP_H

#include <time.h>
#include "compiler/check/kernel_check.h"
#include "compiler/commands/project.h"
#include "compiler/diag/diag_options.h"
#include "functions.h"
#include "lsp.h"

struct setup {
	struct setup *next;
	struct arena arena;
	const char *file; /* the project's, or NULL */
	struct timespec changed;
	struct project project;
	struct diag_options diag;
	const char **names; /* of the kernels */
	size_t name_count;
	struct kernel_set kernels;
	char why[1024];		     /* what is wrong with it, or "" */
	bool told;		     /* the client knows of it */
	struct functions *functions; /* setup_functions() */
};

/* The setup for a document, from the list or new. */
struct setup *setup_for(struct setup **list, const struct lsp_options *o, const char *path);
/* Whether the project file is not as it was read. */
bool setup_stale(const struct setup *s);
/* The names that its kernels have, for completion; made at first use. */
const struct functions *setup_functions(struct setup *s);
void setup_free(struct setup *s);

#endif
