/* SPDX-License-Identifier: Apache-2.0 */
/* Stack traces as events show them. */
#ifndef TGRUN_STACK_TEXT_H
#define TGRUN_STACK_TEXT_H

#include "runtime/json.h"
#include "runtime/kprobe_lines.h"
#include "runtime/stack.h"

/* A member with all frames; nothing when there are none. `s` may be NULL. */
void stack_json(struct json *j, const char *name, const struct stack *s);
/* Lines that follow that of the event, without the last line's end. */
void stack_lines(struct compact *c);

#endif
