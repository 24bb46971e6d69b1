// SPDX-License-Identifier: Apache-2.0
/* Filters from protobuf's JSON form. */
#include <string.h>
#include "runtime/arg_names.h"
#include "runtime/event_filter.h"
#include "runtime/json_name.h"
#include "runtime/json_objects.h"

static const char members[] =
	"binary_regex, namespace, health_check, pid, pid_set, event_set, "
	"pod_regex, arguments_regex, labels, policy_names, capabilities, "
	"parent_binary_regex, cel_expression, parent_arguments_regex, container_id, "
	"in_init_tree, ancestor_binary_regex, container_name_regex, "
	"namespace_regex";

static int read_texts(struct event_filter *f, enum event_filter_text member, const json_t *value,
		      struct failure *why)
{
	size_t i;
	json_t *element;

	if (json_check_texts(event_filter_text_name(member), value, why))
		return -1;
	json_array_foreach(value, i, element)
	{
		if (event_filter_add_text(f, member, json_string_value(element),
					  json_string_length(element), why))
			return -1;
	}
	return 0;
}

static int read_numbers(struct event_filter *f, enum event_filter_number member, const char *name,
			const json_t *value, struct failure *why)
{
	size_t i;
	json_t *element;
	uint32_t number;

	if (!json_is_array(value))
		return failure_set(why, TGRUN_USAGE, "%s: the value is not an array", name);
	json_array_foreach(value, i, element)
	{
		if (json_get_uint32(name, element, &number, why) ||
		    event_filter_add_number(f, member, number, why))
			return -1;
	}
	return 0;
}

static int read_types(struct event_filter *f, const json_t *value, struct failure *why)
{
	uint32_t types = 0;

	if (json_get_event_set(value, &types, why))
		return -1;
	for (int i = 0; i < EVENT_TYPE_COUNT; i++) {
		if (types >> i & 1)
			event_filter_add_type(f, (enum event_type)i);
	}
	return 0;
}

/* 64 when there is none of this name or number. */
static unsigned int capability_of(const json_t *value)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) < 64)
		return (unsigned int)json_integer_value(value);
	for (unsigned int i = 0; text && i < 64; i++) {
		const char *name = arg_name(ARG_NAMES_CAPABILITY, i);

		if (name && !strcmp(name, text))
			return i;
	}
	return 64;
}

static int read_capability_list(const json_t *value, uint64_t *set, struct failure *why)
{
	size_t i;
	json_t *element;

	if (!json_is_array(value))
		return failure_set(why, TGRUN_USAGE, "capabilities: a list is not an array");
	json_array_foreach(value, i, element)
	{
		unsigned int number = capability_of(element);

		if (number == 64)
			return failure_set(why, TGRUN_USAGE,
					   "capabilities: %s is no capability, as CAP_SYS_ADMIN is "
					   "(and number 1 is named DAC_OVERRIDE here)",
					   json_is_string(element) ? json_string_value(element)
								   : "a value");
		*set |= 1ull << number;
	}
	return 0;
}

static int read_capability_set(struct event_filter *f, enum event_filter_set which, json_t *object,
			       struct failure *why)
{
	static const char *const rules[] = {"any", "all", "exactly", "none"};
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		uint64_t set = 0;
		int rule = 0;

		while (rule < 4 && strcmp(name, rules[rule]) != 0)
			rule++;
		if (rule == 4)
			return failure_set(why, TGRUN_USAGE,
					   "capabilities: \"%s\" is none of any, all, exactly and "
					   "none",
					   name);
		if (read_capability_list(value, &set, why) ||
		    event_filter_set_capabilities(
			    f, which, (enum event_filter_rule)(FILTER_ANY + rule), set, why))
			return -1;
	}
	if (json_object_size(object) == 1)
		return 0;
	return failure_set(why, TGRUN_USAGE,
			   "capabilities: a set needs one of any, all, exactly and none");
}

static int read_capabilities(struct event_filter *f, json_t *object, struct failure *why)
{
	static const char *const sets[] = {"permitted", "effective", "inheritable"};
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		int set = 0;

		while (set < FILTER_SET_COUNT && strcmp(name, sets[set]) != 0)
			set++;
		if (set == FILTER_SET_COUNT || !json_is_object(value))
			return failure_set(why, TGRUN_USAGE,
					   "capabilities: \"%s\" is none of the sets permitted, "
					   "effective and inheritable, or no object",
					   name);
		if (read_capability_set(f, (enum event_filter_set)set, value, why))
			return -1;
	}
	if (json_is_object(object))
		return 0;
	return failure_set(why, TGRUN_USAGE, "capabilities: the value is no object");
}

static int read_flag(struct event_filter *f, enum event_filter_flag member, const char *name,
		     const json_t *value, struct failure *why)
{
	bool flag;

	if (json_get_bool(name, value, &flag, why))
		return -1;
	event_filter_set_flag(f, member, flag);
	return 0;
}

static int read_member(struct event_filter *f, const char *name, json_t *value, struct failure *why)
{
	for (int i = 0; i < FILTER_TEXT_COUNT; i++) {
		if (json_name_is(name, event_filter_text_name((enum event_filter_text)i)))
			return read_texts(f, (enum event_filter_text)i, value, why);
	}
	if (json_name_is(name, "pid"))
		return read_numbers(f, FILTER_PID, "pid", value, why);
	if (json_name_is(name, "pid_set"))
		return read_numbers(f, FILTER_PID_SET, "pid_set", value, why);
	if (json_name_is(name, "event_set"))
		return read_types(f, value, why);
	if (json_name_is(name, "capabilities"))
		return read_capabilities(f, value, why);
	if (json_name_is(name, "health_check"))
		return read_flag(f, FILTER_HEALTH_CHECK, "health_check", value, why);
	if (json_name_is(name, "in_init_tree"))
		return read_flag(f, FILTER_IN_INIT_TREE, "in_init_tree", value, why);
	return failure_set(why, TGRUN_USAGE, "\"%s\" is no member of a filter; these are: %s", name,
			   members);
}

struct parsing {
	struct event_filters *list;
	const struct event_filter_abilities *abilities;
};

static int read_filter(void *context, json_t *object, struct failure *why)
{
	struct parsing *p = context;
	struct event_filter *f = event_filters_add(p->list);
	struct event_filters one = {&f, 1};
	const char *name;
	json_t *value;

	if (!f)
		return failure_set(why, TGRUN_USAGE, "more than %d filters, or no memory for them",
				   EVENT_FILTERS_MAX);
	json_object_foreach(object, name, value)
	{
		if (!json_is_null(value) && read_member(f, name, value, why))
			return -1;
	}
	return event_filters_check(&one, p->abilities, why);
}

int event_filters_parse(struct event_filters *list, const char *origin, const char *text,
			size_t size, const struct event_filter_abilities *abilities,
			struct failure *why)
{
	struct parsing p = {list, abilities};

	return json_objects_read(origin, text, size, read_filter, &p, why);
}
