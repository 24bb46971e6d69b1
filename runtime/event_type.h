/* SPDX-License-Identifier: Apache-2.0 */
/* The types of events, as filters name them. */
#ifndef TGRUN_EVENT_TYPE_H
#define TGRUN_EVENT_TYPE_H

#include <stdint.h>

enum event_type {
#define EVENT_TYPE(name, number, member) EVENT_TYPE_##name,
#include "runtime/event_types.def"
#undef EVENT_TYPE
	EVENT_TYPE_COUNT,
};

/* Sets of types: bit `1u << enum event_type`. */
#define EVENT_TYPES_ALL ((1u << EVENT_TYPE_COUNT) - 1)

const char *event_type_name(enum event_type type);   /* "PROCESS_EXEC" */
const char *event_type_member(enum event_type type); /* "process_exec" */
uint32_t event_type_number(enum event_type type);    /* of Tetragon's enum */

/* EVENT_TYPE_COUNT when there is none. */
enum event_type event_type_of_name(const char *name);
enum event_type event_type_of_number(uint32_t number);

#endif
