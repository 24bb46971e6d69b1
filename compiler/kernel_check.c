// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include "arena.h"
#include "diag.h"
#include "kernel_check.h"
#include "profile.h"
#include "tir.h"

enum exit_code kernel_set_open(struct kernel_set *set, struct arena *a, const char *const *names,
			       size_t count, char *why, size_t why_size)
{
	if (count > DIAG_CONTEXTS_MAX) {
		snprintf(why, why_size, "%zu kernels are given; one run checks at most %d", count,
			 DIAG_CONTEXTS_MAX);
		return EXIT_ENVIRONMENT;
	}
	set->names = arena_array(a, count, sizeof(*set->names));
	set->profiles = arena_array(a, count, sizeof(struct profile *));
	for (size_t i = 0; i < count; i++) {
		struct profile *p = profile_find(names[i], why, why_size);

		if (!p)
			return EXIT_ENVIRONMENT;
		set->names[set->count] = names[i];
		set->profiles[set->count++] = p;
	}
	return EXIT_DONE;
}

void kernel_set_close(struct kernel_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		profile_close(set->profiles[i]);
	set->count = 0;
}

struct tir *kernel_set_check(const struct kernel_set *set, struct arena *a, struct diags *d,
			     const struct ir *ir)
{
	struct tir *first = NULL;

	for (size_t i = 0; i < set->count; i++) {
		struct tir *tir;

		diags_context(d, set->names[i]);
		tir = typecheck(a, d, ir, profile_btf(set->profiles[i]));
		if (!first)
			first = tir;
	}
	diags_context(d, NULL);
	return first;
}
