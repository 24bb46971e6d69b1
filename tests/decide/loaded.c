// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/arena.h"
#include "judge.h"
#include "loaded.h"

bool loaded_open(struct loaded *l, const struct unit_place *place, bool jit)
{
	struct unit_place p = *place;
	struct checker *c = arena_alloc(&l->arena, sizeof(*c));

	p.arena = &l->arena;
	l->checker = c;
	c->arena = &l->arena;
	l->judge =
		judge_open(&l->arena, arena_printf(&l->arena, "%s/kernel.o", p.folder), &l->shapes);
	if (!l->judge || !unit_load(&p, &l->shapes, &c->backends[0]))
		return false;
	c->judge = l->judge;
	c->backend_count = 1;
	if (!jit)
		return true;
	l->jit = jit_load(&p, &l->shapes, &c->backends[1], &l->refused);
	c->backend_count = 2;
	return l->jit;
}

void loaded_close(struct loaded *l)
{
	if (l->jit)
		jit_close(l->jit);
	if (l->checker && l->checker->backend_count)
		unit_close(&l->checker->backends[0]);
	if (l->judge)
		judge_close(l->judge);
	arena_free(&l->arena);
	*l = (struct loaded){0};
}

static bool check(struct loaded *l, struct arena *a, const struct shape *s, struct event *e)
{
	judge_expect(l->judge, a, s, e, &e->expected);
	if (l->reach)
		reach_call(l->reach, l->parts, judge_verdict(l->judge), e->at_return);
	return check_programs(l->checker, s, e);
}

bool loaded_check(struct loaded *l, const struct shape *s, struct event *e, unsigned count)
{
	struct arena *outer = l->checker->arena, calls = {0}; /* the evaluator's state, too */
	bool ok = true;

	l->checker->arena = &calls;
	for (unsigned i = 0; i < count && ok; i++)
		ok = check(l, &calls, s, &e[i]);
	arena_free(&calls);
	l->checker->arena = outer;
	return ok;
}
