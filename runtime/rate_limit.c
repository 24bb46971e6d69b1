// SPDX-License-Identifier: Apache-2.0
#include "runtime/rate_limit.h"

#define MINUTE 60000000000ull

void rate_limit_init(struct rate_limit *r, int64_t per_minute, uint64_t now)
{
	*r = (struct rate_limit){.per_minute = per_minute, .filled = now, .reported = now};
	if (per_minute > 0)
		r->level = (uint64_t)per_minute * MINUTE;
}

/* A nanosecond gives as many parts of a token, of MINUTE parts each, as events may be a minute. */
static void fill(struct rate_limit *r, uint64_t now)
{
	uint64_t most = (uint64_t)r->per_minute * MINUTE, passed = now - r->filled;

	r->filled = now;
	if (passed >= MINUTE || most - r->level <= passed * (uint64_t)r->per_minute)
		r->level = most;
	else
		r->level += passed * (uint64_t)r->per_minute;
}

bool rate_limit_pass(struct rate_limit *r, uint64_t now)
{
	if (r->per_minute < 0)
		return true;
	if (r->per_minute > 0)
		fill(r, now);
	if (r->level >= MINUTE) {
		r->level -= MINUTE;
		return true;
	}
	r->dropped++;
	return false;
}

uint64_t rate_limit_report(struct rate_limit *r, uint64_t now)
{
	uint64_t dropped = r->dropped;

	if (now - r->reported < MINUTE)
		return 0;
	r->reported = now;
	r->dropped = 0;
	return dropped;
}
