/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small but complete bundle for tests and fuzzers, and keys and certificates to sign it
 * with. Everything that can be is the same in every run.
 */
#ifndef TESTS_BUNDLE_FIXTURE_H
#define TESTS_BUNDLE_FIXTURE_H

#include <openssl/types.h>
#include "compiler/base/arena.h"
#include "compiler/back/manifest.h"
#include "compiler/back/pack.h"
#include "runtime/trust.h"

/* Two policies on a kprobe, an LSM hook and a tracepoint, and a process program. */
void fixture_manifest(struct manifest *m, struct arena *arena);
/* An ELF header for BPF and nothing behind it: all that tgrun looks at before libbpf. */
struct bytes fixture_object(struct arena *arena);
/* Both packed as "fixture", version 7. */
struct bytes fixture_payload(struct arena *arena);

/* Keys; the caller frees. Ed25519 keys follow from the seed. */
EVP_PKEY *fixture_ed25519(uint8_t seed);
EVP_PKEY *fixture_rsa(unsigned bits);
EVP_PKEY *fixture_ec(const char *curve);

/* A certificate that the key signs itself, for 2020 to 2049; the caller frees. */
X509 *fixture_certificate(EVP_PKEY *key, const char *name, long serial);
struct bytes fixture_certificate_pem(struct arena *arena, EVP_PKEY *key, const char *name,
				     long serial);

/* The signature (DER) of a payload by a key, as the certificate made with the same arguments. */
struct bytes fixture_sign(struct arena *arena, struct bytes payload, EVP_PKEY *key,
			  const char *name, long serial);
/* payload | signature | trailer */
struct bytes fixture_join(struct arena *arena, struct bytes payload, struct bytes signature);

/* The trust of one certificate made with these arguments; ends the program on failure. */
struct trust *fixture_trust(EVP_PKEY *key, const char *name, long serial);

/* "the fixture's signer": serial 1 of an Ed25519 key, its bundle and its trust. */
#define FIXTURE_NAME   "tgc fixture"
#define FIXTURE_SEED   1
#define FIXTURE_SERIAL 1
struct bytes fixture_bundle(struct arena *arena);
struct trust *fixture_bundle_trust(void);

#endif
