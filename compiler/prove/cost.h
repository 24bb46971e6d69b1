/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program costs, as its code tells: no kernel is asked. Functions that it calls count
 * with it. Of a recursion, which no kernel takes, the calls back are left out.
 */
#ifndef TGC_COST_H
#define TGC_COST_H

#include "runtime/object_code.h"

struct arena;

struct cost {
	uint32_t instructions; /* of all functions it consists of, each once; 8 bytes each */
	uint32_t functions;
	/* Bytes of stack of the deepest chain of calls. As the verifier counts, a function takes
	 * 32, 64, ... bytes; what it addresses through sums it computes is not seen. */
	uint32_t stack;
	/* The most instructions that one run can execute if no loop is repeated; a called
	 * function counts at each call. Functions of the kernel count one. */
	uint64_t longest;
	uint32_t loops; /* places where a loop is repeated */
};

struct costs; /* of all functions of an object */

struct costs *costs_make(struct arena *a, const struct code *code);
struct cost costs_of(struct costs *c, const struct code_function *program);

#endif
