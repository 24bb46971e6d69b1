/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest and the object become the payload of a bundle: the bytes that get signed. */
#ifndef TGC_PACK_H
#define TGC_PACK_H

#include "manifest.h"
#include "runtime/bytes.h"

struct bundle_identity {
	const char *name; /* artifact_name_valid() */
	uint64_t version;
	uint32_t fingerprint; /* the one that the programs put into their records */
};

/*
 * The same input gives the same bytes. The result (in the arena) has passed artifact_view();
 * when it cannot, `at` is NULL and `why` has a sentence.
 */
struct bytes pack_payload(struct arena *arena, const struct manifest *m,
			  const struct bundle_identity *identity, struct bytes object, char *why,
			  size_t why_size);

#endif
