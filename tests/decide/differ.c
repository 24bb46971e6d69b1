// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "compiler/base/arena.h"
#include "compiler/back/plan.h"
#include "differ.h"
#include "judge.h"
#include "loaded.h"
#include "shrink.h"

#define FAILURES_SHOWN 3

struct batch {
	const struct differ_options *options;
	struct differ_tally *tally;
	struct loaded loaded;
	struct gen_set *sets;
	unsigned count;
};

/* ---- sets -------------------------------------------------------------------------------- */

static bool make_sets(struct batch *b, uint64_t first, struct accept **accept)
{
	const struct differ_options *o = b->options;
	struct arena *a = &b->loaded.arena;
	struct unit_place place = o->place;

	place.arena = a;
	b->sets = arena_array(a, b->count, sizeof(*b->sets));
	b->loaded.shapes.v = arena_array(a, b->count, sizeof(struct shape));
	b->loaded.shapes.room = b->count; /* sets point to their shapes */
	for (unsigned i = 0; i < b->count; i++)
		gen_hook(&b->sets[i], a, o->seed, first + i, &b->loaded.shapes);
	if (!unit_kernel(&place, &b->loaded.shapes))
		return false;
	*accept = accept_open(a, arena_printf(a, "%s/kernel.o", place.folder));
	for (unsigned i = 0; *accept && i < b->count; i++)
		gen_policies(&b->sets[i], o->seed, *accept);
	return *accept;
}

/* ---- calls ------------------------------------------------------------------------------- */

static void count(struct differ_tally *t, const struct expected *x)
{
	uint64_t matched = 0;

	for (unsigned part = 0; part < SHAPE_PROGRAM_PARTS; part++)
		matched |= x->matched[part];
	t->pairs++;
	t->acted += matched || x->signal_count || x->result;
}

static bool run_call(struct batch *b, const struct gen_set *set, uint64_t number)
{
	struct arena call = {0};
	struct draw d;
	struct event *e = arena_array(&call, GEN_STEPS, sizeof(*e));
	unsigned n;
	bool ok;

	draw_begin(&d, &call, b->options->seed, set->number, ~number);
	n = gen_calls(set, &d, &call, e);
	ok = loaded_check(&b->loaded, set->shape, e, n);
	for (unsigned i = 0; i < n; i++)
		count(b->tally, &e[i].expected);
	if (!ok && b->tally->failures++ < FAILURES_SHOWN) {
		printf("decide: set %llu, call %llu: %s\n"
		       "again: make check-differ DECIDE_SEED=%llu DECIDE_SET=%llu "
		       "DECIDE_EVENT=%llu\n",
		       (unsigned long long)set->number, (unsigned long long)number,
		       b->loaded.checker->why, (unsigned long long)b->options->seed,
		       (unsigned long long)set->number, (unsigned long long)number);
		b->loaded.reach = NULL;
		shrink(&b->options->place, &b->loaded, set, &d);
	}
	arena_free(&call);
	return ok;
}

static void run_set(struct batch *b, const struct gen_set *set)
{
	const struct plan_hook *h = judge_plan(b->loaded.judge, set->shape);
	unsigned wrong = 0;

	b->loaded.reach = &b->tally->reach;
	b->loaded.parts = set->policies;
	reach_set(&b->tally->reach, set->policies);
	for (unsigned i = 0; i < b->options->events && !wrong; i++)
		wrong += !run_call(b, set, b->options->first_event + i);
	b->tally->jit_pairs += b->loaded.checker->in_kernel;
	b->loaded.checker->in_kernel = 0;
	b->tally->parted += h->parts > 1;
	b->tally->indexed += h->index_count > 0;
	b->tally->sets++;
}

static bool run_batch(struct batch *b, uint64_t first, struct accept **accept)
{
	if (!make_sets(b, first, accept) ||
	    !loaded_open(&b->loaded, &b->options->place, b->options->jit))
		return false;
	b->tally->refused += b->loaded.refused;
	for (unsigned i = 0; i < b->count; i++)
		run_set(b, &b->sets[i]);
	return true;
}

/* ---- all of them ------------------------------------------------------------------------- */

static void report(const struct accept *accept)
{
	char *with = NULL, *without = NULL;
	size_t size = 0, other = 0;
	FILE *on = open_memstream(&with, &size), *off = open_memstream(&without, &other);

	accept_report(accept, on, off);
	fclose(on);
	fclose(off);
	printf("decide: features of the last batch:%s\ndecide: not compiled yet:%s\n", with,
	       other ? without : " none");
	free(with);
	free(without);
}

/* How many sets come next; 0: the end. */
static unsigned next_batch(const struct differ_options *o, unsigned done, time_t start)
{
	if (o->seconds)
		return time(NULL) - start < (time_t)o->seconds ? o->batch : 0;
	return o->sets - done < o->batch ? o->sets - done : o->batch;
}

bool differ_run(const struct differ_options *o, struct differ_tally *t)
{
	time_t start = time(NULL);
	unsigned done = 0, n;
	bool ok = true;

	while (ok && (n = next_batch(o, done, start))) {
		struct batch b = {.options = o, .tally = t, .count = n};
		struct accept *accept = NULL;

		ok = run_batch(&b, o->first_set + done, &accept);
		done += n;
		if (accept && (!ok || !next_batch(o, done, start)))
			report(accept);
		if (accept)
			accept_close(accept);
		loaded_close(&b.loaded);
	}
	return ok;
}
