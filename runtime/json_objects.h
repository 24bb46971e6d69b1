/* SPDX-License-Identifier: Apache-2.0 */
/* Values of options that are a sequence of JSON objects, as protobuf's JSON form has them. */
#ifndef TGRUN_JSON_OBJECTS_H
#define TGRUN_JSON_OBJECTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "runtime/failure.h"

/* One object. 0, or -1 with `why`. */
typedef int json_object_reader(void *context, json_t *object, struct failure *why);

/*
 * Hands over one object after the other. 0, or -1 with `why`, which begins with `origin` and the
 * number of the object.
 */
int json_objects_read(const char *origin, const char *text, size_t size, json_object_reader *reader,
		      void *context, struct failure *why);

/* Each: 0, or -1 with `why`, which names the member. */
int json_get_bool(const char *member, const json_t *value, bool *out, struct failure *why);
int json_get_uint32(const char *member, const json_t *value, uint32_t *out, struct failure *why);
/* A set of types of events: an array of names or numbers. */
int json_get_event_set(const json_t *value, uint32_t *types, struct failure *why);
/* Whether the value is an array, all of whose elements are texts. */
int json_check_texts(const char *member, const json_t *value, struct failure *why);

#endif
