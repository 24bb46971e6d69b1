// SPDX-License-Identifier: Apache-2.0
/*
 * Decisions: what generated programs decide, against tables, a plain reference and the
 * reference evaluator. The programs are the compiler's own output, built for this machine with
 * sanitizers.
 *
 *   run TGC FOLDER SOURCE TABLE...
 *   run --differ TGC FOLDER SOURCE
 *
 * DECIDE_SEED chooses the random part, DECIDE_CALLS how many calls of each random hook. With
 * --differ the whole language is generated (differ.h): DECIDE_SETS and DECIDE_EVENTS say how much,
 * DECIDE_SECONDS for how long instead, DECIDE_SET and DECIDE_EVENT name one to run again.
 */
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compiler/base/arena.h"
#include "differ.h"
#include "jit_object.h"
#include "judge.h"
#include "random.h"
#include "table.h"
#include "unit.h"

#define SEED  20260821
#define CALLS 300
/* Of the differential test; pairs are the product of both. */
#define SETS   60
#define EVENTS 400
#define BATCH  20

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
		    size_t first_random, uint64_t seed, struct tally *t)
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
	for (size_t i = 0; i < first_random; i++)
		run_events(c, &all->v[i], t);
	run_random(c, all, first_random, seed, t);
	judge_close(judge);
	return true;
}

static int run_differ(char **argv)
{
	struct arena a = {0};
	bool one = getenv("DECIDE_EVENT"), one_set = one || getenv("DECIDE_SET");
	struct differ_options o = {
		.place = {&a, argv[0], argv[1], argv[2]},
		.seed = number_from("DECIDE_SEED", SEED),
		.first_set = number_from("DECIDE_SET", 0),
		.sets = one_set ? 1 : (unsigned)number_from("DECIDE_SETS", SETS),
		.events = one ? 1 : (unsigned)number_from("DECIDE_EVENTS", EVENTS),
		.first_event = number_from("DECIDE_EVENT", 0),
		.seconds = (unsigned)number_from("DECIDE_SECONDS", 0),
		.batch = BATCH,
	};
	const char *missing = jit_missing();
	struct differ_tally t = {0};
	bool ok, both;

	o.jit = !missing;
	mkdir(o.place.folder, 0777);
	ok = differ_run(&o, &t);
	printf("decide: %zu sets of policies, %zu pairs with a call, %zu act; DECIDE_SEED=%llu\n",
	       t.sets, t.pairs, t.acted, (unsigned long long)o.seed);
	printf("decide: %zu sets have programs of several parts, %zu have indexes\n", t.parted,
	       t.indexed);
	if (missing)
		printf("decide: SKIPPED in the kernel: %s\n", missing);
	else
		printf("decide: %zu of them in the kernel too\n", t.jit_pairs);
	/* One set, or a few, need not have everything. */
	both = reach_print(&t.reach, stdout) || t.sets < SETS;
	printf("decide: %zu passed, %u failed\n", t.sets - t.failures,
	       t.failures + (unsigned)t.refused + !ok + !both);
	arena_free(&a);
	return !ok || t.failures || t.refused || !both;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct shapes all = {0};
	struct tally t = {0};
	uint64_t seed = number_from("DECIDE_SEED", SEED);
	size_t first_random;
	bool ok = argc > 4;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 5 && !strcmp(argv[1], "--differ"))
		return run_differ(argv + 2);
	if (!ok)
		printf("usage: run TGC FOLDER SOURCE TABLE...\n");
	for (int i = 4; i < argc; i++)
		ok &= table_read(&a, argv[i], &all);
	first_random = all.count;
	random_shapes(&a, seed, &all);
	if (ok) {
		struct unit_place place = {&a, argv[1], argv[2], argv[3]};

		mkdir(place.folder, 0777);
		ok = run_all(&a, &place, &all, first_random, seed, &t);
	}
	count(&t, ok);
	printf("decide: %u passed, %u failed\n", t.passed, t.failed);
	arena_free(&a);
	return t.failed != 0;
}
