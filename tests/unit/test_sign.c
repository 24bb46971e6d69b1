// SPDX-License-Identifier: Apache-2.0
/* Signing with keys and certificates in files, and what it refuses. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "bundle_fixture.h"
#include "compiler/back/sign.h"
#include "runtime/verify.h"

static struct arena arena;
static char directory[64], key_path[96], cert_path[96];
static struct bytes payload, signature;
static struct sign_report report;

static void setup(void)
{
	snprintf(directory, sizeof(directory), "/tmp/tgc-sign-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	snprintf(key_path, sizeof(key_path), "%s/key.pem", directory);
	snprintf(cert_path, sizeof(cert_path), "%s/cert.pem", directory);
	payload = fixture_payload(&arena);
	unsetenv(SIGN_PASSPHRASE_VARIABLE);
}

static void teardown(void)
{
	unlink(key_path);
	unlink(cert_path);
	rmdir(directory);
	arena_free(&arena);
}

TestSuite(sign, .init = setup, .fini = teardown);

static void write_key(EVP_PKEY *key, const char *passphrase)
{
	FILE *to = fopen(key_path, "w");
	int size = passphrase ? (int)strlen(passphrase) : 0;

	cr_assert_eq(PEM_write_PKCS8PrivateKey(to, key, passphrase ? EVP_aes_128_cbc() : NULL,
					       passphrase, size, NULL, NULL),
		     1);
	fclose(to);
}

static void write_text(const char *path, const char *text, size_t size)
{
	FILE *to = fopen(path, "w");

	cr_assert_eq(fwrite(text, 1, size, to), size);
	fclose(to);
}

static void write_certificate(EVP_PKEY *key)
{
	struct bytes pem = fixture_certificate_pem(&arena, key, "signer", 5);

	write_text(cert_path, (const char *)pem.at, pem.size);
}

static enum exit_code sign(void)
{
	struct signer *signer;
	enum exit_code code = signer_open(&arena, key_path, cert_path, &signer, &report);

	if (code == EXIT_DONE)
		code = signer_sign(&arena, signer, payload, &signature, &report);
	signer_close(signer);
	return code;
}

/* Signs twice, verifies; takes the key over. Returns whether both are the same. */
static bool signs_twice(EVP_PKEY *key)
{
	struct bundle_parts parts;
	struct bytes first;
	struct trust *trust;
	char why[256] = "";

	write_key(key, NULL);
	write_certificate(key);
	cr_assert_eq(sign(), EXIT_DONE, "%s", report.error);
	first = signature;
	cr_assert_eq(sign(), EXIT_DONE, "%s", report.error);
	trust = trust_load(cert_path, why, sizeof(why));
	cr_assert_not_null(trust, "%s", why);
	cr_assert_eq(bundle_check(&parts, fixture_join(&arena, payload, signature), trust, NULL,
				  why, sizeof(why)),
		     VERIFY_OK, "%s", why);
	trust_free(trust);
	EVP_PKEY_free(key);
	return first.size == signature.size && memcmp(first.at, signature.at, signature.size) == 0;
}

Test(sign, rsa_is_reproducible)
{
	cr_assert(signs_twice(fixture_rsa(2048)));
	cr_assert_str_empty(report.warning);
}

Test(sign, ed25519_is_reproducible)
{
	cr_assert(signs_twice(fixture_ed25519(1)));
	cr_assert_str_empty(report.warning);
}

Test(sign, ecdsa_warns)
{
	cr_assert_not(signs_twice(fixture_ec("P-256")));
	cr_assert(strstr(report.warning, "not reproducible"));
}

