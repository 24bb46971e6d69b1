/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_EVENT_COMPACT_H
#define TGRUN_EVENT_COMPACT_H

#include "runtime/buffer.h"
#include "runtime/event.h"

/* Appends the event as one line for people to read, final newline included. */
void event_compact(struct buffer *out, const struct event *e, const struct event_style *style);

/* Text as it stands, or between double quotes and escaped when it has a space or worse. */
void compact_quote(struct buffer *out, const char *text, size_t size);

#endif
