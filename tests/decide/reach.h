/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the language a run of the differential test has had, and how often it held, so that
 * nothing is generated that never decides anything.
 */
#ifndef DECIDE_REACH_H
#define DECIDE_REACH_H

#include <stdio.h>
#include "part.h"
#include "shape.h"

enum reach_id {
#define REACH(id, name) REACH_##id,
#include "reach.def"
	REACH_COUNT
};

/* As a bit of part.reach. */
#define REACHES(id) (1ull << REACH_##id)

struct reach {
	size_t sets[REACH_COUNT];
	size_t held[REACH_COUNT], failed[REACH_COUNT]; /* policies, by the calls they were asked */
};

struct eval_verdict;

/* A set of policies (gen.h), as parts. */
void reach_set(struct reach *r, const struct part *policies);
/* A call, and what the evaluator made of it. */
void reach_call(struct reach *r, const struct part *policies, const struct eval_verdict *v,
		bool at_return);
/* As a table. False, and said in it, when something was generated of which one side is missing. */
bool reach_print(const struct reach *r, FILE *to);

#endif
