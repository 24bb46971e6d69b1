/* SPDX-License-Identifier: Apache-2.0 */
/* A generated compilation unit: BPF C, with #line naming the policy before each rule. */
#ifndef TGC_UNIT_H
#define TGC_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compiler/base/source.h"

struct plan;

struct unit {
	const char *text; /* in the arena given */
	size_t size;
	bool has_args;	 /* needs the part of the library that reads rare arguments */
	bool needs_bits; /* the part of the library that keeps one word with each process */
};

struct unit emit(struct arena *a, const struct sources *s, const struct plan *plan,
		 uint32_t fingerprint);

/* The name of the program that implements a hook's variant, as in the object. */
const char *unit_program_name(struct arena *a, uint32_t hook, uint32_t attach);

#endif
