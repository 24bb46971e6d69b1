// SPDX-License-Identifier: Apache-2.0
/*
 * bench [SERIES...]: what policies cost, in instructions, for (a) nothing loaded, (b) a
 * hand-written program, (c) tgc's bundle under tgrun: the same workload in the same boot, one after
 * another, on one CPU whose clock counts instructions. Then the times and memory of tgc and tgrun.
 * Figures are for people: nothing here passes or fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "tests/bench/scenarios.h"
#include "tests/kernel/lab.h"

static const struct lab_file files[] = {
	{"/vm/wl", "build/tests/wl", false},
	{"/vm/nothing", "build/tests/wl", false},
	{"/vm/hand", "build/tests/hand", true},
	{"/vm/hand.bpf.o", "build/tests/hand.bpf.o", false},
	{"/vm/hand_open.bpf.o", "build/tests/hand_open.bpf.o", false},
	{"/vm/hand_openat.bpf.o", "build/tests/hand_openat.bpf.o", false},
	{"/vm/hand_tcp.bpf.o", "build/tests/hand_tcp.bpf.o", false},
	{"/vm/hand_setuid.bpf.o", "build/tests/hand_setuid.bpf.o", false},
	{"/vm/hand_raw.bpf.o", "build/tests/hand_raw.bpf.o", false},
	{"/vm/hand_bprm.bpf.o", "build/tests/hand_bprm.bpf.o", false},
	{"/vm/hand_empty.bpf.o", "build/tests/hand_empty.bpf.o", false},
};

/* The runs of one boot: nothing, tgrun alone, then each scenario's program and policy. */
enum { BARE, BASE, FIRST };

struct bench {
	struct arena *arena;
	struct test_case *tests;
	struct lab_case *cases;
	size_t count;
	/* indexes of a scenario's runs; 0: it has none */
	size_t *hand, *tgc;
};

static size_t add_run(struct bench *b, const char *name, const char *script)
{
	struct case_trigger *t = arena_alloc(b->arena, sizeof(*t));

	t->script = arena_printf(b->arena, "%s%s", bench_prepare, script);
	b->tests[b->count] = (struct test_case){.name = name, .triggers = t, .trigger_count = 1};
	return b->count++;
}

/* In tgrun's place. */
static void run_hand(struct bench *b, size_t run, const char *object)
{
	const char **words = arena_array(b->arena, 2, sizeof(*words));

	words[0] = "/vm/hand";
	words[1] = object ? arena_printf(b->arena, "/vm/%s.bpf.o", object) : "none";
	b->tests[run].daemon = (struct case_words){words, 2};
}

