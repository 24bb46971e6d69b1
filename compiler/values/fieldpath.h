/* SPDX-License-Identifier: Apache-2.0 */
/* `resolve`: the path from a value to one of its members, such as `mm.owner.comm` or `[2].x`. */
#ifndef TGC_FIELDPATH_H
#define TGC_FIELDPATH_H

#include "value_error.h"

#define FIELDPATH_STEPS 10

struct field_step {
	const char *name;  /* a member, or NULL: an element */
	uint32_t index;	   /* of the element */
	uint32_t from, to; /* bytes of the text; an element's with its brackets */
};

struct fieldpath {
	struct field_step steps[FIELDPATH_STEPS];
	size_t count; /* at least 1 */
};

bool fieldpath_parse(struct arena *a, const struct ast_str *text, struct fieldpath *out,
		     struct value_error *e);
/* The canonical text of the first `count` steps. */
const char *fieldpath_print(struct arena *a, const struct fieldpath *p, size_t count);

#endif
