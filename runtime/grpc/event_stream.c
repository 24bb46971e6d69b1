// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include "runtime/clock.h"
#include "runtime/grpc/event_stream.h"

typedef int objects_reader(struct event_stream *s, const char *text, size_t size,
			   const struct event_filter_abilities *can, struct failure *why);

static int read_allow(struct event_stream *s, const char *text, size_t size,
		      const struct event_filter_abilities *can, struct failure *why)
{
	return event_filters_parse(&s->allow, "allow_list", text, size, can, why);
}

static int read_deny(struct event_stream *s, const char *text, size_t size,
		     const struct event_filter_abilities *can, struct failure *why)
{
	return event_filters_parse(&s->deny, "deny_list", text, size, can, why);
}

static int read_fields(struct event_stream *s, const char *text, size_t size,
		       const struct event_filter_abilities *can, struct failure *why)
{
	(void)can;
	return field_filters_parse(&s->fields, "field_filters", text, size, why);
}

static int append(const char *text, size_t size, void *out)
{
	buffer_append(out, text, size);
	return 0;
}

/* The elements of an array, one after the other, as options have them. */
static int read_list(struct event_stream *s, const json_t *list, objects_reader *reader,
		     const struct event_filter_abilities *can, struct failure *why)
{
	struct buffer text = {0};
	json_t *element;
	size_t i;
	int result = -1;

	json_array_foreach(list, i, element)
	{
		if (json_dump_callback(element, append, &text, JSON_COMPACT))
			text.failed = true;
	}
	if (text.failed)
		failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	else
		result = reader(s, text.size ? text.data : "", text.size, can, why);
	buffer_free(&text);
	return result;
}

/* Of texts and numbers in filters; a request is WIRE_DEPTH_MAX deep at most. */
static size_t count_values(const json_t *value)
{
	size_t n = !json_is_object(value) && !json_is_array(value), i;
	const char *name;
	json_t *inside;

	if (json_is_string(value))
		n += json_string_length(value) / STREAM_VALUE_BYTES;
	if (json_is_array(value))
		json_array_foreach(value, i, inside) n += count_values(inside);
	else if (json_is_object(value))
		json_object_foreach((json_t *)(uintptr_t)value, name, inside) n +=
			count_values(inside);
	return n;
}

static int check_weight(const struct event_stream *s, size_t most_values, struct failure *why)
{
	if (event_filters_weight(&s->allow) + event_filters_weight(&s->deny) <=
	    most_values * STREAM_WEIGHT)
		return 0;
	return failure_set(why, TGRUN_USAGE,
			   "the regular expressions of the filters are too large together");
}

struct event_stream *event_stream_new(const json_t *request, const struct export_options *options,
				      size_t most_values, struct failure *why)
{
	const struct event_filter_abilities can = {.pid_set = true,
						   .credentials = options->process_cred,
						   .ancestors = options->ancestors};
	struct event_stream *s = calloc(1, sizeof(*s));

	if (!s) {
		failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
		return NULL;
	}
	if (count_values(request) > most_values) {
		failure_set(why, TGRUN_USAGE, "the filters have more than %zu values", most_values);
		event_stream_free(s);
		return NULL;
	}
	if (!read_list(s, json_object_get(request, "allow_list"), read_allow, &can, why) &&
	    !read_list(s, json_object_get(request, "deny_list"), read_deny, &can, why) &&
	    !read_list(s, json_object_get(request, "field_filters"), read_fields, &can, why) &&
	    !check_weight(s, most_values, why))
		return s;
	event_stream_free(s);
	return NULL;
}

#define SECOND 1000000000ull

bool time_budget_over(const struct time_budget *b, uint64_t now)
{
	return now - b->since <= SECOND && b->spent > STREAM_TIME_MAX;
}

bool time_budget_spend(struct time_budget *b, uint64_t before)
{
	if (before - b->since > SECOND)
		*b = (struct time_budget){.since = before};
	b->spent += clock_boot_now() - before;
	return b->spent > STREAM_TIME_MAX;
}

bool event_stream_wants(struct event_stream *s, const struct event_view *view, bool *greedy)
{
	uint64_t before = clock_boot_now();
	bool wanted = event_filters_pass(&s->allow, &s->deny, view);

	*greedy = time_budget_spend(&s->time, before);
	return wanted;
}

void event_stream_free(struct event_stream *s)
{
	if (!s)
		return;
	event_filters_free(&s->allow);
	event_filters_free(&s->deny);
	field_filters_free(&s->fields);
	free(s);
}