/* $BENCH names the scenarios that are run, all when it is not set. */
static bool is_wanted(const struct scenario *s)
{
	const char *wanted = getenv("BENCH"), *at = wanted;
	size_t n = strlen(s->name);

	for (; wanted && *wanted && (at = strstr(at, s->name)); at += n)
		if ((at == wanted || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return !wanted || !*wanted;
}

/* What bare is compared with: the workloads of all that say so. */
static const char *all_workloads(struct arena *a)
{
	const char *all = "";

	for (size_t i = 0; i < scenario_count; i++)
		if (scenarios[i].bare && is_wanted(&scenarios[i]))
			all = arena_printf(a, "%s%s", all, scenarios[i].script);
	return all;
}

static void make_runs(struct bench *b)
{
	size_t room = FIRST + 2 * scenario_count;

	b->tests = arena_array(b->arena, room, sizeof(*b->tests));
	b->cases = arena_array(b->arena, room, sizeof(*b->cases));
	b->hand = arena_array(b->arena, scenario_count, sizeof(*b->hand));
	b->tgc = arena_array(b->arena, scenario_count, sizeof(*b->tgc));
	run_hand(b, add_run(b, "bare", all_workloads(b->arena)), NULL);
	add_run(b, "base", "");
	for (size_t i = 0; i < scenario_count; i++) {
		const struct scenario *s = &scenarios[i];

		if (!is_wanted(s))
			continue;
		if (s->object) {
			b->hand[i] =
				add_run(b, arena_printf(b->arena, "%s-hand", s->name), s->script);
			run_hand(b, b->hand[i], s->object);
		}
		b->tgc[i] = add_run(b, arena_printf(b->arena, "%s-tgc", s->name), s->script);
		b->tests[b->tgc[i]].bundles = scenario_bundle(b->arena, s);
		b->tests[b->tgc[i]].bundle_count = 1;
	}
	for (size_t i = 0; i < b->count; i++) {
		b->cases[i].test = &b->tests[i];
		record_init(&b->cases[i].record);
	}
}

/* The figure of one operation in the workload's output; negative when it is missing. */
static double figure(const struct record *r, const char *name)
{
	const char *at = r->output.s;
	size_t len = strlen(name);

	while (at && *at) {
		if (!strncmp(at, name, len) && at[len] == ' ')
			return atof(at + len);
		at = strchr(at, '\n');
		at += at != NULL;
	}
	return -1;
}

static void print_number(double value)
{
	if (value < 0)
		printf(" %10s", "-");
	else
		printf(" %10.0f", value);
}

/* What the yardstick adds: the hand-written program's, or another scenario's bundle. */
static double yardstick(const struct bench *b, size_t i, const char *operation)
{
	for (size_t j = 0; scenarios[i].like && j < scenario_count; j++)
		if (!strcmp(scenarios[j].name, scenarios[i].like))
			return figure(&b->cases[b->hand[j] ? b->hand[j] : b->tgc[j]].record,
				      operation);
	return b->hand[i] ? figure(&b->cases[b->hand[i]].record, operation) : -1;
}

static void print_added(double value, double bare)
{
	if (value < 0 || bare < 0)
		printf(" %9s", "-");
	else
		printf(" %+9.0f", value - bare);
}

static bool reaches(const struct bench_row *row, double hand, double tgc)
{
	return (row->kind == GOAL_RATIO	 ? tgc / hand
		: row->kind == GOAL_OVER ? tgc - hand
					 : tgc) <= row->goal;
}

static void print_goal(const struct bench_row *row, double hand, double tgc)
{
	char text[32] = "";

	if (row->kind == GOAL_RATIO)
		snprintf(text, sizeof(text), "<= %.2f b", row->goal);
	else if (row->kind == GOAL_OVER)
		snprintf(text, sizeof(text), "<= b + %.0f", row->goal);
	else if (row->kind == GOAL_ADDS)
		snprintf(text, sizeof(text), "<= %.0f", row->goal);
	printf("  %-11s %-6s", text, !*text ? "" : reaches(row, hand, tgc) ? "met" : "MISSED");
}

static void print_row(const struct bench *b, size_t i, const struct bench_row *row)
{
	double bare = figure(&b->cases[BARE].record, row->operation);
	double hand = yardstick(b, i, row->operation);
	double tgc = figure(&b->cases[b->tgc[i]].record, row->operation);

	printf("%-31s", row->shown);
	print_number(bare);
	print_added(hand, bare);
	print_added(tgc, bare);
	if (hand - bare >= 20 && tgc >= 0) /* below that, a ratio of noise */
		printf(" %6.2f", (tgc - bare) / (hand - bare));
	else
		printf(" %6s", "-");
	print_goal(row, hand - bare, tgc - bare);
	printf("  %s\n", row->tetragon ? row->tetragon : "-");
}

static void print_table(const struct kernel *k, const struct bench *b)
{
	printf("\n%s %s: instructions\n\n", k->package, k->version);
	printf("%-31s %10s %9s %9s %6s  %-11s %-6s  %s\n", "operation", "bare (a)", "b adds",
	       "c adds", "c/b", "goal", "", "Tetragon adds (6.12)");
	for (size_t i = 0; i < scenario_count; i++)
		for (const struct bench_row *r = scenarios[i].rows;
		     b->tgc[i] && r < scenarios[i].rows + BENCH_ROWS && r->operation; r++)
			print_row(b, i, r);
	printf("\nb: tests/bench/hand*.bpf.c, events counted; where one policy is compared with "
	       "many, the one.\n"
	       "c: tgc's bundle under tgrun, which prints JSON and reports every exec and exit.\n");
}

/* CPU time of tgrun until all is attached, beyond what it needs without a bundle. */
static void print_loads(const struct bench *b)
{
	double base = figure(&b->cases[BASE].record, "load");

	printf("\nnode CPU to load, 10^6 instructions over tgrun alone (goal 30; Tetragon "
	       "2,700-6,700):\ntgrun alone %.0f",
	       base / 1e6);
	for (size_t i = 0; i < scenario_count; i++) {
		double load = figure(&b->cases[b->tgc[i]].record, "load");

		if (b->tgc[i] && load >= 0)
			printf("%s%s %+.0f", i % 6 == 5 ? ",\n" : ", ", scenarios[i].name,
			       (load - base) / 1e6);
	}
	printf("\n");
}

/* Bytes of maps, the event ring apart; as the kernel accounts them. */
static void print_usage(const struct record *r)
{
	unsigned long type, bytes, ring = 0, rest = 0, maps = 0;
	const char *at = r->usage.s;

	while (at && *at) {
		if (sscanf(at, "map type %lu bytes %lu", &type, &bytes) == 2) {
			maps++;
			if (type == 27)
				ring += bytes;
			else
				rest += bytes;
		} else {
			printf("tgrun %.*s\n", (int)strcspn(at, "\n"), at);
		}
		at = strchr(at, '\n');
		at += at != NULL;
	}
	printf("maps: %lu, %lu bytes, and %lu bytes of event ring\n", maps, rest, ring);
	printf("tgrun start to attached: %ld ms of guest time (instructions / 10^6)\n",
	       r->ready_ms);
}

static void tell_progress(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "%s\n", sentence);
}

static void watch_line(void *context, struct lab_case *c, const char *word, const char *text)
{
	(void)context;
	static const char *const shown[] = {"stdout", "stderr", "note", "log"};
	size_t i;

	for (i = 0; c && i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (!strcmp(word, shown[i]))
			fprintf(stderr, "  %s: %s\n", c->test->name, text);
	}
}

static void print_all(const struct kernel *k, const struct bench *b)
{
	print_table(k, b);
	print_loads(b);
	if (b->tgc[0])
		print_usage(&b->cases[b->tgc[0]].record);
}

static int bench(struct arena *a, const struct lab *lab, const char *series, struct vm_error *e)
{
	const struct vm_progress progress = {tell_progress, NULL};
	const struct lab_watch watch = {watch_line, NULL};
	struct bench b = {.arena = a};
	struct kernel k;
	int result;

	if (!kernel_series_find(series))
		return vm_fail(e, "no such kernel: %s", series);
	if (kernel_prepare(a, kernel_series_find(series), lab->cache, &progress, &k, e) < 0)
		return -1;
	make_runs(&b);
	result = lab_compile(a, lab, &k, b.cases, b.count, e);
	if (result == 0)
		result = lab_boot(a, lab, &k, b.cases, b.count, &watch, e);
	if (result == 0)
		print_all(&k, &b);
	for (size_t i = 0; i < b.count; i++) {
		if (result == 0 && b.cases[i].refused)
			result = vm_fail(e, "%s: %.1000s", b.tests[i].name, b.cases[i].refused);
		record_free(&b.cases[i].record);
	}
	return result;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct vm_error e;
	struct lab lab;
	int i, result;

	lab_defaults(&lab);
	lab.work = "build/tests/bench-work";
	lab.counted = true;
	lab.files = files;
	lab.file_count = sizeof(files) / sizeof(files[0]);
	lab.timeout = 3600;
	lab.script_seconds = 600; /* of the guest, which settles first */
	lab.cache = kernel_cache(&a, &e);
	result = lab.cache ? lab_keys(&lab, &e) : -1;
	for (i = 1; result == 0 && (i < argc || i == 1); i++)
		result = bench(&a, &lab, i < argc ? argv[i] : "6.12", &e);
	if (result < 0)
		fprintf(stderr, "bench: %s\n", e.text);
	arena_free(&a);
	return result < 0 ? 3 : 0;
}
