// SPDX-License-Identifier: Apache-2.0
/* bundle_check() and verify_file(): each class of refusal, and that no byte can be altered. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "bundle_fixture.h"
#include "runtime/verify.h"

static struct arena arena;
static struct trust *trust;
static struct bytes bundle;
static char why[512];
static char directory[64], path[96];

static void setup(void)
{
	bundle = fixture_bundle(&arena);
	trust = fixture_bundle_trust();
	snprintf(directory, sizeof(directory), "/tmp/tgc-verify-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/bundle.tgb", directory);
}

static void teardown(void)
{
	unlink(path);
	rmdir(directory);
	trust_free(trust);
	arena_free(&arena);
}

TestSuite(verify, .init = setup, .fini = teardown);

/* On a copy of the exact size, so that the sanitizers see a step outside. */
static enum verify_result check_with(struct bytes file, const struct trust *trusted)
{
	uint8_t *copy = malloc(file.size ? file.size : 1);
	struct bundle_parts parts;
	enum verify_result result;

	memcpy(copy, file.at, file.size);
	why[0] = '\0';
	result = bundle_check(&parts, (struct bytes){copy, file.size}, trusted, NULL, why,
			      sizeof(why));
	if (result != VERIFY_OK)
		cr_assert(why[0]);
	free(copy);
	return result;
}

static enum verify_result check(struct bytes file)
{
	return check_with(file, trust);
}

static uint8_t *copy_of(struct bytes file, size_t more)
{
	uint8_t *copy = arena_alloc(&arena, file.size + more);

	memcpy(copy, file.at, file.size);
	return copy;
}

/* The bundle with another trailer. */
static struct bytes with_trailer(const struct tg_trailer *trailer)
{
	uint8_t *copy = copy_of(bundle, 0);

	memcpy(copy + bundle.size - sizeof(*trailer), trailer, sizeof(*trailer));
	return (struct bytes){copy, bundle.size};
}

static struct tg_trailer its_trailer(void)
{
	struct tg_trailer trailer;

	memcpy(&trailer, bundle.at + bundle.size - sizeof(trailer), sizeof(trailer));
	return trailer;
}

static size_t payload_size(void)
{
	return ((const struct tg_artifact_header *)bundle.at)->payload_size;
}

Test(verify, accepts_the_fixture)
{
	struct bundle_parts parts;
	const struct trusted *signer;

	cr_assert_eq(bundle_check(&parts, bundle, trust, &signer, why, sizeof(why)), VERIFY_OK);
	cr_assert_eq(parts.payload.at, bundle.at);
	cr_assert_eq(parts.payload.size, payload_size());
	cr_assert_eq(signer, &trust->v[0]);
	cr_assert_str_eq(signer->subject, "/CN=" FIXTURE_NAME);
}

/* ---- no byte is free ---- */

/* What an alteration at this place may be called. */
static bool sensible(size_t at, size_t signature_end, enum verify_result result)
{
	if (at < payload_size())
		return result == VERIFY_TAMPERED;
	if (at < signature_end)
		return result == VERIFY_MALFORMED || result == VERIFY_WRONG_SIGNER ||
		       result == VERIFY_TAMPERED;
	return result == VERIFY_MALFORMED || result == VERIFY_TRUNCATED;
}

/* Every byte; in the signature and the trailer, each of `bits` bits of it alone. */
static void flip_everything(struct bytes file, const struct trust *trusted, int bits)
{
	size_t signature_end = file.size - sizeof(struct tg_trailer);
	uint8_t *copy = copy_of(file, 0);

	cr_assert_eq(check_with(file, trusted), VERIFY_OK, "%s", why);
	for (size_t at = 0; at < file.size; at++) {
		int flips = at < payload_size() ? 1 : bits;

		for (int bit = 0; bit < flips; bit++) {
			uint8_t flip = flips == 1 ? 0xff : 1u << bit;
			enum verify_result result;

			copy[at] ^= flip;
			result = check_with((struct bytes){copy, file.size}, trusted);
			cr_assert(sensible(at, signature_end, result),
				  "byte %zu ^ 0x%02x of %zu: %s", at, flip, file.size,
				  verify_result_name(result));
			copy[at] ^= flip;
		}
	}
}

static void flip_with_key(EVP_PKEY *key)
{
	struct bytes payload = fixture_payload(&arena);
	struct bytes signature = fixture_sign(&arena, payload, key, "signer", 5);
	struct trust *own = fixture_trust(key, "signer", 5);

	flip_everything(fixture_join(&arena, payload, signature), own, 1);
	trust_free(own);
	EVP_PKEY_free(key);
}

