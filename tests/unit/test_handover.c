// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/handover.h"
#include "runtime/keeper_wire.h"

#define OLD 10
#define NEW 20
#define MS  1000000ull

static struct handover *h;

static void begin(void)
{
	h = handover_new(OLD, NEW);
	cr_assert_not_null(h);
}

static void end(void)
{
	free(h);
}

TestSuite(handover, .init = begin, .fini = end);

static bool takes(uint32_t bundle, uint32_t tid, uint64_t ktime)
{
	return handover_takes(h, bundle, tid, 5, ktime);
}

static void both_attached(uint64_t attached, uint64_t switched)
{
	h->attached_at = attached;
	h->switch_at = switched;
}

Test(handover, only_the_old_one_counts_before_the_switch)
{
	cr_expect(takes(OLD, 1, 1000));
	cr_expect_not(takes(NEW, 1, 1001));
	cr_expect(takes(30, 1, 1002));
}

Test(handover, the_switch_decides)
{
	both_attached(MS, 2 * MS);
	cr_expect(takes(OLD, 1, 2 * MS - 500));
	cr_expect_not(takes(NEW, 1, 2 * MS - 400));
	cr_expect(takes(NEW, 1, 2 * MS));
	cr_expect_not(takes(OLD, 1, 2 * MS + 10));
}

/* A thread that does the same over and over, every 1,000; the records of a call are `apart`. */
static unsigned int run_loop(uint64_t switch_at, bool new_first, unsigned int calls, uint64_t apart)
{
	uint64_t first = new_first ? NEW : OLD, second = new_first ? OLD : NEW;
	unsigned int count = 0;

	both_attached(3000, switch_at);
	for (unsigned int i = 1; i <= calls; i++) {
		bool old = i < 40, new = i >= 2; /* attached when, before the switch */

		if (first == OLD ? old : new)
			count += takes((uint32_t)first, 1, i * 1000);
		if (second == OLD ? old : new)
			count += takes((uint32_t)second, 1, i * 1000 + apart);
	}
	return count;
}

/* The switch at every moment of some calls: each call counts once. */
Test(handover, no_gap_and_no_double)
{
	for (uint64_t at = 5000; at < 9000; at++) {
		for (int new_first = 0; new_first < 2; new_first++) {
			memset(h->threads, 0, sizeof(h->threads));
			cr_assert_eq(run_loop(at, new_first, 60, 10 + at % 3 * 200), 60,
				     "switch at %llu", (unsigned long long)at);
		}
	}
}

/* One call before the new one was attached, one after the switch: not the same call. */
Test(handover, calls_far_apart_are_no_pair)
{
	both_attached(10 * MS, 11 * MS);
	cr_expect(takes(OLD, 1, 5 * MS));
	cr_expect(takes(NEW, 1, 12 * MS));
}

Test(handover, a_pair_may_take_long_once_both_are_attached)
{
	both_attached(10 * MS, 11 * MS);
	cr_expect_not(takes(NEW, 1, 11 * MS - 1));
	cr_expect(takes(OLD, 1, 90 * MS));
	cr_expect(takes(OLD, 2, 11 * MS - 1));
	cr_expect_not(takes(NEW, 2, 90 * MS));
}

Test(keeper_wire, only_what_the_other_side_may_say)
{
	struct keeper_message m = keeper_message(KEEPER_UNLOAD, "b");

	cr_expect(keeper_check(&m, sizeof(m), 0, false));
	cr_expect_not(keeper_check(&m, sizeof(m), 0, true));
	cr_expect_not(keeper_check(&m, sizeof(m) - 1, 0, false));
	cr_expect_not(keeper_check(&m, sizeof(m), 1, false));
	m.bundle[0] = '/';
	cr_expect_not(keeper_check(&m, sizeof(m), 0, false));
	memset(m.bundle, 'x', sizeof(m.bundle));
	cr_expect_not(keeper_check(&m, sizeof(m), 0, false));
	m = keeper_message(KEEPER_UNLOAD, NULL);
	cr_expect_not(keeper_check(&m, sizeof(m), 0, false));
	m = keeper_message(KEEPER_YES, NULL);
	cr_expect(keeper_check(&m, sizeof(m), 0, false));
	memset(m.text, 'x', sizeof(m.text));
	cr_expect_not(keeper_check(&m, sizeof(m), 0, false));
	m = keeper_message(KEEPER_OFFER, "b");
	cr_expect_not(keeper_check(&m, sizeof(m), 0, true));
	m.present = 1;
	cr_expect(keeper_check(&m, sizeof(m), 1, true));
	m.present = 3;
	cr_expect_not(keeper_check(&m, sizeof(m), 2, true));
	m = keeper_message(KEEPER_KIND_COUNT, "b");
	cr_expect_not(keeper_check(&m, sizeof(m), 0, true));
}
