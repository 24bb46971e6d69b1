/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a bundle file to a payload that may be looked at. The file is read once, into private
 * memory; trailer, form of the signature, signer and signature are checked in this order; no
 * byte of the payload is interpreted before. Each way to fail has its own result.
 */
#ifndef TG_VERIFY_H
#define TG_VERIFY_H

#include <stdbool.h>
#include "file.h"
#include "trust.h"

/* The numbers are stable: tgrun derives exit codes from them. */
enum verify_result {
	VERIFY_OK = 0,
	VERIFY_UNREADABLE = 1,	 /* no such file, no permission, not a regular file */
	VERIFY_TOO_LARGE = 2,	 /* more than TG_ARTIFACT_MAX bytes */
	VERIFY_NOT_BUNDLE = 3,	 /* neither starts nor ends like one */
	VERIFY_UNSIGNED = 4,	 /* a whole payload and nothing behind it */
	VERIFY_TRUNCATED = 5,	 /* bytes are missing */
	VERIFY_MALFORMED = 6,	 /* trailer or signature are not in the one allowed form */
	VERIFY_WRONG_SIGNER = 7, /* made by a certificate that is not trusted */
	VERIFY_TAMPERED = 8,	 /* by a trusted one, but not for these bytes */
	VERIFY_RESULT_COUNT,
};

struct verified {
	const void *payload; /* into `file` */
	size_t size;
	const char *subject; /* of the signer's certificate; in the trust's memory */
	struct file_bytes file;
};

/* `why` gets a sentence that begins with the path, except with VERIFY_OK. */
enum verify_result verify_file(struct verified *out, const char *path, const struct trust *trust,
			       char *why, size_t why_size);
void verified_free(struct verified *v);

/* "tampered", ...: one word for logs and tests. */
const char *verify_result_name(enum verify_result result);

/* Did the holder of this certificate's key sign these bytes? */
bool trusted_signed(const struct trusted *t, const struct signature *s, struct bytes payload);

/* The parts of a file as its trailer has them: unproven, not even a signature's form. */
struct bundle_parts {
	struct bytes payload, signature;
};
enum verify_result bundle_split(struct bundle_parts *out, struct bytes file, char *why,
				size_t why_size);
/* Everything verify_file() does, on bytes in memory. `signer` may be NULL. */
enum verify_result bundle_check(struct bundle_parts *out, struct bytes file,
				const struct trust *trust, const struct trusted **signer, char *why,
				size_t why_size);

#endif
