/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle with what kernels said of it. */
#ifndef TGC_PROOF_H
#define TGC_PROOF_H

#include "runtime/bytes.h"
#include "verdicts.h"

/*
 * The payload of the same bundle (name, version, fingerprint, programs) with these proofs and no
 * others, in the arena. When it cannot be, `at` is NULL and `why` has a sentence.
 */
struct bytes proof_payload(struct arena *a, const struct artifact *artifact,
			   const struct verdicts *kernels, size_t count, char *why,
			   size_t why_size);

#endif
