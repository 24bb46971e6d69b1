/* SPDX-License-Identifier: Apache-2.0 */
/* Bundle files: writing one. */
#ifndef TGC_BUNDLE_H
#define TGC_BUNDLE_H

#include <stddef.h>
#include "runtime/bytes.h"

/*
 * Writes payload, signature and trailer to a temporary file beside `path`, syncs it and
 * renames it. Returns 0; or -1 with a sentence, and nothing left behind or changed.
 */
int bundle_write(const char *path, struct bytes payload, struct bytes signature, char *why,
		 size_t why_size);

#endif
