/* SPDX-License-Identifier: Apache-2.0 */
/* So many events a minute: a bucket of as many tokens, filled steadily. */
#ifndef TGRUN_RATE_LIMIT_H
#define TGRUN_RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
	int64_t per_minute; /* -1: unlimited; 0: nothing passes */
	uint64_t level;	    /* tokens, times a minute in nanoseconds */
	uint64_t filled;    /* when that was; 0 never */
	uint64_t dropped;   /* since they were last reported */
	uint64_t reported;  /* when that was */
};

void rate_limit_init(struct rate_limit *r, int64_t per_minute, uint64_t now);

/* Whether an event may pass now; what may not is counted. `now` never goes back. */
bool rate_limit_pass(struct rate_limit *r, uint64_t now);

/* Once a minute, when any were dropped: how many since the last report; else 0. */
uint64_t rate_limit_report(struct rate_limit *r, uint64_t now);

#endif
