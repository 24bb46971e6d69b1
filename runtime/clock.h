/* SPDX-License-Identifier: Apache-2.0 */
/* From the kernel's boot-time stamps to wall-clock time, and to its text. */
#ifndef TGRUN_CLOCK_H
#define TGRUN_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
	int64_t offset; /* wall clock minus boot-time clock, nanoseconds */
};

/*
 * Measures the offset. Called again it follows steps of the wall clock, but keeps the old
 * offset while the two agree within a millisecond, so that one stamp always prints the same.
 */
void clock_measure(struct clock *c);

/* Nanoseconds since 1970. */
uint64_t clock_wall(const struct clock *c, uint64_t ktime);

uint64_t clock_boot_now(void);

#define CLOCK_TEXT_SIZE 40

/* RFC 3339 in UTC; fraction of 0, 3, 6 or 9 digits, or always 9. */
void clock_text(char text[CLOCK_TEXT_SIZE], uint64_t wall, bool nine_digits);

#endif
