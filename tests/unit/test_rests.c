/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/rests.h"

static const struct tg_key one = {.pid = 7, .ktime = 70}, two = {.pid = 8, .ktime = 80};
static const struct record_text first = {"ab", 2};

static void add(struct rests *r, struct tg_key key, uint32_t of, uint32_t at, const char *bytes)
{
	struct record record = {.rest = {.fixed = {.key = key, .of = of, .at = at},
					 .bytes = {bytes, strlen(bytes)}}};

	rests_add(r, &record);
}

/* NULL: there was no rest. */
static void expect_whole(struct rests *r, struct tg_key key, enum tg_rest_of of,
			 const char *expected)
{
	struct buffer out = {0};
	bool found = rests_take(r, &key, of, &first, &out);

	cr_expect_eq(found, expected != NULL);
	if (found)
		cr_expect(out.size == strlen(expected) && !memcmp(out.data, expected, out.size),
			  "%.*s", (int)out.size, out.data);
	buffer_free(&out);
}

Test(rests, parts_of_one_exec_are_put_together_and_forgotten)
{
	struct rests r = {0};

	add(&r, one, TG_REST_ARGS, 0, "cd");
	add(&r, two, TG_REST_ARGS, 0, "12");
	add(&r, one, TG_REST_ENV, 0, "X");
	add(&r, one, TG_REST_ARGS, 2, "ef");
	add(&r, two, TG_REST_ARGS, 2, "3");
	expect_whole(&r, one, TG_REST_ARGS, "abcdef");
	expect_whole(&r, one, TG_REST_ARGS, NULL);
	expect_whole(&r, one, TG_REST_ENV, "abX");
	expect_whole(&r, two, TG_REST_ARGS, "ab123");
	rests_free(&r);
}

Test(rests, a_gap_leaves_nothing)
{
	struct rests r = {0};

	add(&r, one, TG_REST_ARGS, 0, "cd");
	add(&r, one, TG_REST_ARGS, 3, "ef");
	expect_whole(&r, one, TG_REST_ARGS, NULL);
	add(&r, two, TG_REST_ARGS, 2, "ef");
	expect_whole(&r, two, TG_REST_ARGS, NULL);
	add(&r, (struct tg_key){.pid = 8, .ktime = 81}, TG_REST_ARGS, 0, "ef");
	expect_whole(&r, two, TG_REST_ARGS, NULL);
	rests_free(&r);
}

Test(rests, memory_is_bounded)
{
	static char bytes[TG_REST_MAX + 1];
	struct rests r = {0};
	struct buffer out = {0};

	for (uint32_t i = 0; i < 100; i++)
		add(&r, (struct tg_key){.pid = i + 1, .ktime = 1}, TG_REST_ARGS, 0, "x");
	expect_whole(&r, (struct tg_key){.pid = 1, .ktime = 1}, TG_REST_ARGS, NULL);
	expect_whole(&r, (struct tg_key){.pid = 100, .ktime = 1}, TG_REST_ARGS, "abx");
	memset(bytes, 'y', TG_REST_MAX);
	for (uint32_t i = 0; i < TG_RESTS_MAX; i++)
		add(&r, one, TG_REST_ARGS, i * TG_REST_MAX, bytes);
	cr_expect(rests_take(&r, &one, TG_REST_ARGS, &first, &out));
	cr_expect_eq(out.size, TG_RESTS_MAX * TG_REST_MAX + 2);
	buffer_free(&out);
	for (uint32_t i = 0; i < TG_RESTS_MAX + 1; i++)
		add(&r, one, TG_REST_ARGS, i * TG_REST_MAX, bytes);
	expect_whole(&r, one, TG_REST_ARGS, NULL);
	rests_free(&r);
}
