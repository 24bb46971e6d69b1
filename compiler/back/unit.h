/* SPDX-License-Identifier: Apache-2.0 */
/* What is generated: BPF C, with #line naming the policy before each rule. */
#ifndef TGC_UNIT_H
#define TGC_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compiler/base/source.h"
#include "runtime/bytes.h"

struct plan;

/*
 * The texts that clang is given. When there are several, none of them depends on the fingerprint:
 * the object's variable `tg_bundle` is to be set to it.
 */
struct unit {
	struct bytes *pieces; /* in the arena given, like their texts */
	size_t piece_count;
	uint32_t fingerprint; /* of the bundle */
	bool has_args;	      /* needs the part of the library that reads rare arguments */
	bool needs_bits;      /* the part of the library that keeps one word with each process */
};

struct unit emit_unit(struct arena *a, const struct sources *s, const struct plan *plan,
		      uint32_t fingerprint);

/* All of it as one text. */
struct bytes emit(struct arena *a, const struct sources *s, const struct plan *plan,
		  uint32_t fingerprint);

/* The name of the program that implements a hook's variant, as in the object. */
const char *unit_program_name(struct arena *a, uint32_t hook, uint32_t attach);

#endif