Test(verify, every_byte_with_ed25519)
{
	flip_everything(bundle, trust, 8);
}

Test(verify, every_byte_with_rsa)
{
	flip_with_key(fixture_rsa(2048));
}

Test(verify, every_byte_with_p256)
{
	flip_with_key(fixture_ec("P-256"));
}

Test(verify, every_byte_with_p384)
{
	flip_with_key(fixture_ec("P-384"));
}

Test(verify, every_byte_removed)
{
	uint8_t *copy = arena_alloc(&arena, bundle.size);

	for (size_t at = 0; at < bundle.size; at++) {
		memcpy(copy, bundle.at, at);
		memcpy(copy + at, bundle.at + at + 1, bundle.size - at - 1);
		cr_assert_neq(check((struct bytes){copy, bundle.size - 1}), VERIFY_OK);
	}
}

Test(verify, a_byte_put_in_anywhere)
{
	uint8_t *copy = arena_alloc(&arena, bundle.size + 1);

	for (size_t at = 0; at <= bundle.size; at++) {
		memcpy(copy, bundle.at, at);
		copy[at] = 0;
		memcpy(copy + at + 1, bundle.at + at, bundle.size - at);
		cr_assert_neq(check((struct bytes){copy, bundle.size + 1}), VERIFY_OK);
	}
}

/* ---- classes ---- */

Test(verify, truncated_everywhere)
{
	for (size_t size = 1; size < bundle.size; size++) {
		enum verify_result result = check((struct bytes){bundle.at, size});

		cr_assert_eq(result, size == payload_size() ? VERIFY_UNSIGNED : VERIFY_TRUNCATED,
			     "%zu bytes: %s", size, verify_result_name(result));
	}
}

Test(verify, empty_is_not_a_bundle)
{
	cr_assert_eq(check((struct bytes){bundle.at, 0}), VERIFY_NOT_BUNDLE);
}

Test(verify, something_else_is_not_a_bundle)
{
	static const char text[] = "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\n"
				   "metadata:\n  name: x\n";

	cr_assert_eq(check((struct bytes){(const uint8_t *)text, sizeof(text)}), VERIFY_NOT_BUNDLE);
}

Test(verify, unsigned_payload)
{
	cr_assert_eq(check((struct bytes){bundle.at, payload_size()}), VERIFY_UNSIGNED);
	cr_assert_str_eq(why, "the bundle is not signed");
}

/* A trailer and no signature before it. */
Test(verify, empty_signature)
{
	struct bytes file =
		fixture_join(&arena, fixture_payload(&arena), (struct bytes){bundle.at, 0});

	cr_assert_eq(check(file), VERIFY_MALFORMED);
}

Test(verify, missing_middle)
{
	uint8_t *copy = arena_alloc(&arena, bundle.size - 8);

	memcpy(copy, bundle.at, 200);
	memcpy(copy + 200, bundle.at + 208, bundle.size - 208);
	cr_assert_eq(check((struct bytes){copy, bundle.size - 8}), VERIFY_TRUNCATED);
}

Test(verify, more_in_the_middle)
{
	struct bytes payload = {bundle.at, payload_size()};
	struct bytes rest = {bundle.at + payload.size, bundle.size - payload.size};
	uint8_t *copy = arena_alloc(&arena, bundle.size + 8);

	memcpy(copy, payload.at, payload.size);
	memcpy(copy + payload.size + 8, rest.at, rest.size);
	cr_assert_eq(check((struct bytes){copy, bundle.size + 8}), VERIFY_MALFORMED);
	cr_assert(strstr(why, "does not account for"));
}

Test(verify, trailer_reserved)
{
	struct tg_trailer trailer = its_trailer();

	trailer.reserved = 1;
	cr_assert_eq(check(with_trailer(&trailer)), VERIFY_MALFORMED);
}

Test(verify, trailer_with_huge_signature)
{
	struct tg_trailer trailer = its_trailer();

	trailer.signature_size = TG_SIGNATURE_MAX + 1;
	cr_assert_eq(check(with_trailer(&trailer)), VERIFY_MALFORMED);
}

Test(verify, trailer_sizes_that_wrap)
{
	struct tg_trailer trailer = its_trailer();

	trailer.payload_size = UINT64_MAX - trailer.signature_size + 1;
	cr_assert_eq(check(with_trailer(&trailer)), VERIFY_TRUNCATED);
	trailer.payload_size = UINT64_MAX;
	cr_assert_eq(check(with_trailer(&trailer)), VERIFY_TRUNCATED);
}