/* The file may hold the certificates of other signers as well. */
Test(sign, finds_its_certificate)
{
	EVP_PKEY *key = fixture_ed25519(1), *other = fixture_ed25519(2);
	struct bytes a = fixture_certificate_pem(&arena, other, "other", 1);
	struct bytes b = fixture_certificate_pem(&arena, key, "own", 2);
	const char *both = arena_printf(&arena, "%s%s", a.at, b.at);
	struct signature s;

	write_key(key, NULL);
	write_text(cert_path, both, strlen(both));
	cr_assert_eq(sign(), EXIT_DONE, "%s", report.error);
	cr_assert_eq(signature_decode(&s, signature), 0);
	cr_assert_eq(signature_serial(&s).at[0], 2);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

Test(sign, warns_of_an_expired_certificate)
{
	EVP_PKEY *key = fixture_ed25519(1);
	X509 *certificate = fixture_certificate(key, "old", 1);
	FILE *to = fopen(cert_path, "w");

	ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20210101000000Z");
	X509_sign(certificate, key, NULL);
	PEM_write_X509(to, certificate);
	fclose(to);
	write_key(key, NULL);
	cr_assert_eq(sign(), EXIT_DONE, "%s", report.error);
	cr_assert_str_eq(report.warning, "the certificate has expired");
	X509_free(certificate);
	EVP_PKEY_free(key);
}

/* ---- refusals ---- */

static void refuses(enum exit_code code, const char *sentence)
{
	cr_assert_eq(sign(), code, "%s", report.error);
	cr_assert(strstr(report.error, sentence), "said: %s", report.error);
}

Test(sign, no_key_file)
{
	refuses(EXIT_ENVIRONMENT, strerror(ENOENT));
	cr_assert(strstr(report.error, key_path));
}

Test(sign, no_key_in_the_file)
{
	write_text(key_path, "hello\n", 6);
	refuses(EXIT_ENVIRONMENT, "there is no private key in it");
}

Test(sign, a_public_key_is_no_key)
{
	EVP_PKEY *key = fixture_ed25519(1);
	FILE *to = fopen(key_path, "w");

	PEM_write_PUBKEY(to, key);
	fclose(to);
	refuses(EXIT_ENVIRONMENT, "there is no private key in it");
	EVP_PKEY_free(key);
}

Test(sign, encrypted_key)
{
	EVP_PKEY *key = fixture_ed25519(1);

	write_key(key, "open sesame");
	write_certificate(key);
	refuses(EXIT_ENVIRONMENT, "the key is encrypted");
	setenv(SIGN_PASSPHRASE_VARIABLE, "wrong", 1);
	refuses(EXIT_ENVIRONMENT, "does not open the key");
	setenv(SIGN_PASSPHRASE_VARIABLE, "open sesame", 1);
	cr_assert_eq(sign(), EXIT_DONE, "%s", report.error);
	EVP_PKEY_free(key);
}

Test(sign, overlong_passphrase)
{
	EVP_PKEY *key = fixture_ed25519(1);
	char text[4096];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	write_key(key, "short");
	write_certificate(key);
	setenv(SIGN_PASSPHRASE_VARIABLE, text, 1);
	refuses(EXIT_ENVIRONMENT, "does not open the key");
	EVP_PKEY_free(key);
}

Test(sign, no_certificate_file)
{
	EVP_PKEY *key = fixture_ed25519(1);

	write_key(key, NULL);
	refuses(EXIT_ENVIRONMENT, strerror(ENOENT));
	cr_assert(strstr(report.error, cert_path));
	EVP_PKEY_free(key);
}

Test(sign, key_and_certificate_do_not_fit)
{
	EVP_PKEY *key = fixture_ed25519(1), *other = fixture_ed25519(2);

	write_key(key, NULL);
	write_certificate(other);
	refuses(EXIT_USAGE, "no certificate in it is of the key");
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

Test(sign, small_rsa)
{
	EVP_PKEY *key = fixture_rsa(1024);

	write_key(key, NULL);
	write_certificate(key);
	refuses(EXIT_USAGE, "1024 bits is too small");
	EVP_PKEY_free(key);
}

Test(sign, unsupported_kind)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");

	write_key(key, NULL);
	write_certificate(key);
	refuses(EXIT_USAGE, "not of a supported kind");
	EVP_PKEY_free(key);
}
