/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fork bombs and crowds, replayed: a model knows what each process is, the relay is given the
 * records of it, and not all of them. What it says of a process must be so, or nothing.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/dispatch.h"

#define PIDS   400   /* as with a small pid_max: each comes again and again */
#define FORKS  50000 /* in a second */
#define APART  20000 /* nanoseconds */
#define LIVING 100000

/* What a process is: its image, and whose text it has. */
struct truth {
	struct tg_key key, parent;
	char text[32];
	bool alive;
};

struct storm {
	struct bundles bundles;
	struct dispatch d;
	struct sinks sinks;
	struct sink_counts counts;
	struct clock clock;
	struct truth now[PIDS + 2]; /* by pid */
	uint64_t seen, unknown, orphans;
};

static void check_event(void *state, const struct sink_event *se)
{
	struct storm *s = state;
	const struct event *e = se->event;
	const struct truth *t = &s->now[e->key.pid % (PIDS + 2)];

	s->seen++;
	s->unknown += !e->process;
	s->orphans += e->process && !e->parent;
	if (!e->process)
		return;
	cr_assert_eq(e->process->key.ktime, t->key.ktime);
	cr_assert_str_eq(proc_arguments(e->process), t->text);
	if (e->parent)
		cr_assert(e->parent->key.pid == t->parent.pid &&
			  e->parent->key.ktime == t->parent.ktime);
}

static void close_check(void *state)
{
	(void)state;
}

static const struct sink_ops check_ops = {.event = check_event, .close = close_check};

static struct storm *open_storm(size_t capacity, bool check)
{
	static struct storm s;
	struct sink sink = {"check", &check_ops, &s, &s.counts};

	s = (struct storm){0};
	s.d = (struct dispatch){.procs = procs_new(capacity),
				.calls = calls_new(4, 1000),
				.bundles = &s.bundles,
				.sinks = &s.sinks,
				.style = {.node_name = "n", .clock = &s.clock}};
	if (check)
		cr_assert_eq(sinks_add(&s.sinks, &sink), 0);
	return &s;
}

static void close_storm(struct storm *s)
{
	procs_free(s->d.procs);
	calls_free(s->d.calls);
	rests_free(&s->d.rests);
	sinks_close(&s->sinks);
}

static void feed_exec(struct storm *s, struct tg_key key, struct tg_key parent,
		      struct tg_key previous, const char *text)
{
	struct {
		struct tg_exec fixed;
		char tail[40];
	} r = {.fixed = {.head = {.kind = TG_EXEC, .ktime = key.ktime},
			 .key = key,
			 .parent = parent,
			 .previous = previous,
			 .flags = TG_P_EXECVE | (previous.ktime ? TG_P_CLONE : 0),
			 .path_size = 2,
			 .args_size = (uint16_t)strlen(text)}};

	memcpy(r.tail, "/x", 2);
	memcpy(r.tail + 2, text, strlen(text));
	r.fixed.head.size = (uint32_t)(sizeof(r.fixed) + 2 + strlen(text));
	dispatch_record(&s->d, &r, r.fixed.head.size);
}

static void feed_clone(struct storm *s, const struct truth *t)
{
	struct tg_clone r = {
		.head = {.kind = TG_CLONE, .size = sizeof(r)}, .key = t->key, .parent = t->parent};

	dispatch_record(&s->d, &r, sizeof(r));
}

static void feed_exit(struct storm *s, const struct truth *t)
{
	struct tg_exit r = {.head = {.kind = TG_EXIT, .size = sizeof(r)}, .key = t->key};

	dispatch_record(&s->d, &r, sizeof(r));
}

/* How often a kind of record is lost: every so many. 0: never. */
struct losing {
	uint32_t clones, execs, exits;
};

static bool is_lost(uint32_t every, uint32_t i)
{
	return every && i % every == every - 1;
}

static void end(struct storm *s, struct truth *t, const struct losing *l, uint32_t i)
{
	if (t->alive && !is_lost(l->exits, i))
		feed_exit(s, t);
	t->alive = false;
}

