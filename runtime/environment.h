/* SPDX-License-Identifier: Apache-2.0 */
/* The environment of a process, as far as it is to be seen. */
#ifndef TGRUN_ENVIRONMENT_H
#define TGRUN_ENVIRONMENT_H

#include <stddef.h>
#include "runtime/redaction.h"

struct environment_rules {
	const char *names; /* with commas between; "" all; borrowed, as the redactions */
	const struct redactions *redactions; /* NULL: none */
};

/*
 * What of `raw` (NUL-terminated variables, hostile bytes) is shown of a process of this binary:
 * variables in valid UTF-8, each with a NUL behind it. One that has no NUL was cut, and is left
 * out. NULL when there is none, or memory runs out.
 */
char *environment_shown(const struct environment_rules *rules, const char *binary, const char *raw,
			size_t size, size_t *shown);

#endif
