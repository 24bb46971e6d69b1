// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/event_type.h"

static const struct {
	const char *name, *member;
	uint32_t number;
} types[] = {
#define EVENT_TYPE(name, number, member) [EVENT_TYPE_##name] = {#name, member, number},
#include "runtime/event_types.def"
#undef EVENT_TYPE
};

const char *event_type_name(enum event_type type)
{
	return types[type].name;
}

const char *event_type_member(enum event_type type)
{
	return types[type].member;
}

uint32_t event_type_number(enum event_type type)
{
	return types[type].number;
}

enum event_type event_type_of_name(const char *name)
{
	int type = 0;

	while (type < EVENT_TYPE_COUNT && strcmp(types[type].name, name))
		type++;
	return (enum event_type)type;
}

enum event_type event_type_of_number(uint32_t number)
{
	int type = 0;

	while (type < EVENT_TYPE_COUNT && types[type].number != number)
		type++;
	return (enum event_type)type;
}
