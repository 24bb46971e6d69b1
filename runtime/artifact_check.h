/* SPDX-License-Identifier: Apache-2.0 */
/* Between artifact.c and artifact_entries.c: one validation and where its sentence goes. */
#ifndef TG_ARTIFACT_CHECK_H
#define TG_ARTIFACT_CHECK_H

#include "artifact.h"

struct artifact_check {
	const struct tg_section *table; /* once known to be inside the payload */
	char *why;
	size_t why_size;
};

/* Writes the sentence; always -1. */
int artifact_refuse(struct artifact_check *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Every entry of a payload whose frame, strings and object are good. 0 or -1. */
int artifact_check_entries(struct artifact_check *c, const struct artifact *a);

#endif
