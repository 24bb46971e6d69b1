// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compiler/base/arena.h"
#include "policy.h"
#include "shrink.h"

#define BUILDS 60 /* at most: each takes a second or two */

struct shrinking {
	struct unit_place place; /* a folder of its own */
	bool jit;
	struct gen_set set; /* a copy whose shape is in `loaded` */
	struct draw *draw;
	struct loaded loaded; /* the set as it is now, alone */
	unsigned builds;
};

/* ---- the call ---------------------------------------------------------------------------- */

static bool fails(struct shrinking *s, struct loaded *with, const struct shape *shape)
{
	struct arena call = {0};
	struct event *e = arena_array(&call, GEN_STEPS, sizeof(*e));
	bool ok;

	draw_again(s->draw);
	ok = loaded_check(with, shape, e, gen_calls(&s->set, s->draw, &call, e));
	arena_free(&call);
	return !ok;
}

/* The plainest choice everywhere it still fails; every change can make others possible. */
static void simplify_call(struct shrinking *s, struct loaded *with, const struct shape *shape)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < s->draw->length; i++) {
			uint32_t was = s->draw->tape[i];

			s->draw->tape[i] = 0;
			if (was && fails(s, with, shape))
				changed = true;
			else
				s->draw->tape[i] = was;
		}
	}
}

/* ---- policies ---------------------------------------------------------------------------- */

/* What the set is now, built alone; false when it cannot be, or is refused. */
static bool build(struct shrinking *s)
{
	struct unit_place p = s->place;
	bool quiet;

	loaded_close(&s->loaded);
	s->builds++;
	gen_write(&s->set);
	p.arena = &s->loaded.arena;
	*shapes_add(&s->loaded.arena, &s->loaded.shapes) = *s->set.shape;
	s->loaded.shapes.v[0].number = 0;
	quiet = unit_kernel(&p, &s->loaded.shapes) && loaded_open(&s->loaded, &p, s->jit);
	return quiet;
}

static bool still_fails(struct shrinking *s)
{
	struct accept *accept;
	bool good = false;

	gen_write(&s->set);
	accept = accept_open(s->set.arena,
			     arena_printf(s->set.arena, "%s/kernel.o", s->place.folder));
	if (accept) {
		struct shape alone = *s->set.shape;

		alone.number = 0;
		good = accept_shape(accept, &alone) == ACCEPT_YES;
		accept_close(accept);
	}
	return good && build(s) && fails(s, &s->loaded, &s->loaded.shapes.v[0]);
}

/* The whole of it first, then its parts. */
static void leave_out(struct shrinking *s, struct part *p)
{
	if (p->gone || s->builds >= BUILDS)
		return;
	p->gone = true;
	if (part_is_there(s->set.policies) && still_fails(s))
		return;
	p->gone = false;
	for (size_t i = p->n; i-- > 0;)
		leave_out(s, p->v[i]);
}

static bool simplify_policies(struct shrinking *s)
{
	if (!build(s) || !fails(s, &s->loaded, &s->loaded.shapes.v[0]))
		return false;
	for (size_t i = s->set.policies->n; i-- > 0;)
		leave_out(s, s->set.policies->v[i]);
	return build(s);
}

/* ---- what is left ------------------------------------------------------------------------ */

static void print_argument(const struct shape_arg *type, const struct argument *a)
{
	static const char *const kinds[] = {[ARGUMENT_NULL] = "null", [ARGUMENT_FAULT] = "fault"};

	if (a->kind == ARGUMENT_NUMBER)
		printf(" %#llx", (unsigned long long)a->number);
	else if (a->kind == ARGUMENT_TEXT)
		printf(" \"%s%s%s\"", a->deleted ? "deleted:" : "",
		       a->in_kernel && !shape_arg_is_path(type) ? "k:" : "", a->text.s);
	else
		printf(" %s", kinds[a->kind]);
}

/* As a row of a table. */
static void print_call(const struct shape *s, const struct event *e)
{
	printf(e->at_return ? "return:" : "call:");
	if (e->at_return)
		print_argument(&s->result, &e->result);
	for (unsigned i = 0; i < s->arg_count; i++)
		print_argument(&s->args[i], &e->args[i]);
	if (e->kernel_thread)
		printf(" exe=kernel");
	else if (e->exe_inherited)
		printf(" exe=inherited");
	else if (e->exe_given && e->exe.kind == ARGUMENT_TEXT)
		printf(" exe=\"%s\"", e->exe.text.s);
	else if (e->exe_given)
		printf(" exe=%s", e->exe.kind == ARGUMENT_NULL ? "null" : "fault");
	for (unsigned i = 0; i < e->parent_count; i++)
		printf(" parent=%u:\"%s\"", e->parents[i].pid, e->parents[i].exe.text.s);
	if (e->root.len)
		printf(" root=\"%s\"", e->root.s);
	printf(" mode=%o%s", e->mode, e->unknown_process ? " process=unknown" : "");
	if (e->then)
		printf(" then time=%llu tid=%u", (unsigned long long)e->time, e->tid);
	if (e->modes)
		printf(" off=%#llx monitor=%#llx", (unsigned long long)e->off,
		       (unsigned long long)e->monitor);
	putchar('\n');
}

static void print_rest(struct shrinking *s, struct loaded *with, const struct shape *shape)
{
	struct arena call = {0};
	struct event *e = arena_array(&call, GEN_STEPS, sizeof(*e));
	unsigned n;

	draw_again(s->draw);
	n = gen_calls(&s->set, s->draw, &call, e);
	if (loaded_check(with, shape, e, n))
		snprintf(with->checker->why, sizeof(with->checker->why), "does not fail again");
	printf("what is left of it: %s\n", with->checker->why);
	policy_write(stdout, shape);
	for (unsigned i = 0; i < n; i++)
		print_call(shape, &e[i]);
	arena_free(&call);
}

void shrink(const struct unit_place *place, struct loaded *all, const struct gen_set *set,
	    struct draw *d)
{
	struct shrinking s = {.place = *place, .jit = all->jit != NULL, .set = *set, .draw = d};
	struct shape shape = *set->shape;

	simplify_call(&s, all, set->shape);
	s.set.shape = &shape;
	s.place.folder = arena_printf(set->arena, "%s/smaller", place->folder);
	mkdir(s.place.folder, 0777);
	if (simplify_policies(&s)) {
		simplify_call(&s, &s.loaded, &s.loaded.shapes.v[0]);
		print_rest(&s, &s.loaded, &s.loaded.shapes.v[0]);
	} else {
		printf("alone it does not fail\n");
		print_rest(&s, all, set->shape);
	}
	loaded_close(&s.loaded);
}
