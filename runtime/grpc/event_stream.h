/* SPDX-License-Identifier: Apache-2.0 */
/* Which events a GetEvents stream is to get, and of each what. */
#ifndef TGRUN_GRPC_EVENT_STREAM_H
#define TGRUN_GRPC_EVENT_STREAM_H

#include <jansson.h>
#include "runtime/event_filter.h"
#include "runtime/export_options.h"
#include "runtime/field_filter.h"

/* Filters are asked for every event: so many values a stream may have, and one by TCP. */
#define STREAM_VALUES_MAX  1024u
#define STREAM_VALUES_OPEN 64u
#define STREAM_VALUE_BYTES 128u		/* a longer text counts as several */
#define STREAM_WEIGHT	   64u		/* of expressions, for each value that there may be */
#define STREAM_TIME_MAX	   200000000ull /* nanoseconds of a second */

struct time_budget {
	uint64_t since; /* a second's begin, by the boot-time clock */
	uint64_t spent; /* nanoseconds since */
};

/* Whether this second's time is spent; `now` is the boot-time clock. */
bool time_budget_over(const struct time_budget *b, uint64_t now);
/* Adds the time since `before`; whether it is more than STREAM_TIME_MAX a second by now. */
bool time_budget_spend(struct time_budget *b, uint64_t before);

struct event_stream {
	struct event_filters allow, deny;
	struct field_filters fields;
	struct time_budget time; /* on filters */
};

/* From a GetEventsRequest, with so many values at most. NULL with a sentence. */
struct event_stream *event_stream_new(const json_t *request, const struct export_options *options,
				      size_t most_values, struct failure *why);
/* Whether the event passes. `*greedy`: its filters have taken more than STREAM_TIME_MAX a second.
 */
bool event_stream_wants(struct event_stream *s, const struct event_view *view, bool *greedy);
void event_stream_free(struct event_stream *s); /* NULL is fine */

#endif
