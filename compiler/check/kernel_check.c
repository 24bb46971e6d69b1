// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "kernel_check.h"
#include "compiler/kernels/profile.h"

static void add_kernel(struct kernel_set *set, const char *name, struct profile *p,
		       const char *root)
{
	set->names[set->count] = name;
	set->profiles[set->count] = p;
	set->v[set->count++] = (struct kernel){
		.name = name,
		.btf = profile_btf(p),
		.profile = p,
		.root = root,
		.arena = &set->own,
		.events = arena_alloc(&set->own, sizeof(struct tracepoints *)),
	};
}

enum exit_code kernel_set_open(struct kernel_set *set, struct arena *a, const char *const *names,
			       size_t count, const char *root, char *why, size_t why_size)
{
	if (count > DIAG_CONTEXTS_MAX) {
		snprintf(why, why_size, "%zu kernels are given; one run checks at most %d", count,
			 DIAG_CONTEXTS_MAX);
		return EXIT_ENVIRONMENT;
	}
	set->v = arena_array(a, count, sizeof(*set->v));
	set->profiles = arena_array(a, count, sizeof(struct profile *));
	set->names = arena_array(a, count, sizeof(*set->names));
	for (size_t i = 0; i < count; i++) {
		struct profile *p = profile_find(names[i], why, why_size);

		if (!p)
			return EXIT_ENVIRONMENT;
		add_kernel(set, names[i], p, root);
	}
	return EXIT_DONE;
}

void kernel_set_close(struct kernel_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		profile_close(set->profiles[i]);
	set->count = 0;
	arena_free(&set->own);
}

struct tir **kernel_set_check(const struct kernel_set *set, struct arena *a, struct diags *d,
			      const struct ir *ir)
{
	struct tir **all = arena_array(a, set->count, sizeof(struct tir *));

	for (size_t i = 0; i < set->count; i++) {
		diags_context(d, set->names[i]);
		all[i] = typecheck(a, d, ir, &set->v[i]);
	}
	diags_context(d, NULL);
	return all;
}
