/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that work out costs. */
#ifndef TGC_COSTS_H
#define TGC_COSTS_H

#include "cost.h"

struct function_cost {
	enum { COST_NEW, COST_BUSY, COST_DONE } state;
	uint32_t frame; /* bytes of its own stack, as written */
	uint32_t stack; /* with what it calls */
	uint64_t longest;
	uint32_t loops; /* its own */
};

struct costs {
	struct arena *arena;
	const struct code *code;
	struct function_cost *functions; /* as in the code */
	uint32_t *order;		 /* room for code_reach() */
};

/* The bytes below the frame pointer that a function addresses. */
uint32_t stack_frame(const struct code_function *f);
/* Fills `longest` and `loops`; those of the functions it calls are known. */
void longest_path(struct costs *c, uint32_t function);

#endif
