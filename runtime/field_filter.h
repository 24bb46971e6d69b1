/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which members of events are shown: Tetragon's `FieldFilter`, applied to the event as JSON. Only
 * what is inside the event's own member (`process_exec` ...) is filtered. Filters are applied
 * one after the other.
 */
#ifndef TGRUN_FIELD_FILTER_H
#define TGRUN_FIELD_FILTER_H

#include <stdbool.h>
#include "runtime/buffer.h"
#include "runtime/event_type.h"
#include "runtime/failure.h"

#define FIELD_FILTERS_MAX      64
#define FIELD_FILTER_PATHS_MAX 256
#define FIELD_FILTER_DEPTH_MAX 16 /* names in a path */

struct field_filter;

struct field_filters {
	struct field_filter **v; /* owned */
	size_t count;
};

/*
 * Appends a filter. `types`: sets of bits, 0 all; `fields`: paths with dots, separated by commas,
 * in snake_case or lowerCamelCase. 0, or -1 with `why`.
 */
int field_filters_add(struct field_filters *list, uint32_t types, bool invert, bool exclude,
		      const char *fields, struct failure *why);
/* Appends the filters of a sequence of JSON objects; as event_filters_parse(). */
int field_filters_parse(struct field_filters *list, const char *origin, const char *text,
			size_t size, struct failure *why);
void field_filters_free(struct field_filters *list);

/* Appends what is left of a line that event_json() has made, its newline included. */
void field_filters_apply(const struct field_filters *list, enum event_type type, const char *line,
			 size_t size, struct buffer *out);

#endif
