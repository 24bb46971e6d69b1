// SPDX-License-Identifier: Apache-2.0
/* The form of signatures: byte for byte what OpenSSL's own CMS code writes, and only that. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/evp.h>

#include "bundle_fixture.h"

static struct arena arena;
static const struct bytes message = {(const uint8_t *)"signed text\n", 12};

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(signature, .fini = teardown);

/* What `openssl cms -sign -binary -noattr -nocerts -outform DER` writes. */
static struct bytes cms_sign(EVP_PKEY *key, const char *name, long serial)
{
	X509 *certificate = fixture_certificate(key, name, serial);
	BIO *in = BIO_new_mem_buf(message.at, (int)message.size);
	CMS_ContentInfo *cms = CMS_sign(certificate, key, NULL, in,
					CMS_BINARY | CMS_DETACHED | CMS_NOCERTS | CMS_NOATTR);
	uint8_t *der = NULL, *kept;
	int size;

	cr_assert_not_null(cms);
	size = i2d_CMS_ContentInfo(cms, &der);
	cr_assert_gt(size, 0);
	kept = arena_alloc(&arena, size);
	memcpy(kept, der, size);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
	return (struct bytes){kept, size};
}

/* CMS_verify() looks at the signature alone here: trust in the certificate is given. */
static int cms_verify(struct bytes der, EVP_PKEY *key, const char *name, long serial)
{
	X509 *certificate = fixture_certificate(key, name, serial);
	BIO *in = BIO_new_mem_buf(message.at, (int)message.size);
	STACK_OF(X509) *signers = sk_X509_new_null();
	const uint8_t *at = der.at;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.size);
	int good;

	cr_assert_not_null(cms);
	cr_assert_eq(at, der.at + der.size);
	sk_X509_push(signers, certificate);
	good = CMS_verify(cms, signers, NULL, in, NULL,
			  CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY);
	sk_X509_free(signers);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
	return good;
}

static void check_same_as_cms(EVP_PKEY *key, const char *name, long serial)
{
	struct bytes ours = fixture_sign(&arena, message, key, name, serial);
	struct bytes theirs = cms_sign(key, name, serial);

	cr_assert_eq(ours.size, theirs.size);
	cr_assert_arr_eq(ours.at, theirs.at, ours.size);
	cr_assert_eq(cms_verify(ours, key, name, serial), 1);
	EVP_PKEY_free(key);
}

Test(signature, rsa_2048_is_openssl_cms)
{
	check_same_as_cms(fixture_rsa(2048), "rsa", 1);
}

Test(signature, rsa_3072_is_openssl_cms)
{
	static const char name[] = "a name that is long enough for its length to need two bytes, "
				   "which takes more than one hundred and twenty-seven characters "
				   "of it";

	check_same_as_cms(fixture_rsa(3072), name, 0x7fffffffffff);
}

/* Each run gives another signature, so only theirs is read, and ours verified by them. */
Test(signature, ecdsa_fits_openssl_cms)
{
	EVP_PKEY *key = fixture_ec("P-256");
	struct bytes theirs = cms_sign(key, "ec", 2);
	struct signature s;

	cr_assert_eq(signature_decode(&s, theirs), 0);
	cr_assert_eq(s.algorithm, SIGNATURE_ECDSA_SHA256);
	cr_assert_eq(cms_verify(fixture_sign(&arena, message, key, "ec", 2), key, "ec", 2), 1);
	EVP_PKEY_free(key);
}

/* OpenSSL 3.0 cannot verify it, but it reads the structure and writes it back the same. */
Test(signature, ed25519_is_a_cms_structure)
{
	EVP_PKEY *key = fixture_ed25519(3);
	struct bytes ours = fixture_sign(&arena, message, key, "ed", 3);
	const uint8_t *at = ours.at;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)ours.size);
	STACK_OF(CMS_SignerInfo) * signers;
	X509_ALGOR *digest, *algorithm;
	uint8_t *der = NULL;

	cr_assert_not_null(cms);
	cr_assert_eq(i2d_CMS_ContentInfo(cms, &der), (int)ours.size);
	cr_assert_arr_eq(der, ours.at, ours.size);
	signers = CMS_get0_SignerInfos(cms);
	cr_assert_eq(sk_CMS_SignerInfo_num(signers), 1);
	CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, 0), NULL, NULL, &digest,
				 &algorithm);
	cr_assert_eq(OBJ_obj2nid(digest->algorithm), NID_sha512);
	cr_assert_eq(OBJ_obj2nid(algorithm->algorithm), NID_ED25519);
	cr_assert_null(algorithm->parameter);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	EVP_PKEY_free(key);
}

Test(signature, decodes_what_it_encodes)
{
	EVP_PKEY *key = fixture_ed25519(3);
	struct bytes der = fixture_sign(&arena, message, key, "ed", 0x1234);
	struct signature s;

	cr_assert_eq(signature_decode(&s, der), 0);
	cr_assert_eq(s.algorithm, SIGNATURE_ED25519);
	cr_assert_eq(s.value.size, 64);
	cr_assert_eq(signature_serial(&s).size, 2);
	cr_assert_arr_eq(signature_serial(&s).at, "\x12\x34", 2);
	EVP_PKEY_free(key);
}

