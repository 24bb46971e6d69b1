/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's rules, and the tables that programs read, in memory that is no map's. */
#include <criterion/criterion.h>
#include <linux/types.h>
#include <string.h>
#include <sys/mman.h>
#include "bundle_fixture.h"
#include "runtime/workload_rules.h"
#include "tg_workloads_layout.h"

static struct arena arena;
static struct artifact artifact;
static struct workload_rules rules;

static volatile uint64_t *memory(size_t words)
{
	void *at =
		mmap(NULL, words * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert_neq(at, MAP_FAILED);
	return at;
}

static void setup(void)
{
	struct bytes payload = fixture_payload(&arena);
	char why[256];

	cr_assert_eq(artifact_view(&artifact, payload.at, payload.size, why, sizeof(why)), 0);
	cr_assert_eq(workload_rules_init(&rules, &artifact), 0);
	rules.head = memory(1 + TG_WORKLOAD_SEEN);
	rules.head_size = (1 + TG_WORKLOAD_SEEN) * 8;
	rules.tables = memory(2 * TG_WORKLOAD_SLOTS);
	rules.tables_size = 2 * TG_WORKLOAD_SLOTS * 8;
}

static void teardown(void)
{
	workload_rules_free(&rules);
	arena_free(&arena);
}

TestSuite(workload_rules, .init = setup, .fini = teardown);

/* As programs look for it. */
static uint64_t word_of(uint64_t cgroup)
{
	volatile uint64_t *table = rules.tables + (rules.head[0] & 1) * TG_WORKLOAD_SLOTS;
	uint32_t at = tg_workload_hash(cgroup, TG_WORKLOAD_SLOT_BITS);

	for (uint32_t i = 0; i < TG_WORKLOAD_PROBES; i++) {
		uint64_t word = table[(at + i) & (TG_WORKLOAD_SLOTS - 1)];

		if (!word || word >> TG_WORKLOAD_ID == (uint32_t)cgroup)
			return word;
	}
	return 0;
}

static const struct label app = {"app", "web"};
static const struct workload cart = {true, "shop", {&app, 1}, "main", NULL};
static const struct workload side = {true, "shop", {&app, 1}, "side", NULL};
static const struct workload other = {true, "else", {&app, 1}, "main", NULL};
static const struct workload bare = {true, "shop", {NULL, 0}, "main", NULL};

Test(workload_rules, what_a_cgroup_fits)
{
	const struct workload_place v[] = {
		{5, &cart}, {6, &side}, {(7ull << 32) + 8, &other}, {9, &bare}};

	cr_assert_eq(rules.count, 2);
	cr_assert_eq(rules.words, 1);
	cr_assert_eq(workload_rules_write(&rules, v, 4), 0);
	cr_expect_eq(rules.head[0], 1);
	cr_expect_eq(word_of(5), 5ull << TG_WORKLOAD_ID | 1);
	cr_expect_eq(word_of(6), 6ull << TG_WORKLOAD_ID);
	cr_expect_eq(word_of((7ull << 32) + 8), 8ull << TG_WORKLOAD_ID);
	cr_expect_eq(word_of(9), 9ull << TG_WORKLOAD_ID);
	cr_expect_eq(word_of(10), 0);
}

Test(workload_rules, a_new_table_replaces_the_old_one_and_what_was_remembered)
{
	const struct workload_place one = {5, &cart}, two = {5, &side};

	workload_rules_write(&rules, &one, 1);
	rules.head[1 + tg_workload_hash(5, TG_WORKLOAD_SEEN_BITS)] = 77;
	workload_rules_write(&rules, &two, 1);
	cr_expect_eq(rules.head[0], 2);
	cr_expect_eq(word_of(5), 5ull << TG_WORKLOAD_ID);
	for (int i = 0; i < TG_WORKLOAD_SEEN; i++)
		cr_assert_eq(rules.head[1 + i], 0);
	workload_rules_write(&rules, NULL, 0);
	cr_expect_eq(word_of(5), 0);
}

Test(workload_rules, as_many_as_a_file_may_have)
{
	static struct workload_place v[TG_WORKLOADS_MAX];

	for (uint32_t i = 0; i < TG_WORKLOADS_MAX; i++) /* a container's files have numbers, too */
		v[i] = (struct workload_place){4000 + i * 53, i % 2 ? &cart : &side};
	cr_assert_eq(workload_rules_write(&rules, v, TG_WORKLOADS_MAX), 0);
	for (uint32_t i = 0; i < TG_WORKLOADS_MAX; i++)
		cr_assert_eq(word_of(v[i].cgroup), v[i].cgroup << TG_WORKLOAD_ID | i % 2);
}

/* Numbers that all have one place. */
Test(workload_rules, without_room_everything_stays)
{
	static struct workload_place v[TG_WORKLOAD_PROBES + 1];
	const struct workload_place one = {5, &cart};
	uint32_t count = 0;

	workload_rules_write(&rules, &one, 1);
	for (uint32_t id = 2; count <= TG_WORKLOAD_PROBES; id++)
		if (tg_workload_hash(id, TG_WORKLOAD_SLOT_BITS) == 100)
			v[count++] = (struct workload_place){id, &cart};
	cr_expect_eq(workload_rules_write(&rules, v, count), -1);
	cr_expect_eq(word_of(5), 5ull << TG_WORKLOAD_ID | 1);
	cr_expect_eq(workload_rules_write(&rules, v, count - 1), 0);
}

Test(workload_rules, nodes)
{
	static const struct label hdd = {"disk", "hdd"}, ssd = {"disk", "ssd"}, none = {"disk", ""};

	cr_expect_not(workload_rules_node(&rules, 0, &(struct labels){NULL, 0}));
	cr_expect_not(workload_rules_node(&rules, 0, &(struct labels){&hdd, 1}));
	cr_expect(workload_rules_node(&rules, 0, &(struct labels){&ssd, 1}));
	cr_expect(workload_rules_node(&rules, 0, &(struct labels){&none, 1}));
	cr_expect(workload_rules_node(&rules, 1, &(struct labels){NULL, 0}), "it asks for nothing");
}
