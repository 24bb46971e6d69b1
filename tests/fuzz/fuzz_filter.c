// SPDX-License-Identifier: Apache-2.0
/*
 * Filters from clients are hostile: expressions, filters and field filters made of any bytes are
 * refused, or do their work on events in bounds. The first byte says which, a NUL separates the
 * filter from the text it looks at.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/event_cel.h"
#include "runtime/event_filter.h"
#include "runtime/field_filter.h"
#include "runtime/label_selector.h"
#include "runtime/redaction.h"
#include "runtime/regex.h"

#define SIZE_MAX_HERE 400 /* expression times text is the time it takes */

static const char *ancestor_of(const struct event_view *view, size_t index)
{
	(void)index;
	return view->process.binary;
}

static struct event_view view_of(const char *text, const struct event_pod *pod)
{
	static const struct event_capabilities capabilities = {1, 2, 3};
	struct event_process_view p = {.pid = 1,
				       .binary = text,
				       .arguments = text,
				       .container_id = text,
				       .capabilities = &capabilities,
				       .pod = pod};

	return (struct event_view){.type = EVENT_TYPE_PROCESS_KPROBE,
				   .has_process = true,
				   .has_parent = true,
				   .process = p,
				   .parent = p,
				   .policy = text,
				   .ancestor = ancestor_of,
				   .ancestor_count = 1};
}

static void try_filters(const char *json, size_t size, const char *text)
{
	static const struct event_filter_abilities all = {true, true, EVENT_TYPES_ALL};
	struct label label = {text, text};
	struct event_pod pod = {text, text, text, &label, 1, false};
	struct event_view view = view_of(text, &pod);
	struct event_filters list = {0};
	struct failure why;

	if (!event_filters_parse(&list, "x", json, size, &all, &why))
		event_filters_match(&list, &view);
	event_filters_free(&list);
}

static void try_fields(const char *json, size_t size, const char *line, size_t line_size)
{
	struct field_filters list = {0};
	struct buffer out = {0};
	struct failure why;

	if (line_size && !field_filters_parse(&list, "x", json, size, &why))
		field_filters_apply(&list, EVENT_TYPE_PROCESS_EXEC, line, line_size, &out);
	field_filters_free(&list);
	buffer_free(&out);
}

static void try_redactions(const char *json, size_t size, const char *text)
{
	struct redactions list = {0};
	struct failure why;

	if (!redactions_parse(&list, "x", json, size, &why))
		free(redactions_apply(&list, text, strdup(text)));
	redactions_free(&list);
}

/* A match is in the text, and the search that only asks agrees. */
static void try_regex(const char *expression, size_t size, const char *text, size_t text_size)
{
	struct regex_span spans[REGEX_GROUPS_MAX + 1];
	const char *why;
	struct regex *r = regex_compile(expression, size, &why);
	int found = r ? regex_find(r, text, text_size, 0, spans) : 0;

	if (r && found != regex_search(r, text, text_size))
		abort();
	if (found && (spans[0].start > spans[0].end || spans[0].end > text_size))
		abort();
	regex_free(r);
}

static void try_labels(const char *text)
{
	struct label label = {"a", text};
	const char *why;
	struct label_selector *s = label_selector_parse(text, &why);

	if (s)
		label_selector_matches(s, &label, 1);
	label_selector_free(s);
}

/* Asked about a whole event, and about one of any form. */
static void try_condition(const char *expression, size_t size, const char *json)
{
	static const char whole[] =
		"{\"process_kprobe\":{\"process\":{\"pid\":7,\"binary\":\"/bin/x\",\"pod\":{"
		"\"pod_labels\":{\"a\":\"b\"}}},\"args\":[{\"int_arg\":-1},{\"size_arg\":\"9\"},"
		"{\"bytes_arg\":\"QUI=\"},{\"sock_arg\":{\"daddr\":\"10.0.0.1\"}}],"
		"\"action\":\"KPROBE_ACTION_POST\",\"tags\":[\"t\"]}}";
	char why[EVENT_CEL_WHY];
	struct event_cel *c = event_cel_parse(expression, size, why);
	json_t *event = json_loads(whole, 0, NULL), *other = json_loads(json, 0, NULL);

	for (int type = 0; c && type < EVENT_TYPE_COUNT; type++) {
		event_cel_holds(c, (enum event_type)type, event);
		event_cel_holds(c, (enum event_type)type, other);
	}
	event_cel_free(c);
	json_decref(event);
	json_decref(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char bytes[SIZE_MAX_HERE + 1], *rest;
	size_t first, rest_size;

	if (size < 2 || size > SIZE_MAX_HERE)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	bytes[size - 1] = '\0';
	first = strlen(bytes);
	rest = bytes + first + (first < size - 1);
	rest_size = (size_t)(bytes + size - 1 - rest);
	switch (data[0] % 6) {
	case 0:
		try_filters(bytes, first, rest);
		break;
	case 1:
		try_fields(bytes, first, rest, rest_size);
		break;
	case 2:
		try_redactions(bytes, first, rest);
		break;
	case 3:
		try_regex(bytes, first, rest, rest_size);
		break;
	case 4:
		try_labels(bytes);
		break;
	default:
		try_condition(bytes, first, rest);
	}
	return 0;
}
