// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/arena.h"
#include "costs.h"

#define FRAME_UNIT 32  /* the verifier rounds each function's stack up to it */
#define DEPTH_MAX  128 /* of calls; a kernel takes 8 */

struct costs *costs_make(struct arena *a, const struct code *code)
{
	struct costs *c = arena_alloc(a, sizeof(*c));

	*c = (struct costs){
		.arena = a,
		.code = code,
		.functions = arena_array(a, code->function_count + 1, sizeof(*c->functions)),
		.order = arena_array(a, code->function_count + 1, sizeof(*c->order)),
	};
	return c;
}

static uint32_t rounded(uint32_t bytes)
{
	return bytes ? (bytes + FRAME_UNIT - 1) / FRAME_UNIT * FRAME_UNIT : FRAME_UNIT;
}

/* The functions it calls first; the depth is limited, so that the recursion is. */
static void work_out(struct costs *c, uint32_t function, unsigned depth)
{
	const struct code_function *f = &c->code->functions[function];
	struct function_cost *own = &c->functions[function];
	uint32_t deepest = 0;

	own->state = COST_BUSY;
	for (uint32_t i = 0; i < f->call_count; i++) {
		uint32_t to = f->calls[i].to;

		if (c->functions[to].state == COST_NEW && depth < DEPTH_MAX)
			work_out(c, to, depth + 1);
		if (c->functions[to].state == COST_DONE && c->functions[to].stack > deepest)
			deepest = c->functions[to].stack;
	}
	own->frame = stack_frame(f);
	own->stack = rounded(own->frame) + deepest;
	longest_path(c, function);
	own->state = COST_DONE;
}

struct cost costs_of(struct costs *c, const struct code_function *program)
{
	uint32_t index = (uint32_t)(program - c->code->functions);
	struct function_cost *own = &c->functions[index];
	struct cost cost = {0};

	if (own->state == COST_NEW)
		work_out(c, index, 0);
	cost.functions = (uint32_t)code_reach(c->code, program, c->order);
	for (uint32_t i = 0; i < cost.functions; i++) {
		cost.instructions += c->code->functions[c->order[i]].count;
		cost.loops += c->functions[c->order[i]].loops;
	}
	cost.stack = own->stack;
	cost.longest = own->longest;
	return cost;
}
