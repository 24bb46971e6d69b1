/* SPDX-License-Identifier: Apache-2.0 */
/* Why the kernel refused a program, at the line of the policy that it comes from. */
#ifndef TGRUN_REFUSAL_H
#define TGRUN_REFUSAL_H

#include "runtime/artifact.h"
#include "runtime/verifier_log.h"

struct refusal {
	char file[128]; /* of the policy, as in the bundle; "" unknown */
	uint32_t line;
	char words[256];   /* the log's last; "" none */
	const char *cause; /* NULL unknown */
};

/* `program`: its name in the bundle's object. */
void refusal_find(struct refusal *out, const struct artifact *a, const char *program,
		  const struct verifier_log *log);

/* "file.yaml:23: the kernel refuses it: ...", in lines indented like a log; "" when nothing is
 * known. */
void refusal_text(const struct refusal *r, char *out, size_t size);

#endif
