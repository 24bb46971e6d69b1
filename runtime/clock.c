// SPDX-License-Identifier: Apache-2.0
#include <time.h>
#include "runtime/clock.h"

#define SECOND	    1000000000ll
#define MILLISECOND 1000000ll
#define DAY	    86400

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

struct date {
	uint32_t year, month, day;
};

/*
 * Days since 1970 as a date: years are counted from a first of March, so that the day that is not
 * in every year is the last.
 */
static struct date date_of(uint32_t days)
{
	uint32_t since = days + 719468;				/* days since March of the year 0 */
	uint32_t era = since / 146097, in_era = since % 146097; /* 400 years */
	uint32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint32_t in_year = in_era - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * in_year + 2) / 153; /* 0: March */

	return (struct date){.year = era * 400 + year + (month >= 10),
			     .month = month < 10 ? month + 3 : month - 9,
			     .day = in_year - (153 * month + 2) / 5 + 1};
}

/* So many digits and the character behind them. Where the text goes on. */
static char *digits(char *text, uint32_t number, int count, char after)
{
	for (int i = count - 1; i >= 0; i--) {
		text[i] = (char)('0' + number % 10);
		number /= 10;
	}
	text[count] = after;
	return text + count + 1;
}

void clock_text(char text[CLOCK_TEXT_SIZE], uint64_t wall, bool nine_digits)
{
	uint32_t fraction = (uint32_t)(wall % SECOND), second = (uint32_t)(wall / SECOND % DAY);
	struct date date = date_of((uint32_t)(wall / SECOND / DAY));

	text = digits(text, date.year, 4, '-');
	text = digits(text, date.month, 2, '-');
	text = digits(text, date.day, 2, 'T');
	text = digits(text, second / 3600, 2, ':');
	text = digits(text, second / 60 % 60, 2, ':');
	text = digits(text, second % 60, 2, fraction || nine_digits ? '.' : 'Z');
	if (nine_digits || fraction % 1000)
		text = digits(text, fraction, 9, 'Z');
	else if (fraction % 1000000)
		text = digits(text, fraction / 1000, 6, 'Z');
	else if (fraction)
		text = digits(text, fraction / 1000000, 3, 'Z');
	*text = '\0';
}
