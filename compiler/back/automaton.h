/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that reads a text byte by byte and ends when it has read one of some values. Bytes that
 * no value tells apart are one class.
 */
#ifndef TGC_AUTOMATON_H
#define TGC_AUTOMATON_H

#include <stdbool.h>
#include "compiler/values/value.h"

#define AUTOMATON_SIZE (1u << 22) /* entries of `next` at most */

struct automaton {
	uint8_t classes[256];
	uint32_t class_count;
	/* By state, then class: where the next state's entries begin. The first state's are first.
	 */
	uint32_t *next;
	uint32_t size; /* of `next`, a power of two */
	uint32_t end;  /* the state in which a value has been read; nothing leads out of it */
};

/* NULL: AUTOMATON_SIZE is too small. No value is empty. */
struct automaton *automaton_build(struct arena *a, const struct value *values, size_t count,
				  bool ignore_case);

#endif
