// SPDX-License-Identifier: Apache-2.0
/*
 * Decisions: what generated programs decide, against tables, a plain reference and the
 * reference evaluator. The programs are the compiler's own output, built for this machine with
 * sanitizers.
 *
 *   run TGC FOLDER SOURCE TABLE...
 *
 * DECIDE_SEED chooses the random part, DECIDE_CALLS how many calls of each random hook.
 */
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "compiler/base/arena.h"
#include "jit.h"
#include "judge.h"
#include "mixed.h"
#include "random.h"
#include "table.h"
#include "unit.h"

#define SEED  20260821
#define CALLS 300

struct tally {
	unsigned passed, failed;
};

static void count(struct tally *t, bool ok)
{
	ok ? t->passed++ : t->failed++;
}

static void run_events(struct checker *c, const struct shape *s, struct tally *t)
{
	for (size_t i = 0; i < s->event_count; i++) {
		bool ok = check_event(c, s, &s->events[i]);

		if (!ok)
			printf("%s:%u: %s\n", s->file, s->events[i].line, c->why);
		count(t, ok);
	}
}

static unsigned long number_from(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);

	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

static void run_mixed(struct checker *c, const struct shapes *all, size_t first, size_t last,
		      uint64_t seed, struct tally *t)
{
	unsigned calls = (unsigned)number_from("DECIDE_CALLS", CALLS);
	struct random_tally r = mixed_run(c, seed, all, first, last, calls);

	printf("decide: %zu calls of mixed policies, %zu of them matter, %u decided wrongly\n",
	       r.pairs, r.matches, r.failures);
	count(t, !r.failures && r.matches);
}

static void run_random(struct checker *c, const struct shapes *all, size_t first, uint64_t seed,
		       struct tally *t)
{
	unsigned calls = (unsigned)number_from("DECIDE_CALLS", CALLS);
	struct random_tally r = random_run(c, seed, all, first, calls);

	printf("decide: %zu random pairs, %zu of them match, %u calls decided wrongly, "
	       "DECIDE_SEED=%llu\n",
	       r.pairs, r.matches, r.failures, (unsigned long long)seed);
	count(t, !r.failures && r.matches);
}

static bool run_all(struct arena *a, const struct unit_place *place, struct shapes *all,
		    size_t first_mixed, size_t first_random, uint64_t seed, struct tally *t)
{
	struct checker *c = arena_alloc(a, sizeof(*c));
	struct judge *judge;

	if (!unit_kernel(place, all))
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (all->v[i].refused)
			count(t, unit_refused(place, &all->v[i]));
	judge = judge_open(a, arena_printf(a, "%s/kernel.o", place->folder), all);
	if (!judge)
		return false;
	c->judge = judge;
	c->arena = a;
	if (!unit_load(place, all, &c->backends[0]))
		return false;
	c->backend_count = 1;
	if (getenv("DECIDE_JIT")) {
		unsigned refused = 0;
		if (jit_load(place, &c->backends[1], &refused))
			c->backend_count = 2;
	}
	for (size_t i = 0; i < first_mixed; i++)
		run_events(c, &all->v[i], t);
	run_mixed(c, all, first_mixed, first_random, seed, t);
	run_random(c, all, first_random, seed, t);
	judge_close(judge);
	return true;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct shapes all = {0};
	struct tally t = {0};
	uint64_t seed = number_from("DECIDE_SEED", SEED);
	size_t first_mixed, first_random;
	bool ok = argc > 4;

	if (!ok)
		printf("usage: run TGC FOLDER SOURCE TABLE...\n");
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 4; i < argc; i++)
		ok &= table_read(&a, argv[i], &all);
	first_mixed = all.count;
	mixed_shapes(&a, seed, &all);
	first_random = all.count;
	random_shapes(&a, seed, &all);
	if (ok) {
		struct unit_place place = {&a, argv[1], argv[2], argv[3]};

		mkdir(place.folder, 0777);
		ok = run_all(&a, &place, &all, first_mixed, first_random, seed, &t);
	}
	count(&t, ok);
	printf("decide: %u passed, %u failed\n", t.passed, t.failed);
	arena_free(&a);
	return t.failed != 0;
}
