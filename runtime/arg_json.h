/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One argument as Tetragon's KprobeArgument. What a slot says of its bytes is hostile: a struct
 * that is not all there is printed as an argument that was not read.
 */
#ifndef TGRUN_ARG_JSON_H
#define TGRUN_ARG_JSON_H

#include "runtime/event.h"
#include "runtime/json.h"

/* Appends a member, or without a name an element to the array that is open; several for an array
 * of numbers. */
void arg_json(struct json *j, const char *name, const struct event_arg *arg, enum event_kind kind);

/* The parts (arg_net.c, arg_struct.c): each prints one member, or returns false and nothing. */
bool arg_json_net(struct json *j, const struct event_arg *arg, enum event_kind kind);
bool arg_json_struct(struct json *j, const struct event_arg *arg);

/* Copies the struct that the argument's bytes begin with. */
bool arg_take(const struct event_arg *arg, void *out, size_t size);
/* A text of a struct: up to its first NUL, or all of it. Nothing when it is empty. */
void arg_json_name(struct json *j, const char *name, const char *text, size_t size);
/* The name of a number, or the number, as text. */
void arg_json_word(struct json *j, const char *name, int set, uint64_t number);
void arg_json_uint_unless_0(struct json *j, const char *name, uint32_t value);

/* Members of the object at hand; of secure bits those that have names, and none for 0. */
void arg_json_ids(struct json *j, const struct tg_credentials *c);
/* The three sets as an object of arrays; bits without a name print as their number, none for 0. */
void arg_json_capabilities(struct json *j, const char *name, const struct tg_credentials *c);

#endif
