/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_EVENT_JSON_H
#define TGRUN_EVENT_JSON_H

#include "runtime/buffer.h"
#include "runtime/event.h"

/* Appends the event as one line of Tetragon's JSON, final newline included. */
void event_json(struct buffer *out, const struct event *e, const struct event_style *style);

#endif
