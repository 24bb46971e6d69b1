/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares a stream of events with what a test expects. An expected object is a subset: each
 * of its members must be in the event. In strings `*` stands for any text; the string "*"
 * stands for any value that is there; null for a member that is not there. "$name" binds what
 * it meets first and must meet the same later. Arrays have the same length. Expectations:
 *
 *   {...}      an event like this, after the one found for the expectation before
 *   ! {...}    no event like this in the whole run
 *   =N {...}   exactly N events like this in the whole run
 */
#ifndef TGC_TEST_MATCH_H
#define TGC_TEST_MATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Checks `events` (an array) against the text of an `expect` section. True when all is as
 * expected; else `why` says what is missing and shows the nearest event. */
bool events_match(json_t *events, const char *expect, int first_line, char *why, size_t size);

/* True when each line of `wanted` is in `lines` (newline-separated), in this order; `*` as above.
 * `! PATTERN`: no line of them all is like this. */
bool lines_match(const char *lines, const char *wanted, char *why, size_t size);

#endif
