/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `pattern` of lists of type generated_ftrace: a regular expression in RE2's syntax, found
 * anywhere in a name. PCRE2 does the matching, after a check that refuses what RE2 lacks.
 */
#ifndef TGC_PATTERN_H
#define TGC_PATTERN_H

#include "value_error.h"

struct pattern;

/* NULL with a reason. Free with pattern_free(), which takes NULL. */
struct pattern *pattern_compile(struct arena *a, const struct ast_str *text, struct value_error *e);
void pattern_free(struct pattern *p);

/* 1: found, 0: not found, -1: given up, since the pattern takes too many steps on this text. */
int pattern_match(struct pattern *p, const char *s, size_t len);

/* The check alone. */
bool pattern_is_re2(struct arena *a, const struct ast_str *text, struct value_error *e);

#endif
