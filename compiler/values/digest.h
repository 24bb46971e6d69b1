/* SPDX-License-Identifier: Apache-2.0 */
/* `binaryDigests` of uprobes: ALGORITHM:HEX. */
#ifndef TGC_DIGEST_H
#define TGC_DIGEST_H

#include "value_error.h"

enum digest_algo {
	DIGEST_SHA1,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_BUILD_ID, /* the note in the file; of any length up to 64 bytes */
	DIGEST_COUNT
};

struct digest {
	enum digest_algo algo;
	uint8_t bytes[64];
	size_t size;
};

const char *digest_algo_name(enum digest_algo algo);
bool digest_parse(struct arena *a, const struct ast_str *text, struct digest *out,
		  struct value_error *e);
/* Lower case. */
const char *digest_print(struct arena *a, const struct digest *d);

#endif