Test(signature, refuses_every_prefix_and_a_longer_one)
{
	EVP_PKEY *key = fixture_ed25519(3);
	struct bytes der = fixture_sign(&arena, message, key, "ed", 1);
	struct signature s;

	for (size_t size = 0; size < der.size; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		memcpy(cut, der.at, size);
		cr_assert_eq(signature_decode(&s, (struct bytes){cut, size}), -1);
		free(cut);
	}
	/* The arena's memory behind it is zeros. */
	cr_assert_eq(signature_decode(&s, (struct bytes){der.at, der.size + 1}), -1);
	EVP_PKEY_free(key);
}

/* Certificates, attributes and another kind of signer's name are good CMS, but not ours. */
static void check_refused(int flags)
{
	EVP_PKEY *key = fixture_rsa(2048);
	X509 *certificate = fixture_certificate(key, "rsa", 1);
	BIO *in = BIO_new_mem_buf(message.at, (int)message.size);
	CMS_ContentInfo *cms =
		CMS_sign(certificate, key, NULL, in, CMS_BINARY | CMS_DETACHED | flags);
	struct signature s;
	uint8_t *der = NULL;
	int size;

	cr_assert_not_null(cms);
	size = i2d_CMS_ContentInfo(cms, &der);
	cr_assert_gt(size, 0);
	cr_assert_eq(signature_decode(&s, (struct bytes){der, size}), -1);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

Test(signature, refuses_embedded_certificates)
{
	check_refused(CMS_NOATTR);
}

Test(signature, refuses_signed_attributes)
{
	check_refused(CMS_NOCERTS);
}

Test(signature, refuses_embedded_content)
{
	EVP_PKEY *key = fixture_rsa(2048);
	X509 *certificate = fixture_certificate(key, "rsa", 1);
	BIO *in = BIO_new_mem_buf(message.at, (int)message.size);
	CMS_ContentInfo *cms =
		CMS_sign(certificate, key, NULL, in, CMS_BINARY | CMS_NOATTR | CMS_NOCERTS);
	struct signature s;
	uint8_t *der = NULL;
	int size = i2d_CMS_ContentInfo(cms, &der);

	cr_assert_gt(size, 0);
	cr_assert_eq(signature_decode(&s, (struct bytes){der, size}), -1);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

Test(signature, refuses_two_signers)
{
	EVP_PKEY *key = fixture_rsa(2048), *second_key = fixture_rsa(2048);
	X509 *certificate = fixture_certificate(key, "rsa", 1);
	X509 *second = fixture_certificate(second_key, "rsa", 2);
	BIO *in = BIO_new_mem_buf(message.at, (int)message.size);
	int flags = CMS_BINARY | CMS_DETACHED | CMS_NOATTR | CMS_NOCERTS;
	CMS_ContentInfo *cms = CMS_sign(certificate, key, NULL, in, flags | CMS_PARTIAL);
	struct signature s;
	uint8_t *der = NULL;
	int size;

	cr_assert_not_null(CMS_add1_signer(cms, second, second_key, NULL, flags));
	cr_assert_eq(CMS_final(cms, in, NULL, flags), 1);
	size = i2d_CMS_ContentInfo(cms, &der);
	cr_assert_gt(size, 0);
	cr_assert_eq(signature_decode(&s, (struct bytes){der, size}), -1);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
	X509_free(second);
	EVP_PKEY_free(key);
	EVP_PKEY_free(second_key);
}

/* A length in more bytes than it needs, at the outermost element. */
Test(signature, refuses_other_encodings)
{
	EVP_PKEY *key = fixture_rsa(2048);
	struct bytes der = fixture_sign(&arena, message, key, "rsa", 1);
	uint8_t *longer = arena_alloc(&arena, der.size + 1);
	struct signature s;

	cr_assert_eq(der.at[1], 0x82);
	longer[0] = der.at[0];
	longer[1] = 0x83;
	longer[2] = 0;
	memcpy(longer + 3, der.at + 2, der.size - 2);
	cr_assert_eq(signature_decode(&s, (struct bytes){longer, der.size + 1}), -1);
	longer[1] = 0x80; /* indefinite */
	cr_assert_eq(signature_decode(&s, (struct bytes){longer, der.size + 1}), -1);
	EVP_PKEY_free(key);
}

Test(signature, encoding_needs_room)
{
	EVP_PKEY *key = fixture_ed25519(3);
	struct bytes der = fixture_sign(&arena, message, key, "ed", 1);
	uint8_t *out = malloc(der.size);
	struct signature s;

	cr_assert_eq(signature_decode(&s, der), 0);
	for (size_t room = 0; room < der.size; room++)
		cr_assert_eq(signature_encode(&s, out, room), 0);
	cr_assert_eq(signature_encode(&s, out, der.size), der.size);
	cr_assert_arr_eq(out, der.at, der.size);
	free(out);
	EVP_PKEY_free(key);
}
