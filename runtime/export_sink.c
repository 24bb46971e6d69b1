// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/export_sink.h"
#include "runtime/json.h"

#define FLUSH_SIZE (32u << 10) /* bytes of lines that are written without waiting for more */

void line_writer_drop(struct sink_counts *counts, enum sink_cause cause, const char *lines,
		      size_t size)
{
	for (size_t i = 0; i < size; i++)
		counts->left_out[cause] += lines[i] == '\n';
}

static bool wants(struct export_sink *s, const struct sink_event *e)
{
	enum sink_cause cause = SINK_FILTERED;

	if (!event_filters_pass(&s->rules.allow, &s->rules.deny, &e->view))
		goto left_out;
	cause = SINK_RATE_LIMIT;
	if (s->limit.per_minute >= 0 && !rate_limit_pass(&s->limit, clock_boot_now()))
		goto left_out;
	cause = SINK_QUEUE_FULL;
	if (s->writer.ops && s->out.size >= EXPORT_QUEUE_BYTES)
		goto left_out;
	return true;
left_out:
	s->counts.left_out[cause]++;
	return false;
}

static void append_json(struct export_sink *s, const struct sink_event *e)
{
	size_t size;
	const char *line = sink_event_json(e, &size);

	if (!line)
		s->out.failed = true;
	else if (s->rules.fields.count)
		field_filters_apply(&s->rules.fields, e->view.type, line, size, &s->out);
	else
		buffer_append(&s->out, line, size);
}

static void take_event(void *state, const struct sink_event *e)
{
	struct export_sink *s = state;
	size_t before = s->out.size;

	if (!wants(s, e))
		return;
	if (s->print)
		s->print(&s->out, e->event, s->style ? s->style : e->style);
	else
		append_json(s, e);
	if (s->out.failed) {
		buffer_cut(&s->out, before);
		s->counts.left_out[SINK_MEMORY]++;
		return;
	}
	s->counts.accepted++;
}

static bool is_full(const void *state)
{
	const struct export_sink *s = state;

	return s->writer.ops && s->out.size >= FLUSH_SIZE;
}

static void flush(void *state)
{
	struct export_sink *s = state;
	size_t done;

	if (!s->writer.ops || !s->out.size)
		return;
	done = s->writer.ops->write(s->writer.state, s->out.data, s->out.size, &s->counts);
	memmove(s->out.data, s->out.data + done, s->out.size - done);
	buffer_cut(&s->out, s->out.size - done);
}

/* Past filters and limit, as Tetragon has it. */
static void tell_dropped(struct export_sink *s, uint64_t dropped, uint64_t now)
{
	struct json j = {.out = &s->out};
	char time[CLOCK_TEXT_SIZE];
	size_t before = s->out.size;

	clock_text(time, clock_wall(s->style->clock, now), false);
	json_open(&j, NULL, '{');
	json_open(&j, "rate_limit_info", '{');
	json_uint64(&j, "number_of_dropped_process_events", dropped);
	json_close(&j, '}');
	json_text_unless_empty(&j, "node_name", s->style->node_name);
	json_text(&j, "time", time);
	json_text_unless_empty(&j, "cluster_name", s->style->cluster_name);
	json_close(&j, '}');
	buffer_char(&s->out, '\n');
	if (s->out.failed)
		buffer_cut(&s->out, before);
}

static void tick(void *state, uint64_t now)
{
	struct export_sink *s = state;
	uint64_t dropped = rate_limit_report(&s->limit, now);

	if (dropped && !s->print)
		tell_dropped(s, dropped, now);
	if (s->writer.ops && s->writer.ops->tick)
		s->writer.ops->tick(s->writer.state, now);
	flush(s);
}

static void reopen(void *state)
{
	struct export_sink *s = state;

	flush(s);
	if (s->writer.ops && s->writer.ops->reopen)
		s->writer.ops->reopen(s->writer.state);
}

static bool goes_on(const void *state)
{
	const struct export_sink *s = state;

	return !s->writer.ops || !s->writer.ops->goes_on || s->writer.ops->goes_on(s->writer.state);
}

static bool finished(const void *state)
{
	const struct export_sink *s = state;

	return !s->writer.ops || !s->writer.ops->finished ||
	       s->writer.ops->finished(s->writer.state);
}

void export_rules_free(struct export_rules *rules)
{
	event_filters_free(&rules->allow);
	event_filters_free(&rules->deny);
	field_filters_free(&rules->fields);
}

static void close_sink(void *state)
{
	struct export_sink *s = state;

	/* What the writer never took. */
	line_writer_drop(&s->counts, SINK_QUEUE_FULL, s->out.data, s->out.size);
	if (s->writer.ops)
		s->writer.ops->close(s->writer.state);
	export_rules_free(&s->rules);
	buffer_free(&s->out);
}

int export_sink_add(struct sinks *sinks, struct export_sink *e)
{
	static const struct sink_ops ops = {
		.event = take_event,
		.full = is_full,
		.flush = flush,
		.tick = tick,
		.reopen = reopen,
		.goes_on = goes_on,
		.finished = finished,
		.close = close_sink,
	};

	return sinks_add(sinks, &(struct sink){e->writer.ops ? e->writer.ops->name : "memory", &ops,
					       e, &e->counts});
}
