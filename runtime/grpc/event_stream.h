/* SPDX-License-Identifier: Apache-2.0 */
/* Which events a GetEvents stream is to get, and of each what. */
#ifndef TGRUN_GRPC_EVENT_STREAM_H
#define TGRUN_GRPC_EVENT_STREAM_H

#include <jansson.h>
#include "runtime/event_filter.h"
#include "runtime/export_options.h"
#include "runtime/field_filter.h"

struct event_stream {
	struct event_filters allow, deny;
	struct field_filters fields;
};

/* From a GetEventsRequest. NULL with a sentence. */
struct event_stream *event_stream_new(const json_t *request, const struct export_options *options,
				      struct failure *why);
void event_stream_free(struct event_stream *s); /* NULL is fine */

#endif
