/* SPDX-License-Identifier: Apache-2.0 */
/* `rateLimit` and `rateLimitScope` of a Post action. */
#ifndef TGC_RATE_H
#define TGC_RATE_H

#include "value_error.h"

enum rate_scope { RATE_THREAD, RATE_PROCESS, RATE_GLOBAL };

struct rate {
	uint32_t ms;	/* 0: no limit */
	bool saturated; /* more was written than `ms` can hold */
};

/* N, Ns, Nm or Nh: seconds when there is no letter. */
bool rate_parse(struct arena *a, const struct ast_str *text, struct rate *out,
		struct value_error *e);
/* The shortest text for the same time, rounded up to seconds when `ms` saturated. */
const char *rate_print(struct arena *a, const struct rate *r);
bool rate_scope_parse(struct arena *a, const struct ast_str *text, enum rate_scope *out,
		      struct value_error *e);

#endif
