/* SPDX-License-Identifier: Apache-2.0 */
/* The names that some kernels have, to be searched by what a person remembers of one. */
#ifndef TGC_LSP_FUNCTIONS_H
#define TGC_LSP_FUNCTIONS_H

#include <stddef.h>
#include <stdint.h>
#include "compiler/check/kernel_check.h"

struct arena;

enum known_kind {
	KNOWN_FUNCTION,
	KNOWN_LSM_HOOK,
	KNOWN_EVENT,
	KNOWN_SYSCALL,
	KNOWN_CONSTANT, /* of the system's headers, and enumerators of the kernel */
	KNOWN_KINDS,
};

struct known_name {
	const char *name;
	uint64_t letters; /* which it has */
};

struct functions {
	struct {
		struct known_name *v;
		size_t n, room;
	} of[KNOWN_KINDS];
};

/* Of all kernels of a set, each name once. In the arena; the names live as long as the kernels. */
struct functions *functions_of(struct arena *a, const struct kernel_set *kernels);

/* How well a name fits what was typed: its letters in their order, whatever lies between. Higher is
 * better; below 0: not at all. */
int fuzzy_score(const char *typed, const char *name);
uint64_t fuzzy_letters(const char *text);

struct found_name {
	const char *name;
	int score;
};

/* The best fitting names, best first, at most `room`. Returns how many there are in all. */
size_t functions_search(const struct functions *f, enum known_kind kind, const char *typed,
			struct found_name *out, size_t room, size_t *count);

#endif
