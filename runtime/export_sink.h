/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sink that writes lines: chooses events by filters and a rate limit, prints them, and gives
 * whole lines to a writer. What a slow writer does not take waits, up to EXPORT_QUEUE_BYTES.
 */
#ifndef TGRUN_EXPORT_SINK_H
#define TGRUN_EXPORT_SINK_H

#include "runtime/event_filter.h"
#include "runtime/field_filter.h"
#include "runtime/line_writer.h"
#include "runtime/rate_limit.h"
#include "runtime/sink.h"

#define EXPORT_QUEUE_BYTES (1u << 20)

/* What is exported. Owned by the sink that has it. */
struct export_rules {
	struct event_filters allow, deny;
	struct field_filters fields;
};

struct export_sink {
	struct export_rules rules;
	struct rate_limit limit;
	event_printer *print; /* NULL: JSON, shared with other sinks */
	const struct event_style *style;
	struct line_writer writer; /* without `ops`: lines are only gathered in `out` */
	struct buffer out;	   /* whole lines not yet written */
	struct sink_counts counts;
};

/* Adds the sink, which stays the caller's until sinks_close(). Rules, limit, print, style and
 * writer are filled in. 0, or -1 when there are too many. */
int export_sink_add(struct sinks *sinks, struct export_sink *e);
void export_rules_free(struct export_rules *rules);

#endif
