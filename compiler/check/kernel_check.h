/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of a run, and policies checked against all of them. */
#ifndef TGC_KERNEL_CHECK_H
#define TGC_KERNEL_CHECK_H

#include <stddef.h>
#include "compiler/base/arena.h"
#include "compiler/base/exit.h"
#include "tir.h"

struct diags;

struct kernel_set {
	struct kernel *v;
	struct profile **profiles;
	const char **names; /* of `v` */
	size_t count;
	struct arena own; /* what is kept with the kernels */
};

/*
 * Opens kernels by what the user calls them (profile_find()). `root`: NULL, or the folder where
 * user binaries are looked up. Returns EXIT_DONE or EXIT_ENVIRONMENT with a sentence in `why`; the
 * caller calls kernel_set_close() in both cases.
 */
enum exit_code kernel_set_open(struct kernel_set *set, struct arena *a, const char *const *names,
			       size_t count, const char *root, char *why, size_t why_size);
void kernel_set_close(struct kernel_set *set);

/* Typechecks against every kernel. Returns what each of them makes of the policies. */
struct tir **kernel_set_check(const struct kernel_set *set, struct arena *a, struct diags *d,
			      const struct ir *ir);

#endif
