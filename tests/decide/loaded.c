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
	l->jit = jit_load(&p, &c->backends[1], &l->refused);
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

bool loaded_check(struct loaded *l, const struct shape *s, struct event *e)
{
	struct arena *outer = l->checker->arena, call = {0};
	bool ok;

	l->checker->arena = &call;
	judge_expect(l->judge, &call, s, e, &e->expected);
	ok = check_event(l->checker, s, e);
	arena_free(&call);
	l->checker->arena = outer;
	return ok;
}