/* The border between payload and signature is not signed: moving it must not help. */
Test(verify, moved_border)
{
	for (int shift = -64; shift <= 64; shift++) {
		struct tg_trailer trailer = its_trailer();

		if (shift == 0)
			continue;
		trailer.payload_size += shift;
		trailer.signature_size -= shift;
		cr_assert_eq(check(with_trailer(&trailer)), VERIFY_MALFORMED);
	}
}

Test(verify, other_key_is_a_wrong_signer)
{
	EVP_PKEY *key = fixture_ed25519(2);
	struct bytes payload = fixture_payload(&arena);
	struct bytes signature = fixture_sign(&arena, payload, key, "somebody else", 0xabcdef);

	cr_assert_eq(check(fixture_join(&arena, payload, signature)), VERIFY_WRONG_SIGNER);
	cr_assert(strstr(why, "ABCDEF"), "%s", why);
	EVP_PKEY_free(key);
}

/* The signer's name is only text: with another key behind it, it is a forgery. */
Test(verify, same_name_other_key)
{
	EVP_PKEY *key = fixture_ed25519(2);
	struct bytes payload = fixture_payload(&arena);
	struct bytes signature = fixture_sign(&arena, payload, key, FIXTURE_NAME, FIXTURE_SERIAL);

	cr_assert_eq(check(fixture_join(&arena, payload, signature)), VERIFY_TAMPERED);
	EVP_PKEY_free(key);
}

Test(verify, same_name_other_algorithm)
{
	EVP_PKEY *key = fixture_rsa(2048);
	struct bytes payload = fixture_payload(&arena);
	struct bytes signature = fixture_sign(&arena, payload, key, FIXTURE_NAME, FIXTURE_SERIAL);

	cr_assert_eq(check(fixture_join(&arena, payload, signature)), VERIFY_TAMPERED);
	EVP_PKEY_free(key);
}

Test(verify, signature_of_another_payload)
{
	EVP_PKEY *key = fixture_ed25519(FIXTURE_SEED);
	struct bytes payload = fixture_payload(&arena);
	struct bytes other =
		fixture_sign(&arena, fixture_object(&arena), key, FIXTURE_NAME, FIXTURE_SERIAL);

	cr_assert_eq(check(fixture_join(&arena, payload, other)), VERIFY_TAMPERED);
	EVP_PKEY_free(key);
}

