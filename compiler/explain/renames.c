// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/kernels/kbtf.h"
#include "renames.h"

static const struct {
	const char *old, *new;
} renames[] = {
#define RENAME(old, new) {old, new},
#include "grammar/renames.def"
};

#define COUNT (sizeof(renames) / sizeof(renames[0]))

/* Follows the names in one direction; a name has at most as many as there are rows. */
static const char *follow(const struct kbtf *btf, const char *name, bool later)
{
	for (size_t round = 0; round < COUNT; round++) {
		const char *next = NULL;

		for (size_t i = 0; i < COUNT && !next; i++)
			if (!strcmp(later ? renames[i].old : renames[i].new, name))
				next = later ? renames[i].new : renames[i].old;
		if (!next || kbtf_function_id(btf, next))
			return next;
		name = next;
	}
	return NULL;
}

const char *renamed_function(const struct kbtf *btf, const char *name)
{
	const char *later = follow(btf, name, true);

	return later ? later : follow(btf, name, false);
}
