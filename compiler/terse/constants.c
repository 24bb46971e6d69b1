// SPDX-License-Identifier: Apache-2.0
/* The terse language: constants of the system's headers, by name. */
#include <stdlib.h>
#include <string.h>
#include "lower.h"

struct constant {
	const char *name;
	int64_t value;
};

/* In the order of their names. */
static const struct constant constants[] = {
#define CONSTANT(name, value) {name, value},
#include "constants.def"
#undef CONSTANT
};

#define CONSTANTS (sizeof(constants) / sizeof(constants[0]))

static int by_name(const void *name, const void *constant)
{
	return strcmp(name, ((const struct constant *)constant)->name);
}

bool constant_find(const char *name, int64_t *value)
{
	const struct constant *c =
		bsearch(name, constants, CONSTANTS, sizeof(constants[0]), by_name);

	if (c)
		*value = c->value;
	return c;
}

const char *constant_at(size_t i, int64_t *value)
{
	if (i >= CONSTANTS)
		return NULL;
	*value = constants[i].value;
	return constants[i].name;
}

const char *constant_nearest(struct arena *a, const char *name)
{
	const char **names = arena_array(a, CONSTANTS, sizeof(*names));

	for (size_t i = 0; i < CONSTANTS; i++)
		names[i] = constants[i].name;
	return nearest(name, names, CONSTANTS);
}
