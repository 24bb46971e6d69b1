/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks that are for some kernels only: whether the one that runs is among them. */
#ifndef TGRUN_KERNEL_NAMES_H
#define TGRUN_KERNEL_NAMES_H

#include <stdbool.h>
#include "runtime/artifact.h"
#include "runtime/kernel_btf.h"

/* The first of the hook's names that does not hold here; NULL: all do, or there are none. */
const struct tg_kernel_name_entry *kernel_names_misfit(const struct artifact *a, uint32_t hook,
						       const struct kernel_btf *btf);

/* "kernel has `NAME`", "kernel has no `NAME`": after "this", why a hook is left out. */
void kernel_names_why(const struct artifact *a, const struct tg_kernel_name_entry *name, char *out,
		      size_t size);

/* Whether a bundle has such hooks, so that the kernel's types have to be known. */
static inline bool kernel_names_any(const struct artifact *a)
{
	return a->kernel_name_count;
}

#endif
