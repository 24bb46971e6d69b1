// SPDX-License-Identifier: Apache-2.0
/* Calls that wait for their return: what is found again, and what gives way. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/calls.h"

static const struct call_id one = {.bundle = 1, .hook = 2, .tid = 3, .call = 4};

static bool takes(struct calls *c, struct call_id id, const char *text)
{
	struct call *call = calls_take(c, &id);
	bool found = call && call->size == strlen(text) && !memcmp(call->record, text, call->size);

	free(call);
	return found;
}

static void keep(struct calls *c, struct call_id id, const char *text)
{
	cr_assert_eq(calls_keep(c, &id, text, strlen(text)), 0);
}

Test(calls, are_found_once)
{
	struct calls *c = calls_new(10, 1000);

	keep(c, one, "first");
	cr_expect_eq(calls_count(c), 1);
	cr_expect(takes(c, one, "first"));
	cr_expect_eq(calls_count(c), 0);
	cr_expect_null(calls_take(c, &one));
	calls_free(c);
}

Test(calls, differ_in_every_part)
{
	struct calls *c = calls_new(10, 1000);
	struct call_id other[] = {one, one, one, one};

	other[0].bundle++;
	other[1].hook++;
	other[2].tid++;
	other[3].call++;
	keep(c, one, "x");
	for (size_t i = 0; i < 4; i++)
		cr_expect_null(calls_take(c, &other[i]), "%zu", i);
	cr_expect(takes(c, one, "x"));
	calls_free(c);
}

/* As in the kernel: the inner call takes the outer one's place. */
Test(calls, within_a_call)
{
	struct calls *c = calls_new(10, 1000);
	struct call_id inner = one;

	inner.call = 5;
	keep(c, one, "outer");
	keep(c, inner, "inner");
	cr_expect_eq(calls_count(c), 1);
	cr_expect_null(calls_take(c, &one));
	cr_expect(takes(c, inner, "inner"));
	cr_expect_eq(calls_given_up(c), 0);
	calls_free(c);
}

Test(calls, the_oldest_gives_way)
{
	struct calls *c = calls_new(3, 1000);
	struct call_id id = one;

	for (id.tid = 0; id.tid < 5; id.tid++)
		keep(c, id, "x");
	cr_expect_eq(calls_count(c), 3);
	cr_expect_eq(calls_given_up(c), 2);
	id.tid = 1;
	cr_expect_null(calls_take(c, &id));
	id.tid = 2;
	cr_expect(takes(c, id, "x"));
	calls_free(c);
}

Test(calls, bytes_are_bounded)
{
	struct calls *c = calls_new(100, 10);
	struct call_id id = one;

	for (id.tid = 0; id.tid < 4; id.tid++)
		keep(c, id, "1234");
	cr_expect_eq(calls_count(c), 2);
	cr_expect_eq(calls_given_up(c), 2);
	calls_free(c);
}

/* Many threads share few buckets. */
Test(calls, many_threads)
{
	struct calls *c = calls_new(20000, 1u << 20);
	struct call_id id = one;

	for (id.tid = 0; id.tid < 20000; id.tid++)
		keep(c, id, "x");
	for (id.tid = 0; id.tid < 20000; id.tid++)
		cr_assert(takes(c, id, "x"));
	cr_expect_eq(calls_count(c), 0);
	calls_free(c);
}
