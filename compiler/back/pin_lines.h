/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units as clang gets them. A unit names the policy's line once before a function; here all of that
 * function stands on that line, so that every instruction leads back to it (a kernel that refuses
 * one names it) and not to lines below it. Lines are joined, as a directive for each takes time.
 * Units have no comments that end with their line.
 */
#ifndef TGC_PIN_LINES_H
#define TGC_PIN_LINES_H

#include "runtime/bytes.h"

struct arena;

struct bytes pin_lines(struct arena *a, const char *text, size_t size);

#endif
