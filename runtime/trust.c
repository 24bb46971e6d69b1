// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "artifact.h"
#include "file.h"
#include "trust.h"

void crypto_init(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
			    NULL);
}

/* The curves that common verifiers agree on. */
static bool curve_supported(const EVP_PKEY *key)
{
	char group[32];

	if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
		return false;
	return strcmp(group, "prime256v1") == 0 || strcmp(group, "secp384r1") == 0 ||
	       strcmp(group, "secp521r1") == 0;
}

int trust_key_algorithm(const EVP_PKEY *key, char *why, size_t why_size)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		if (EVP_PKEY_get_bits(key) >= TG_RSA_BITS_MIN)
			return SIGNATURE_RSA_SHA256;
		snprintf(why, why_size, "an RSA key of %d bits is too small, %d are the least",
			 EVP_PKEY_get_bits(key), TG_RSA_BITS_MIN);
		return -1;
	case EVP_PKEY_ED25519:
		return SIGNATURE_ED25519;
	case EVP_PKEY_EC:
		if (curve_supported(key))
			return SIGNATURE_ECDSA_SHA256;
		snprintf(why, why_size, "the key's curve is not P-256, P-384 or P-521");
		return -1;
	}
	snprintf(why, why_size, "the key is not of a supported kind (RSA, ECDSA, Ed25519)");
	return -1;
}

/* The signer as the CMS structure names it: issuer and serial number as in the certificate. */
static int encode_signer(struct bytes *out, const X509 *certificate)
{
	uint8_t *issuer = NULL, *serial = NULL, *signer = malloc(TG_SIGNATURE_MAX);
	int issuer_size = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
	int serial_size = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
	size_t size = 0;

	if (signer && issuer_size > 0 && serial_size > 0)
		size = signature_signer((struct bytes){issuer, issuer_size},
					(struct bytes){serial, serial_size}, signer,
					TG_SIGNATURE_MAX);
	OPENSSL_free(issuer);
	OPENSSL_free(serial);
	if (size == 0) {
		free(signer);
		return -1;
	}
	*out = (struct bytes){signer, size};
	return 0;
}

/* Fills `out`: 0, or -1 with a sentence. */
static int set_trusted(struct trusted *out, X509 *certificate, char *why, size_t why_size)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	int algorithm;

	memset(out, 0, sizeof(*out));
	X509_NAME_oneline(X509_get_subject_name(certificate), out->subject, sizeof(out->subject));
	if (!key) {
		snprintf(why, why_size, "the certificate's key cannot be read");
		return -1;
	}
	if (!(X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE)) {
		snprintf(why, why_size, "the certificate is not for digital signatures");
		return -1;
	}
	algorithm = trust_key_algorithm(key, why, why_size);
	if (algorithm < 0)
		return -1;
	if (encode_signer(&out->signer, certificate)) {
		snprintf(why, why_size, "the certificate's issuer or serial number is not usable");
		return -1;
	}
	X509_up_ref(certificate);
	out->certificate = certificate;
	out->key = key;
	out->algorithm = algorithm;
	return 0;
}

static void clear_trusted(struct trusted *t)
{
	free((void *)t->signer.at);
	X509_free(t->certificate);
	memset(t, 0, sizeof(*t));
}

/* A passphrase is never asked for: certificates are not secret. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

static int add_certificate(struct trust *t, X509 *certificate, const char *name, char *why,
			   size_t why_size)
{
	char reason[160];

	if (t->count == TG_TRUST_MAX) {
		snprintf(why, why_size, "%s: more than %d certificates", name, TG_TRUST_MAX);
		return -1;
	}
	if (set_trusted(&t->v[t->count], certificate, reason, sizeof(reason))) {
		snprintf(why, why_size, "%s: certificate %zu (%s): %s", name, t->count + 1,
			 t->v[t->count].subject, reason);
		clear_trusted(&t->v[t->count]);
		return -1;
	}
	t->count++;
	return 0;
}

/* Certificates up to the end of the file; other PEM blocks are passed over. */
static int add_certificates(struct trust *t, BIO *in, const char *name, char *why, size_t why_size)
{
	X509 *certificate;

	ERR_clear_error();
	while ((certificate = PEM_read_bio_X509(in, NULL, no_passphrase, NULL))) {
		int failed = add_certificate(t, certificate, name, why, why_size);

		X509_free(certificate);
		if (failed)
			return -1;
	}
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
		snprintf(why, why_size, "%s: certificate %zu cannot be decoded", name,
			 t->count + 1);
		return -1;
	}
	if (t->count == 0) {
		snprintf(why, why_size, "%s: there is no certificate in it (PEM)", name);
		return -1;
	}
	return 0;
}

struct trust *trust_parse(const char *name, struct bytes pem, char *why, size_t why_size)
{
	BIO *in = BIO_new_mem_buf(pem.at, (int)pem.size);
	struct trust *t = calloc(1, sizeof(*t));

	if (!in || !t) {
		snprintf(why, why_size, "%s: out of memory", name);
		free(t);
		t = NULL;
	} else if (add_certificates(t, in, name, why, why_size)) {
		trust_free(t);
		t = NULL;
	}
	ERR_clear_error();
	BIO_free(in);
	return t;
}

struct trust *trust_load(const char *path, char *why, size_t why_size)
{
	struct file_bytes file;
	struct trust *t;

	crypto_init();
	if (file_load(path, TG_TRUST_FILE_MAX, &file, why, why_size))
		return NULL;
	t = trust_parse(path, (struct bytes){file.at, file.size}, why, why_size);
	free(file.at);
	return t;
}

void trust_free(struct trust *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		clear_trusted(&t->v[i]);
	free(t);
}