/* Any of several trusted certificates; also when two go by the same name. */
Test(verify, several_trusted)
{
	EVP_PKEY *key = fixture_ed25519(FIXTURE_SEED), *other = fixture_ed25519(9);
	struct bytes a = fixture_certificate_pem(&arena, other, FIXTURE_NAME, FIXTURE_SERIAL);
	struct bytes b = fixture_certificate_pem(&arena, key, FIXTURE_NAME, FIXTURE_SERIAL);
	const char *both = arena_printf(&arena, "a comment\n%s\n%s", a.at, b.at);
	struct bundle_parts parts;
	const struct trusted *signer;
	struct trust *two;

	two = trust_parse("two", (struct bytes){(const uint8_t *)both, strlen(both)}, why,
			  sizeof(why));
	cr_assert_not_null(two, "%s", why);
	cr_assert_eq(two->count, 2);
	cr_assert_eq(bundle_check(&parts, bundle, two, &signer, why, sizeof(why)), VERIFY_OK);
	cr_assert_eq(signer, &two->v[1]);
	trust_free(two);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

/* ---- files ---- */

static void write_file(const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
}

Test(verify, file)
{
	struct verified v;

	write_file(bundle.at, bundle.size);
	cr_assert_eq(verify_file(&v, path, trust, why, sizeof(why)), VERIFY_OK, "%s", why);
	cr_assert_eq(v.size, payload_size());
	cr_assert_arr_eq(v.payload, bundle.at, v.size);
	cr_assert_str_eq(v.subject, "/CN=" FIXTURE_NAME);
	/* The payload is ours: what happens to the file now changes nothing. */
	write_file("gone", 4);
	cr_assert_arr_eq(v.payload, bundle.at, v.size);
	verified_free(&v);
}

Test(verify, file_refused_with_its_path)
{
	struct verified v;

	write_file(bundle.at, bundle.size - 1);
	cr_assert_eq(verify_file(&v, path, trust, why, sizeof(why)), VERIFY_TRUNCATED);
	cr_assert_eq(strncmp(why, path, strlen(path)), 0);
	cr_assert_null(v.payload);
}

Test(verify, no_file)
{
	struct verified v;

	cr_assert_eq(verify_file(&v, path, trust, why, sizeof(why)), VERIFY_UNREADABLE);
	cr_assert(strstr(why, strerror(ENOENT)), "%s", why);
}

Test(verify, directory_for_a_file)
{
	struct verified v;

	cr_assert_eq(verify_file(&v, directory, trust, why, sizeof(why)), VERIFY_UNREADABLE);
	cr_assert(strstr(why, "not a regular file"), "%s", why);
}

/* Nobody writes into it: an open that waits would hang here. */
Test(verify, pipe_for_a_file, .timeout = 5)
{
	struct verified v;

	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(verify_file(&v, path, trust, why, sizeof(why)), VERIFY_UNREADABLE);
	cr_assert(strstr(why, "not a regular file"), "%s", why);
}

Test(verify, too_large_file)
{
	struct verified v;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	cr_assert_eq(ftruncate(fd, TG_ARTIFACT_MAX + 1), 0);
	close(fd);
	cr_assert_eq(verify_file(&v, path, trust, why, sizeof(why)), VERIFY_TOO_LARGE);
}

Test(verify, every_result_has_a_name)
{
	for (int i = 0; i < VERIFY_RESULT_COUNT; i++)
		cr_assert_str_neq(verify_result_name(i), "unknown");
	cr_assert_str_eq(verify_result_name(VERIFY_RESULT_COUNT), "unknown");
}

/* ---- trust ---- */

static void refuses_trust(struct bytes pem, const char *sentence)
{
	struct trust *t = trust_parse("certs", pem, why, sizeof(why));

	cr_assert_null(t);
	cr_assert(strstr(why, sentence), "said: %s", why);
}

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

Test(verify, trust_needs_a_certificate)
{
	refuses_trust(text_bytes(""), "there is no certificate in it");
	refuses_trust(text_bytes("hello\n"), "there is no certificate in it");
}

Test(verify, trust_refuses_a_damaged_certificate)
{
	EVP_PKEY *key = fixture_ed25519(1);
	struct bytes pem = fixture_certificate_pem(&arena, key, "x", 1);
	char *text = arena_strndup(&arena, (const char *)pem.at, pem.size);

	memcpy(text + 40, "!!!!", 4);
	refuses_trust(text_bytes(text), "certificate 1 cannot be decoded");
	/* Also behind a good one: half a list of trust is none. */
	refuses_trust(text_bytes(arena_printf(&arena, "%s%s", pem.at, text)),
		      "certificate 2 cannot be decoded");
	EVP_PKEY_free(key);
}

Test(verify, trust_refuses_small_rsa)
{
	EVP_PKEY *key = fixture_rsa(1024);

	refuses_trust(fixture_certificate_pem(&arena, key, "x", 1), "1024 bits is too small");
	EVP_PKEY_free(key);
}

Test(verify, trust_refuses_other_curves)
{
	EVP_PKEY *key = fixture_ec("secp256k1");

	refuses_trust(fixture_certificate_pem(&arena, key, "x", 1), "P-256, P-384 or P-521");
	EVP_PKEY_free(key);
}

Test(verify, trust_refuses_other_kinds)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");

	cr_assert_not_null(key);
	refuses_trust(fixture_certificate_pem(&arena, key, "x", 1), "not of a supported kind");
	EVP_PKEY_free(key);
}

Test(verify, trust_has_a_limit)
{
	EVP_PKEY *key = fixture_ed25519(1);
	const char *pem = (const char *)fixture_certificate_pem(&arena, key, "x", 1).at;
	const char *all = "";

	for (int i = 0; i < TG_TRUST_MAX + 1; i++)
		all = arena_printf(&arena, "%s%s", all, pem);
	refuses_trust(text_bytes(all), "more than 64 certificates");
	EVP_PKEY_free(key);
}

Test(verify, trust_from_a_file)
{
	EVP_PKEY *key = fixture_ed25519(FIXTURE_SEED);
	struct bytes pem = fixture_certificate_pem(&arena, key, FIXTURE_NAME, FIXTURE_SERIAL);
	struct trust *t;

	cr_assert_null(trust_load(path, why, sizeof(why)));
	cr_assert(strstr(why, path));
	write_file(pem.at, pem.size);
	t = trust_load(path, why, sizeof(why));
	cr_assert_not_null(t, "%s", why);
	cr_assert_eq(check_with(bundle, t), VERIFY_OK);
	trust_free(t);
	EVP_PKEY_free(key);
}
