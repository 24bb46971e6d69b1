/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a table to words. */
#ifndef DECIDE_WORDS_H
#define DECIDE_WORDS_H

#include "shape.h"

#define WORDS_MAX 64

struct words {
	struct text v[WORDS_MAX]; /* NUL-terminated */
	size_t count;
};

/* False when there are too many, or a quote or brace is left open. */
bool words_split(struct arena *a, const char *line, struct words *out);

#endif
