/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates a node trusts: the certificates of the signers themselves, not of an
 * authority above them. Made by trust_load(), freed by trust_free(), read-only between.
 * Dates are not looked at: see docs/artifact-format.md.
 */
#ifndef TG_TRUST_H
#define TG_TRUST_H

#include <openssl/types.h>
#include "signature.h"

#define TG_TRUST_MAX	  64	     /* certificates of one file */
#define TG_TRUST_FILE_MAX (1u << 20) /* its bytes */
#define TG_RSA_BITS_MIN	  2048

struct trusted {
	struct bytes signer; /* IssuerAndSerialNumber, DER; owned */
	X509 *certificate;   /* a reference of our own */
	EVP_PKEY *key;	     /* the certificate's */
	enum signature_algorithm algorithm;
	char subject[256]; /* for messages */
};

struct trust {
	struct trusted v[TG_TRUST_MAX];
	size_t count;
};

/*
 * Must run before anything else of libcrypto: no configuration file, no error texts. A
 * privileged program must not let a file or the environment choose its cryptography.
 */
void crypto_init(void);

/*
 * Reads all certificates of a PEM file. Returns NULL with a sentence in `why` when the file
 * cannot be read, one of them cannot be used, or there is none.
 */
struct trust *trust_load(const char *path, char *why, size_t why_size);
/* The same from memory (tests, fuzzers); `name` is for messages. */
struct trust *trust_parse(const char *name, struct bytes pem, char *why, size_t why_size);
void trust_free(struct trust *t);

/* How a key signs, or -1 with a sentence: kind not supported, or too small. */
int trust_key_algorithm(const EVP_PKEY *key, char *why, size_t why_size);

#endif
