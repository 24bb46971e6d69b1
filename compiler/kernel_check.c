// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "arena.h"
#include "diag.h"
#include "kbtf.h"
#include "kernel_check.h"
#include "pipeline.h"
#include "tir.h"

/* The one place that knows how a kernel's name becomes its type information: kernels are known by
 * a path for now. */
static struct kbtf *open_kernel(const char *name, char *why, size_t why_size)
{
	if (strchr(name, '/') || !access(name, R_OK))
		return kbtf_open(name, why, why_size);
	snprintf(why, why_size,
		 "there is no kernel `%s`: give the path of a file with type information (BTF), "
		 "such as " DEFAULT_BTF,
		 name);
	return NULL;
}

enum exit_code kernel_set_open(struct kernel_set *set, struct arena *a, const char *const *names,
			       size_t count, char *why, size_t why_size)
{
	if (count > DIAG_CONTEXTS_MAX) {
		snprintf(why, why_size, "%zu kernels are given; one run checks at most %d", count,
			 DIAG_CONTEXTS_MAX);
		return EXIT_ENVIRONMENT;
	}
	set->names = arena_array(a, count, sizeof(*set->names));
	set->kernels = arena_array(a, count, sizeof(struct kbtf *));
	for (size_t i = 0; i < count; i++) {
		struct kbtf *k = open_kernel(names[i], why, why_size);

		if (!k)
			return EXIT_ENVIRONMENT;
		set->names[set->count] = names[i];
		set->kernels[set->count++] = k;
	}
	return EXIT_DONE;
}

void kernel_set_close(struct kernel_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		kbtf_close(set->kernels[i]);
	set->count = 0;
}

struct tir *kernel_set_check(const struct kernel_set *set, struct arena *a, struct diags *d,
			     const struct ir *ir)
{
	struct tir *first = NULL;

	for (size_t i = 0; i < set->count; i++) {
		struct tir *tir;

		diags_context(d, set->names[i]);
		tir = typecheck(a, d, ir, set->kernels[i]);
		if (!first)
			first = tir;
	}
	diags_context(d, NULL);
	return first;
}