/* The i-th fork: of the shell, or of the process before it; two of three execute something. */
static void fork_one(struct storm *s, const struct losing *l, uint32_t i)
{
	struct truth *t = &s->now[2 + i % PIDS], *parent = &s->now[1];
	struct tg_key before;

	end(s, t, l, i);
	if (i % 5 == 4 && s->now[2 + (i - 1) % PIDS].alive)
		parent = &s->now[2 + (i - 1) % PIDS];
	*t = (struct truth){.key = {.pid = 2 + i % PIDS, .ktime = 1000 + (uint64_t)i * APART},
			    .parent = parent->key,
			    .alive = true};
	memcpy(t->text, parent->text, sizeof(t->text));
	if (!is_lost(l->clones, i))
		feed_clone(s, t);
	if (i % 3 == 2)
		return;
	before = t->key;
	t->key.ktime += 10;
	snprintf(t->text, sizeof(t->text), "%u:%llu", t->key.pid, (unsigned long long)t->key.ktime);
	if (!is_lost(l->execs, i))
		feed_exec(s, t->key, t->parent, before, t->text);
}

static void begin(struct storm *s)
{
	s->now[1] = (struct truth){.key = {.pid = 1, .ktime = 10}, .text = "shell", .alive = true};
	feed_exec(s, s->now[1].key, (struct tg_key){0}, (struct tg_key){0}, "shell");
}

static void run(struct storm *s, const struct losing *l)
{
	begin(s);
	for (uint32_t i = 0; i < FORKS; i++)
		fork_one(s, l, i);
	for (uint32_t pid = 2; pid < PIDS + 2; pid++)
		end(s, &s->now[pid], &(struct losing){0}, 0);
}

static void age(struct storm *s)
{
	for (int i = 0; i < 3; i++)
		procs_tick(s->d.procs);
}

Test(storm, a_fork_bomb_is_told_in_full_and_leaves_nothing)
{
	struct storm *s = open_storm(PROCS_CAPACITY * 2, true);

	run(s, &(struct losing){0});
	cr_expect_eq(s->seen, 1 + FORKS - FORKS / 3 + FORKS, "%llu events",
		     (unsigned long long)s->seen);
	cr_expect_eq(s->unknown, 0);
	cr_expect_eq(s->orphans, 1, "the shell's");
	cr_expect_eq(procs_replaced(s->d.procs), 0);
	cr_expect_eq(procs_evicted(s->d.procs), 0);
	age(s);
	cr_expect_eq(procs_count(s->d.procs), 1);
	close_storm(s);
}

Test(storm, what_was_lost_is_unknown_and_never_another_process)
{
	struct storm *s = open_storm(PROCS_CAPACITY * 2, true);

	run(s, &(struct losing){.clones = 7, .execs = 11, .exits = 13});
	cr_expect_gt(s->unknown, FORKS / 30);
	cr_expect_gt(procs_replaced(s->d.procs), FORKS / 30);
	age(s);
	cr_expect_leq(procs_count(s->d.procs), PIDS + 1);
	close_storm(s);
}

Test(storm, a_cache_that_is_too_small_forgets_and_says_so)
{
	struct storm *s = open_storm(100, true);

	run(s, &(struct losing){.exits = 13});
	cr_expect_eq(procs_count(s->d.procs), 100);
	cr_expect_gt(procs_evicted(s->d.procs), FORKS / 2);
	cr_expect_eq(s->d.counts.dropped, 0);
	close_storm(s);
}

Test(storm, a_hundred_thousand_live_at_a_time)
{
	struct storm *s = open_storm(LIVING + 1, false);
	struct tg_key shell = {.pid = 1, .ktime = 10};
	char text[32];

	begin(s);
	for (uint32_t i = 0; i < LIVING; i++) {
		struct tg_key key = {.pid = 2 + i, .ktime = 1000 + i};

		snprintf(text, sizeof(text), "%u", i);
		feed_exec(s, key, shell, (struct tg_key){0}, text);
	}
	age(s);
	cr_assert_eq(procs_count(s->d.procs), LIVING + 1);
	cr_expect_eq(procs_evicted(s->d.procs), 0);
	for (uint32_t i = 0; i < LIVING; i++) {
		const struct proc *p =
			procs_find(s->d.procs, &(struct tg_key){.pid = 2 + i, .ktime = 1000 + i});

		snprintf(text, sizeof(text), "%u", i);
		cr_assert(p && !strcmp(proc_arguments(p), text));
	}
	close_storm(s);
}

