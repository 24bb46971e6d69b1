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

struct signer; /* a key and its certificate, ready to sign */

/*
 * Takes a PEM key and the certificate of that key in `cert_path` (it may hold several). Returns
 * EXIT_DONE, EXIT_ENVIRONMENT (a file cannot be read, a passphrase is missing or wrong) or
 * EXIT_USAGE (key and certificate do not fit, or must not be used). Whatever it returns, the
 * caller gives `*out` to signer_close(), before the arena is freed.
 */
enum exit_code signer_open(struct arena *arena, const char *key_path, const char *cert_path,
			   struct signer **out, struct sign_report *report);
/*
 * `signature` gets the whole DER structure, in the arena. RSA and Ed25519 keys give the same
 * bytes each time; others a warning. Returns EXIT_DONE, EXIT_ENVIRONMENT or EXIT_USAGE (the
 * certificate's names do not fit).
 */
enum exit_code signer_sign(struct arena *arena, const struct signer *s, struct bytes payload,
			   struct bytes *signature, struct sign_report *report);
void signer_close(struct signer *s); /* takes NULL */

#endif
