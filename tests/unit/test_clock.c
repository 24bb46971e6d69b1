/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>
#include "runtime/clock.h"

static void expect_time(uint64_t wall, bool nine, const char *expected)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(text, wall, nine);
	cr_expect_str_eq(text, expected);
}

Test(clock, prints_the_shortest_of_0_3_6_or_9_digits)
{
	uint64_t wall = 1787205600000000000ull;

	expect_time(wall, false, "2026-08-20T06:00:00Z");
	expect_time(wall + 90000000, false, "2026-08-20T06:00:00.090Z");
	expect_time(wall + 90001000, false, "2026-08-20T06:00:00.090001Z");
	expect_time(wall + 90001001, false, "2026-08-20T06:00:00.090001001Z");
	expect_time(wall, true, "2026-08-20T06:00:00.000000000Z");
	expect_time(0, false, "1970-01-01T00:00:00Z");
}

Test(clock, boot_time_now_is_wall_time_now)
{
	struct clock c = {0};
	int64_t difference;

	clock_measure(&c);
	difference = (int64_t)(clock_wall(&c, clock_boot_now()) / 1000000000) - time(NULL);
	cr_expect_leq(llabs(difference), 1);
}

Test(clock, keeps_its_offset_while_it_fits)
{
	struct clock c = {0};
	int64_t offset;

	clock_measure(&c);
	c.offset += 300000;
	offset = c.offset;
	clock_measure(&c);
	cr_expect_eq(c.offset, offset);
	c.offset += 5000000;
	clock_measure(&c);
	cr_expect_lt(llabs(c.offset - offset), 3000000);
}

Test(clock, every_day_until_the_clock_ends)
{
	char expected[CLOCK_TEXT_SIZE];

	for (uint64_t day = 0; day < UINT64_MAX / 1000000000 / 86400; day++) {
		uint64_t seconds = day * 86400 + day % 86400;
		time_t t = (time_t)seconds;
		struct tm utc;

		gmtime_r(&t, &utc);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &utc);
		expect_time(seconds * 1000000000, false, expected);
	}
}
