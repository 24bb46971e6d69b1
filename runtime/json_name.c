// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <string.h>
#include "runtime/json_name.h"

static bool is_camel(const char *given, const char *name)
{
	for (; *given && *name; given++, name++) {
		bool upper = *name == '_' && islower((unsigned char)name[1]);

		name += upper;
		if (*given != (upper ? toupper((unsigned char)*name) : *name))
			return false;
	}
	return !*given && !*name;
}

bool json_name_is(const char *given, const char *name)
{
	return !strcmp(given, name) || is_camel(given, name);
}
