/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions in RE2's syntax, searched in time linear in the text: all states are
 * followed at once, none is ever gone back to. So an expression from a client cannot make the
 * relay slow beyond expression times text, and there is no limit at which a search gives up.
 *
 * Left out of RE2's syntax, and refused: classes of Unicode (\pN, \p{Greek}). (?i) folds the
 * letters of ASCII only. What RE2 leaves out (back references, looking around) is refused too.
 */
#ifndef TGRUN_REGEX_H
#define TGRUN_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#define REGEX_GROUPS_MAX 64 /* groups that capture, in one expression */

struct regex;

/* One part of a text, in bytes; `start` is REGEX_NONE where a group took no part. */
struct regex_span {
	size_t start, end;
};
#define REGEX_NONE ((size_t)-1)

/* NULL when the expression is not well-formed or too large; `*why` is then a constant text. */
struct regex *regex_compile(const char *expression, size_t size, const char **why);
void regex_free(struct regex *r);
/* What it costs for a character at most, and in memory: instructions and the ranges of their sets.
 */
size_t regex_weight(const struct regex *r);

/* Whether some part of the text matches. `r` keeps working memory: one search at a time. */
bool regex_search(struct regex *r, const char *text, size_t size);

/* How many spans regex_find() fills: the whole match, and a group each. */
size_t regex_spans(const struct regex *r);

/*
 * The leftmost match at or after byte `from`, as RE2 prefers it. 1 found, 0 none, -1 when memory
 * runs out.
 */
int regex_find(struct regex *r, const char *text, size_t size, size_t from,
	       struct regex_span *spans);

#endif
