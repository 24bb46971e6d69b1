/* SPDX-License-Identifier: Apache-2.0 */
/* One policy file checked for every kernel, as `tgc lint` and the language server do. */
#ifndef TGC_POLICY_CHECK_H
#define TGC_POLICY_CHECK_H

#include "compiler/check/kernel_check.h"
#include "policy_read.h"

/* What became of a file. `ir` and `typed` are NULL when there were errors before them. */
struct policy_checked {
	struct ast ast;
	struct ir *ir;
	struct tir **typed; /* one a kernel */
};

/*
 * Reads a file of the sources, and checks it up to the rules. False: it was found rather than named
 * and holds no policy; nothing was reported then.
 */
bool policy_check(struct arena *a, struct diags *d, struct sources *s, uint32_t source,
		  const struct policy_file *file, const struct terse_options *options,
		  const struct kernel_set *kernels, struct policy_checked *out);

#endif
