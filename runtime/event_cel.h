/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on events in CEL, Tetragon's `cel_expression`. Variables are the events' members
 * (process_exec, process_kprobe, ...), typed as Tetragon's messages: the descriptors of the gRPC
 * service say which fields there are, so that an expression that cannot be is refused when it is
 * read. An expression is asked only about types of events that occur in it; one that comes to
 * nothing (an element that is not there, a division by 0, too many steps) does not hold.
 *
 * What there is: || && ! ? : == != < <= > >= in + - * / % [] has() size() contains() startsWith()
 * endsWith() matches() all() exists() exists_one() int() uint() ip() cidr() isIP() isCIDR()
 * containsIP() containsCIDR() family() prefixLength(), texts, bytes, whole numbers, lists of
 * them, and the values of Tetragon's enums. Other parts of CEL are refused.
 */
#ifndef TGRUN_EVENT_CEL_H
#define TGRUN_EVENT_CEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "runtime/event_type.h"

#define EVENT_CEL_LENGTH 16384 /* bytes of an expression */
#define EVENT_CEL_NODES	 2000  /* and its parts */
#define EVENT_CEL_DEPTH	 64    /* of parts in parts */
#define EVENT_CEL_STEPS	 50000 /* parts looked at for one event; long texts count as more */
#define EVENT_CEL_WHY	 256

struct event_cel;

/* NULL with a reason. */
struct event_cel *event_cel_parse(const char *text, size_t size, char why[EVENT_CEL_WHY]);
void event_cel_free(struct event_cel *c);
/* What it costs for a character of text at most, and in memory; as regex_weight(). */
size_t event_cel_weight(const struct event_cel *c);

/* Whether an event of this type occurs in it. */
bool event_cel_asks(const struct event_cel *c, enum event_type type);
/* `event` is the whole event in protobuf's JSON form. Regular expressions keep working memory: one
 * question at a time. */
bool event_cel_holds(struct event_cel *c, enum event_type type, const json_t *event);

#endif
