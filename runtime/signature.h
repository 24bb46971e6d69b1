/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one form that a bundle's signature may have: a detached CMS SignedData (RFC 5652) in
 * DER with one signer, no attributes, no certificates. Given who signs, how, and the
 * signature value, every byte of it follows; so writing is filling a form, and reading is
 * finding those three and comparing with the form filled again. Nothing is left to alter.
 */
#ifndef TG_SIGNATURE_H
#define TG_SIGNATURE_H

#include "bytes.h"

enum signature_algorithm {
	SIGNATURE_RSA_SHA256, /* RSASSA-PKCS1-v1_5 */
	SIGNATURE_ECDSA_SHA256,
	SIGNATURE_ED25519, /* RFC 8419: over the payload itself */
	SIGNATURE_ALGORITHM_COUNT,
};

struct signature {
	enum signature_algorithm algorithm;
	struct bytes signer; /* IssuerAndSerialNumber, DER */
	struct bytes value;
};

/* Writes the form to `out`. Returns its size, or 0 when `room` is too small for it. */
size_t signature_encode(const struct signature *s, uint8_t *out, size_t room);

/*
 * Reads `der` (hostile bytes); `out` points into it. Returns 0, or -1 when it is not exactly
 * what signature_encode() writes. Says nothing about whether the signature is good.
 */
int signature_decode(struct signature *out, struct bytes der);

/* Wraps an issuer's name and a serial number, both DER, as a signer. Size or 0, as above. */
size_t signature_signer(struct bytes issuer, struct bytes serial, uint8_t *out, size_t room);

/* The serial number of a decoded signature's signer: content bytes, most significant first. */
struct bytes signature_serial(const struct signature *s);

#endif
