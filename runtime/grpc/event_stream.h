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
#define STREAM_TIME_MAX	   200000000ull /* nanoseconds of a second */

struct event_stream {
	struct event_filters allow, deny;
	struct field_filters fields;
	uint64_t since,
		spent; /* nanoseconds: a second's begin, by the boot-time clock; on filters */
};

/* From a GetEventsRequest, with so many values at most. NULL with a sentence. */
struct event_stream *event_stream_new(const json_t *request, const struct export_options *options,
				      size_t most_values, struct failure *why);
/* Whether the event passes. `*greedy`: its filters have taken more than STREAM_TIME_MAX a second.
 */
bool event_stream_wants(struct event_stream *s, const struct event_view *view, bool *greedy);
void event_stream_free(struct event_stream *s); /* NULL is fine */

#endif
