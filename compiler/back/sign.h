/* SPDX-License-Identifier: Apache-2.0 */
/* Signing a payload: the only part of tgc that touches a private key. */
#ifndef TGC_SIGN_H
#define TGC_SIGN_H

#include "compiler/base/exit.h"
#include "runtime/bytes.h"

struct arena;

#define SIGN_PASSPHRASE_VARIABLE "TGC_KEY_PASSPHRASE" /* for encrypted keys; never prompted */

struct sign_report {
	char error[512];   /* a sentence, unless EXIT_DONE */
	char warning[256]; /* a sentence or "" */
};

/*
 * Signs with a PEM key, as the certificate in `cert_path` (of several, the one of that key).
 * `signature` gets the whole DER structure, in the arena. RSA and Ed25519 keys give the same
 * bytes each time; others a warning. Returns EXIT_DONE, EXIT_ENVIRONMENT (a file cannot be
 * read, a passphrase is missing or wrong) or EXIT_USAGE (key and certificate do not fit, or
 * must not be used).
 */
enum exit_code sign_payload(struct arena *arena, struct bytes payload, const char *key_path,
			    const char *cert_path, struct bytes *signature,
			    struct sign_report *report);

#endif
