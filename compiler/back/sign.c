// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "compiler/base/arena.h"
#include "runtime/artifact.h"
#include "runtime/verify.h"
#include "sign.h"

static enum exit_code __attribute__((format(printf, 3, 4)))
refuse(struct sign_report *r, enum exit_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, sizeof(r->error), format, args);
	va_end(args);
	return code;
}

/* ---- reading the key and the certificate ---- */

struct passphrase {
	bool asked;
};

static int give_passphrase(char *buffer, int size, int writing, void *context)
{
	struct passphrase *p = context;
	const char *text = getenv(SIGN_PASSPHRASE_VARIABLE);
	size_t len = text ? strlen(text) : 0;

	(void)writing;
	p->asked = true;
	if (!text || len > (size_t)size)
		return -1;
	memcpy(buffer, text, len);
	return (int)len;
}

static enum exit_code explain_key(const char *path, const struct passphrase *p,
				  struct sign_report *r)
{
	if (!p->asked)
		return refuse(r, EXIT_ENVIRONMENT, "%s: there is no private key in it (PEM)", path);
	if (!getenv(SIGN_PASSPHRASE_VARIABLE))
		return refuse(r, EXIT_ENVIRONMENT,
			      "%s: the key is encrypted; put its passphrase into the environment "
			      "variable %s",
			      path, SIGN_PASSPHRASE_VARIABLE);
	return refuse(r, EXIT_ENVIRONMENT, "%s: the passphrase in %s does not open the key", path,
		      SIGN_PASSPHRASE_VARIABLE);
}

/* Not file_load(): a key may well come through a pipe. */
static enum exit_code load_key(const char *path, EVP_PKEY **key, struct sign_report *r)
{
	struct passphrase passphrase = {false};
	BIO *in;

	errno = 0;
	in = BIO_new_file(path, "r");
	if (!in)
		return refuse(r, EXIT_ENVIRONMENT, "%s: cannot read the key: %s", path,
			      errno ? strerror(errno) : "out of memory");
	*key = PEM_read_bio_PrivateKey(in, NULL, give_passphrase, &passphrase);
	BIO_free(in);
	return *key ? EXIT_DONE : explain_key(path, &passphrase, r);
}

static enum exit_code load_certificates(const char *path, struct trust **trust,
					struct sign_report *r)
{
	struct file_bytes file;

	if (file_load(path, TG_TRUST_FILE_MAX, &file, r->error, sizeof(r->error)))
		return EXIT_ENVIRONMENT;
	*trust = trust_parse(path, (struct bytes){file.at, file.size}, r->error, sizeof(r->error));
	free(file.at);
	return *trust ? EXIT_DONE : EXIT_USAGE;
}

/* ---- signing ---- */

static const struct trusted *find_certificate(const struct trust *trust, const EVP_PKEY *key)
{
	for (size_t i = 0; i < trust->count; i++)
		if (EVP_PKEY_eq(trust->v[i].key, key) == 1)
			return &trust->v[i];
	return NULL;
}

/* The signature value alone; `at` NULL when the library refuses. */
static struct bytes sign_bytes(struct arena *arena, EVP_PKEY *key, const char *digest,
			       struct bytes payload)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = EVP_PKEY_get_size(key);
	uint8_t *value = arena_alloc(arena, size);
	bool good;

	good = context &&
	       EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, key, NULL) == 1 &&
	       EVP_DigestSign(context, value, &size, payload.at, payload.size) == 1;
	EVP_MD_CTX_free(context);
	return good ? (struct bytes){value, size} : (struct bytes){0};
}

static enum exit_code sign_as(struct arena *arena, const struct trusted *signer, EVP_PKEY *key,
			      struct bytes payload, struct bytes *out, struct sign_report *r)
{
	const char *digest = signer->algorithm == SIGNATURE_ED25519 ? NULL : "SHA256";
	struct signature s = {signer->algorithm, signer->signer, {0}};
	uint8_t *der = arena_alloc(arena, TG_SIGNATURE_MAX);

	s.value = sign_bytes(arena, key, digest, payload);
	if (!s.value.at || !trusted_signed(signer, &s, payload))
		return refuse(r, EXIT_ENVIRONMENT, "the signature library could not sign");
	*out = (struct bytes){der, signature_encode(&s, der, TG_SIGNATURE_MAX)};
	if (out->size == 0)
		return refuse(r, EXIT_USAGE,
			      "the signature is too large: the certificate's "
			      "issuer has a very long name");
	return EXIT_DONE;
}

static void warn(const struct trusted *signer, struct sign_report *r)
{
	if (X509_cmp_current_time(X509_get0_notAfter(signer->certificate)) < 0)
		snprintf(r->warning, sizeof(r->warning), "the certificate has expired");
	else if (signer->algorithm == SIGNATURE_ECDSA_SHA256)
		snprintf(r->warning, sizeof(r->warning),
			 "an ECDSA signature differs each time: the bundle is not reproducible "
			 "(RSA and Ed25519 are)");
}

struct signer {
	EVP_PKEY *key;
	struct trust *trust;
	const struct trusted *as; /* the certificate of the key, in `trust` */
};

static enum exit_code choose_certificate(struct signer *s, const char *key_path,
					 const char *cert_path, struct sign_report *r)
{
	enum exit_code code;
	char reason[128];

	if (trust_key_algorithm(s->key, reason, sizeof(reason)) < 0)
		return refuse(r, EXIT_USAGE, "%s: %s", key_path, reason);
	code = load_certificates(cert_path, &s->trust, r);
	if (code != EXIT_DONE)
		return code;
	s->as = find_certificate(s->trust, s->key);
	if (s->as)
		return EXIT_DONE;
	return refuse(r, EXIT_USAGE, "%s: no certificate in it is of the key %s", cert_path,
		      key_path);
}

enum exit_code signer_open(struct arena *arena, const char *key_path, const char *cert_path,
			   struct signer **out, struct sign_report *report)
{
	struct signer *s = *out = arena_alloc(arena, sizeof(*s));
	enum exit_code code;

	memset(report, 0, sizeof(*report));
	crypto_init();
	code = load_key(key_path, &s->key, report);
	if (code == EXIT_DONE)
		code = choose_certificate(s, key_path, cert_path, report);
	ERR_clear_error();
	return code;
}

enum exit_code signer_sign(struct arena *arena, const struct signer *s, struct bytes payload,
			   struct bytes *signature, struct sign_report *report)
{
	enum exit_code code = sign_as(arena, s->as, s->key, payload, signature, report);

	if (code == EXIT_DONE)
		warn(s->as, report);
	ERR_clear_error();
	return code;
}

void signer_close(struct signer *s)
{
	if (!s)
		return;
	trust_free(s->trust);
	EVP_PKEY_free(s->key);
}