/* Zombies have no memory, but children: the entry of one that has ended names them still. */
Test(storm, the_parent_of_orphans_has_ended_but_is_named)
{
	struct storm *s = open_storm(100, true);
	struct truth *parent = &s->now[2], *child = &s->now[3];

	begin(s);
	*parent = (struct truth){.key = {.pid = 2, .ktime = 20},
				 .parent = {.pid = 1, .ktime = 10},
				 .text = "zombie"};
	feed_exec(s, parent->key, parent->parent, (struct tg_key){.pid = 2, .ktime = 15}, "zombie");
	*child = (struct truth){
		.key = {.pid = 3, .ktime = 30}, .parent = parent->key, .text = "zombie"};
	feed_clone(s, child);
	feed_exit(s, parent);
	age(s);
	memcpy(child->text, "child", 6);
	child->key.ktime = 40;
	feed_exec(s, child->key, parent->key, (struct tg_key){.pid = 3, .ktime = 30}, "child");
	feed_exit(s, child);
	cr_expect_eq(s->seen, 5);
	cr_expect_eq(s->unknown, 0);
	cr_expect_eq(s->orphans, 1, "the shell's");
	age(s);
	cr_expect_eq(procs_count(s->d.procs), 1);
	close_storm(s);
}

/* ---- long arguments -------------------------------------------------------------------------- */

static void feed_rest(struct storm *s, struct tg_key key, uint32_t at, char fill, size_t size)
{
	struct {
		struct tg_rest fixed;
		char bytes[TG_REST_MAX];
	} r = {.fixed = {.head = {.kind = TG_REST, .size = (uint32_t)(sizeof(r.fixed) + size)},
			 .key = key,
			 .at = at}};

	memset(r.bytes, fill, size);
	dispatch_record(&s->d, &r, r.fixed.head.size);
}

static void feed_long(struct storm *s, struct tg_key key)
{
	struct {
		struct tg_exec fixed;
		char tail[2 + TG_ARGV_MAX - 1];
	} r = {.fixed = {.head = {.kind = TG_EXEC, .size = sizeof(r.fixed) + sizeof(r.tail)},
			 .key = key,
			 .flags = TG_P_EXECVE | TG_P_DATA_ARGS,
			 .path_size = 2,
			 .args_size = TG_ARGV_MAX - 1}};

	memset(r.tail, 'a', sizeof(r.tail));
	memcpy(r.tail, "/x", 2);
	dispatch_record(&s->d, &r, r.fixed.head.size);
}

Test(storm, long_arguments_are_kept_up_to_a_limit)
{
	struct storm *s = open_storm(1000, false);
	struct tg_key key = {.pid = 2, .ktime = 20};
	const struct proc *p;

	feed_rest(s, key, 0, 'b', TG_REST_MAX);
	feed_rest(s, key, TG_REST_MAX, 'c', 10);
	feed_long(s, key);
	p = procs_find(s->d.procs, &key);
	cr_assert_not_null(p);
	cr_expect_eq(strlen(proc_arguments(p)), TG_ARGV_MAX - 1 + TG_REST_MAX + 10);
	cr_expect_str_eq(proc_arguments(p) + TG_ARGV_MAX - 1 + TG_REST_MAX - 1, "bcccccccccc");
	cr_expect_eq(p->flags, TG_P_EXECVE | TG_P_DATA_ARGS);
	for (uint32_t i = 0; i < 60; i++) {
		key = (struct tg_key){.pid = 3 + i, .ktime = 30};
		for (uint32_t k = 0; k < TG_RESTS_MAX; k++)
			feed_rest(s, key, k * TG_REST_MAX, 'b', TG_REST_MAX);
		feed_long(s, key);
	}
	p = procs_find(s->d.procs, &key);
	cr_expect_eq(strlen(proc_arguments(p)), TG_ARGV_MAX);
	cr_expect_eq(p->flags, TG_P_EXECVE | TG_P_DATA_ARGS | TG_P_TRUNC_ARGS);
	cr_expect_str_eq(proc_cwd(p), "");
	/* Without the rest it says that something is missing. */
	key.ktime = 50;
	feed_long(s, key);
	p = procs_find(s->d.procs, &key);
	cr_expect_eq(strlen(proc_arguments(p)), TG_ARGV_MAX - 1);
	cr_expect_eq(p->flags, TG_P_EXECVE | TG_P_DATA_ARGS | TG_P_TRUNC_ARGS);
	close_storm(s);
}
