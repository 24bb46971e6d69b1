/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What events say that policies did, by Tetragon's names (events.md 6). An action without an event,
 * for the policy wants none or the event was lost, is not counted: the kernel keeps no such counts.
 */
#ifndef TGRUN_ACTION_COUNTS_H
#define TGRUN_ACTION_COUNTS_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/artifact.h"

/* COUNT(NAME, name): the ones that enforce have their like in monitor mode behind them. */
#define ACTION_COUNTS(COUNT)                                                                       \
	COUNT(POST, post)                                                                          \
	COUNT(SIGNAL, signal)                                                                      \
	COUNT(MONITOR_SIGNAL, monitor_signal)                                                      \
	COUNT(OVERRIDE, override)                                                                  \
	COUNT(MONITOR_OVERRIDE, monitor_override)                                                  \
	COUNT(NOTIFY_ENFORCER, notify_enforcer)                                                    \
	COUNT(MONITOR_NOTIFY_ENFORCER, monitor_notify_enforcer)                                    \
	COUNT(SET, set)                                                                            \
	COUNT(MONITOR_SET, monitor_set)

enum action_count {
#define COUNT(NAME, name) ACTION_COUNT_##NAME,
	ACTION_COUNTS(COUNT)
#undef COUNT
		ACTION_COUNT_COUNT,
};

struct action_counts {
	uint64_t v[ACTION_COUNT_COUNT];
};

/* The event's count is POST; of any other action its own. `monitors`: it was not done. */
static inline void action_counts_add(struct action_counts *c, uint32_t action, bool monitors)
{
	switch (action) {
	case TG_ACTION_SIGKILL:
	case TG_ACTION_SIGNAL:
		c->v[ACTION_COUNT_SIGNAL + monitors]++;
		break;
	case TG_ACTION_OVERRIDE:
		c->v[ACTION_COUNT_OVERRIDE + monitors]++;
		break;
	case TG_ACTION_NOTIFY_ENFORCER:
		c->v[ACTION_COUNT_NOTIFY_ENFORCER + monitors]++;
		break;
	case TG_ACTION_SET:
		c->v[ACTION_COUNT_SET + monitors]++;
		break;
	default:
		break;
	}
}

/* What was done, and what would have been: for a table. */
static inline uint64_t action_counts_sum(const struct action_counts *c, bool monitors)
{
	return c->v[ACTION_COUNT_SIGNAL + monitors] + c->v[ACTION_COUNT_OVERRIDE + monitors] +
	       c->v[ACTION_COUNT_NOTIFY_ENFORCER + monitors] + c->v[ACTION_COUNT_SET + monitors];
}

#endif
