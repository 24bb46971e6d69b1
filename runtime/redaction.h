/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is not to be seen of the arguments and the environment of processes. Applied once, before
 * a process is remembered, so that nothing shows it later: Tetragon's `RedactionFilter`.
 */
#ifndef TGRUN_REDACTION_H
#define TGRUN_REDACTION_H

#include <stddef.h>
#include "runtime/failure.h"

#define REDACTIONS_MAX	     64
#define REDACTION_VALUES_MAX 64 /* expressions of one filter */

struct redaction;

struct redactions {
	struct redaction *v; /* owned */
	size_t count;
};

/* Appends the filters of a sequence of JSON objects; as event_filters_parse(). */
int redactions_parse(struct redactions *list, const char *origin, const char *text, size_t size,
		     struct failure *why);
void redactions_free(struct redactions *list);

/*
 * Takes over `text` (malloc()ed, NUL-terminated), of a process of this binary; returns it or what
 * is to be shown instead, or NULL when memory runs out.
 */
char *redactions_apply(const struct redactions *list, const char *binary, char *text);

#endif
