/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language server: the Language Server Protocol 3.17 over two file descriptors, for policies in
 * YAML and in the terse language. docs/editors.md tells what it can do.
 */
#ifndef TGC_LSP_H
#define TGC_LSP_H

#include "compiler/diag/diag_options.h"
#include "compiler/terse/terse.h"

struct lsp_options {
	/* Kernels to check against; none: those of the project, else the running one. */
	const char *const *kernels;
	size_t kernel_count;
	const char *root;    /* NULL, or where binaries that probes name are looked up */
	const char *project; /* NULL: looked for from each document's folder upwards */
	bool no_project;
	struct diag_options diag; /* levels that the command line chose */
	const struct terse_param *params;
	size_t param_count;
};

/*
 * Serves until the client says `exit` or is gone. Returns 0, or 1 when there was no `shutdown`
 * before, as the protocol wants it.
 */
int lsp_serve(const struct lsp_options *o, int in, int out);

#endif
