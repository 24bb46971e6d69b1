/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage "rules": what is good policy to the letter but hardly what its author means, or what
 * Tetragon would do otherwise. Diagnostics only; levels and prerequisites are in rules.def.
 */
#ifndef TGC_RULES_H
#define TGC_RULES_H

#include "compiler/check/tir.h"

struct diags;

/*
 * Rules about the written policy and the normal form run once, rules about types once a kernel,
 * in the diagnostics' context of that kernel. `ast` and `ir` are complete: there were no errors
 * up to lower(). `tirs`, one a kernel, may have errors: hooks that were not found, and arguments
 * and filters that were refused, are passed over.
 */
void rules_run(struct arena *a, struct diags *d, const struct ast *ast, const struct ir *ir,
	       struct tir *const *tirs, size_t kernel_count);

#endif
