// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include "runtime/arg_names.h"

const char *arg_name(enum arg_names set, uint64_t number)
{
	static const struct {
		enum arg_names set;
		uint32_t number;
		const char *name;
	} names[] = {
#define ARG_NAME(set, number, name) {ARG_NAMES_##set, number, name},
#include "runtime/arg_names.def"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].set == set && names[i].number == number)
			return names[i].name;
	return NULL;
}

const char *arg_name_or_number(enum arg_names set, uint64_t number, char room[ARG_NUMBER_SIZE])
{
	const char *name = arg_name(set, number);

	if (name)
		return name;
	snprintf(room, ARG_NUMBER_SIZE, "%" PRIu64, number);
	return room;
}
