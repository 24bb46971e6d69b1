/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels to test on, taken from Debian's packages (kernels.def) without installing them.
 * Each is kept in the cache as a folder SERIES with `vmlinuz`, `btf` (its type information,
 * raw) and `version` (the package and its version, one line). The cache is
 * $TGC_KERNELS, else $XDG_CACHE_HOME/tgc/kernels, else ~/.cache/tgc/kernels.
 */
#ifndef TGC_VM_KERNELS_H
#define TGC_VM_KERNELS_H

#include "compiler/vm/vm.h"

struct arena;

struct kernel_series {
	const char *name, *suites, *package, *image; /* see kernels.def */
};

extern const struct kernel_series kernel_series[];
extern const size_t kernel_series_count;

struct kernel {
	const struct kernel_series *series;
	const char *package; /* exact name, e.g. linux-image-6.1.0-38-cloud-amd64 */
	const char *version; /* exact version of the package */
	const char *image;   /* path of the bootable image */
	const char *btf;     /* path of the raw BTF */
};

/* NULL when there is no such series. */
const struct kernel_series *kernel_series_find(const char *name);

/* The cache folder, as the environment has it. NULL (with `e`) when no home is known. */
const char *kernel_cache(struct arena *a, struct vm_error *e);

/*
 * Makes the kernel available: from `cache` when it is there (no network), else from Debian.
 * Safe against other processes doing the same; a failed run leaves nothing half-made.
 * Everything in `out` belongs to `a`. Returns 0, or -1 with the reason.
 */
int kernel_prepare(struct arena *a, const struct kernel_series *series, const char *cache,
		   const struct vm_progress *progress, struct kernel *out, struct vm_error *e);

#endif
