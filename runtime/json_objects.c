// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/event_type.h"
#include "runtime/json_objects.h"

#define FLAGS (JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES)

static size_t skip_spaces(const char *text, size_t size, size_t at)
{
	while (at < size && text[at] && strchr(" \t\r\n", text[at]))
		at++;
	return at;
}

/* Puts what is known of the place before the reason. */
static int refuse(const char *origin, size_t number, struct failure *why)
{
	struct failure *reason = malloc(sizeof(*reason));

	if (!reason)
		return -1;
	*reason = *why;
	failure_set(why, TGRUN_USAGE, "%s: object %zu: %s", origin, number, reason->text);
	free(reason);
	return -1;
}

int json_objects_read(const char *origin, const char *text, size_t size, json_object_reader *reader,
		      void *context, struct failure *why)
{
	size_t number = 1;

	for (size_t at = skip_spaces(text, size, 0); at < size; number++) {
		json_error_t error;
		json_t *object = json_loadb(text + at, size - at, FLAGS, &error);
		int result;

		if (!object) {
			failure_set(why, TGRUN_USAGE, "this is not JSON: %s (line %d, column %d)",
				    error.text, error.line, error.column);
			return refuse(origin, number, why);
		}
		at = skip_spaces(text, size, at + (size_t)error.position);
		if (json_is_object(object))
			result = reader(context, object, why);
		else
			result = failure_set(why, TGRUN_USAGE,
					     "this is no object: what is expected is one object "
					     "after the other, as in {...} {...}");
		json_decref(object);
		if (result)
			return refuse(origin, number, why);
	}
	return 0;
}

int json_get_bool(const char *member, const json_t *value, bool *out, struct failure *why)
{
	*out = json_is_true(value);
	if (json_is_boolean(value))
		return 0;
	return failure_set(why, TGRUN_USAGE, "%s: the value is neither true nor false", member);
}

int json_get_uint32(const char *member, const json_t *value, uint32_t *out, struct failure *why)
{
	json_int_t number = -1;
	const char *text = json_string_value(value);
	char *end;

	if (json_is_integer(value))
		number = json_integer_value(value);
	if (text && text[0] >= '0' && text[0] <= '9') {
		errno = 0;
		number = strtoll(text, &end, 10);
		if (errno || *end)
			number = -1;
	}
	if (number < 0 || number > UINT32_MAX)
		return failure_set(why, TGRUN_USAGE,
				   "%s: the value is not a whole number from 0 to 4294967295",
				   member);
	*out = (uint32_t)number;
	return 0;
}

static enum event_type event_type_of(const json_t *value)
{
	if (json_is_string(value))
		return event_type_of_name(json_string_value(value));
	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) <= UINT32_MAX)
		return event_type_of_number((uint32_t)json_integer_value(value));
	return EVENT_TYPE_COUNT;
}

int json_get_event_set(const json_t *value, uint32_t *types, struct failure *why)
{
	size_t i;
	json_t *element;

	if (!json_is_array(value))
		return failure_set(why, TGRUN_USAGE, "event_set: the value is not an array");
	json_array_foreach(value, i, element)
	{
		enum event_type type = event_type_of(element);

		if (type == EVENT_TYPE_COUNT)
			return failure_set(why, TGRUN_USAGE,
					   "event_set: %s%s%s is no type of events, as "
					   "PROCESS_EXEC is",
					   json_is_string(element) ? "\"" : "",
					   json_is_string(element) ? json_string_value(element)
								   : "an element",
					   json_is_string(element) ? "\"" : "");
		*types |= 1u << type;
	}
	return 0;
}

int json_check_texts(const char *member, const json_t *value, struct failure *why)
{
	size_t i;
	json_t *element;

	if (!json_is_array(value))
		return failure_set(why, TGRUN_USAGE, "%s: the value is not an array", member);
	json_array_foreach(value, i, element)
	{
		if (!json_is_string(element))
			return failure_set(why, TGRUN_USAGE, "%s: a value is not a text", member);
	}
	return 0;
}
