// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <time.h>
#include "runtime/clock.h"

#define SECOND	    1000000000ll
#define MILLISECOND 1000000ll

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/* The wall clock is read between two readings of the other: the tightest of a few counts. */
static int64_t measure_offset(void)
{
	int64_t best = 0, window = INT64_MAX;

	for (int i = 0; i < 5; i++) {
		int64_t before = read_clock(CLOCK_BOOTTIME);
		int64_t wall = read_clock(CLOCK_REALTIME);
		int64_t after = read_clock(CLOCK_BOOTTIME);

		if (after - before < window) {
			window = after - before;
			best = wall - (before + window / 2);
		}
	}
	return best;
}

void clock_measure(struct clock *c)
{
	int64_t offset = measure_offset(), change = offset - c->offset;

	if (change > MILLISECOND || change < -MILLISECOND)
		c->offset = offset;
}

uint64_t clock_wall(const struct clock *c, uint64_t ktime)
{
	return ktime + (uint64_t)c->offset;
}

uint64_t clock_boot_now(void)
{
	return (uint64_t)read_clock(CLOCK_BOOTTIME);
}

void clock_text(char text[CLOCK_TEXT_SIZE], uint64_t wall, bool nine_digits)
{
	time_t seconds = (time_t)(wall / SECOND);
	unsigned int fraction = (unsigned int)(wall % SECOND);
	struct tm utc;
	size_t size;

	gmtime_r(&seconds, &utc);
	size = strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
	text += size;
	size = CLOCK_TEXT_SIZE - size;
	if (nine_digits || fraction % 1000)
		snprintf(text, size, ".%09uZ", fraction);
	else if (fraction % 1000000)
		snprintf(text, size, ".%06uZ", fraction / 1000);
	else if (fraction)
		snprintf(text, size, ".%03uZ", fraction / 1000000);
	else
		snprintf(text, size, "Z");
}
