/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of a run, and policies checked against all of them. */
#ifndef TGC_KERNEL_CHECK_H
#define TGC_KERNEL_CHECK_H

#include <stddef.h>
#include "exit.h"

struct arena;
struct diags;
struct ir;
struct profile;
struct tir;

struct kernel_set {
	const char **names; /* as the user gave them */
	struct profile **profiles;
	size_t count;
};

/*
 * Opens kernels by what a user may call them (profile_find). Returns EXIT_DONE or EXIT_ENVIRONMENT
 * with a sentence in `why`; the caller calls kernel_set_close() in both cases.
 */
enum exit_code kernel_set_open(struct kernel_set *set, struct arena *a, const char *const *names,
			       size_t count, char *why, size_t why_size);
void kernel_set_close(struct kernel_set *set);

/* Typechecks against every kernel. Returns the typed policies of the first. */
struct tir *kernel_set_check(const struct kernel_set *set, struct arena *a, struct diags *d,
			     const struct ir *ir);

#endif
