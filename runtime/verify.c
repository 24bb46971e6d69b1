// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "artifact.h"
#include "verify.h"

static const char *const result_names[VERIFY_RESULT_COUNT] = {
	[VERIFY_OK] = "ok",
	[VERIFY_UNREADABLE] = "unreadable",
	[VERIFY_TOO_LARGE] = "too-large",
	[VERIFY_NOT_BUNDLE] = "not-a-bundle",
	[VERIFY_UNSIGNED] = "unsigned",
	[VERIFY_TRUNCATED] = "truncated",
	[VERIFY_MALFORMED] = "malformed",
	[VERIFY_WRONG_SIGNER] = "wrong-signer",
	[VERIFY_TAMPERED] = "tampered",
};

const char *verify_result_name(enum verify_result result)
{
	return result < VERIFY_RESULT_COUNT ? result_names[result] : "unknown";
}

/*
 * A file without a trailer is refused whatever it is. Its first bytes only choose the words:
 * the payload size they claim tells a bundle that was never signed from one cut short.
 */
static enum verify_result explain_no_trailer(struct bytes file, char *why, size_t why_size)
{
	struct tg_artifact_header header = {0};
	size_t known = file.size < sizeof(header.magic) ? file.size : sizeof(header.magic);

	if (file.size == 0 || memcmp(file.at, TG_ARTIFACT_MAGIC, known) != 0) {
		snprintf(why, why_size, "this is not a bundle");
		return VERIFY_NOT_BUNDLE;
	}
	if (file.size >= sizeof(header)) {
		memcpy(&header, file.at, sizeof(header));
		if (header.payload_size == file.size) {
			snprintf(why, why_size, "the bundle is not signed");
			return VERIFY_UNSIGNED;
		}
	}
	snprintf(why, why_size, "the bundle is cut short: its signature's trailer is missing");
	return VERIFY_TRUNCATED;
}

enum verify_result bundle_split(struct bundle_parts *out, struct bytes file, char *why,
				size_t why_size)
{
	struct tg_trailer trailer;
	uint64_t rest;

	_Static_assert(sizeof(TG_TRAILER_MAGIC) == sizeof(trailer.magic), "it fills its field");
	if (file.size < sizeof(trailer))
		return explain_no_trailer(file, why, why_size);
	rest = file.size - sizeof(trailer);
	memcpy(&trailer, file.at + rest, sizeof(trailer));
	if (memcmp(trailer.magic, TG_TRAILER_MAGIC, sizeof(trailer.magic)) != 0)
		return explain_no_trailer(file, why, why_size);
	if (trailer.reserved || trailer.signature_size > TG_SIGNATURE_MAX) {
		snprintf(why, why_size, "the trailer is malformed");
		return VERIFY_MALFORMED;
	}
	if (trailer.payload_size > rest || rest - trailer.payload_size < trailer.signature_size) {
		snprintf(why, why_size,
			 "the bundle is cut short: bytes before its trailer are missing");
		return VERIFY_TRUNCATED;
	}
	if (rest - trailer.payload_size != trailer.signature_size) {
		snprintf(why, why_size, "there are bytes that the trailer does not account for");
		return VERIFY_MALFORMED;
	}
	out->payload = (struct bytes){file.at, trailer.payload_size};
	out->signature = (struct bytes){file.at + trailer.payload_size, trailer.signature_size};
	return VERIFY_OK;
}

static bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.at, b.at, a.size) == 0;
}

bool trusted_signed(const struct trusted *t, const struct signature *s, struct bytes payload)
{
	const char *digest = t->algorithm == SIGNATURE_ED25519 ? NULL : "SHA256";
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good;

	good = context &&
	       EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, t->key, NULL) == 1 &&
	       EVP_DigestVerify(context, s->value.at, s->value.size, payload.at, payload.size) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good;
}

/* More than one trusted certificate may go by the signer's name: any of them will do. */
static enum verify_result check_signer(const struct signature *s, struct bytes payload,
				       const struct trust *trust, const struct trusted **signer)
{
	enum verify_result result = VERIFY_WRONG_SIGNER;

	for (size_t i = 0; i < trust->count; i++) {
		const struct trusted *t = &trust->v[i];

		if (!bytes_equal(t->signer, s->signer))
			continue;
		result = VERIFY_TAMPERED;
		if (t->algorithm != s->algorithm || !trusted_signed(t, s, payload))
			continue;
		if (signer)
			*signer = t;
		return VERIFY_OK;
	}
	return result;
}

/* The issuer's name is left out: it is text of whoever made the file. */
static void explain_signer(const struct signature *s, char *why, size_t why_size)
{
	struct bytes serial = signature_serial(s);
	char hex[2 * 20 + 1] = "unknown";

	for (size_t i = 0; i < serial.size && i < 20; i++)
		snprintf(hex + 2 * i, 3, "%02X", serial.at[i]);
	snprintf(why, why_size, "signed by a certificate that is not trusted (serial number %s)",
		 hex);
}

enum verify_result bundle_check(struct bundle_parts *out, struct bytes file,
				const struct trust *trust, const struct trusted **signer, char *why,
				size_t why_size)
{
	enum verify_result result = bundle_split(out, file, why, why_size);
	struct signature s;

	if (result != VERIFY_OK)
		return result;
	if (signature_decode(&s, out->signature)) {
		snprintf(why, why_size, "the signature is malformed");
		return VERIFY_MALFORMED;
	}
	result = check_signer(&s, out->payload, trust, signer);
	if (result == VERIFY_WRONG_SIGNER)
		explain_signer(&s, why, why_size);
	if (result == VERIFY_TAMPERED)
		snprintf(why, why_size, "the signature does not match: the bundle was altered");
	return result;
}

enum verify_result verify_file(struct verified *out, const char *path, const struct trust *trust,
			       char *why, size_t why_size)
{
	const struct trusted *signer = NULL;
	struct bundle_parts parts;
	enum verify_result result;
	struct file_bytes file;
	char reason[128];

	memset(out, 0, sizeof(*out));
	if (file_load(path, TG_ARTIFACT_MAX, &file, why, why_size))
		return errno == EFBIG ? VERIFY_TOO_LARGE : VERIFY_UNREADABLE;
	result = bundle_check(&parts, (struct bytes){file.at, file.size}, trust, &signer, reason,
			      sizeof(reason));
	if (result != VERIFY_OK) {
		snprintf(why, why_size, "%s: %s", path, reason);
		free(file.at);
		return result;
	}
	*out = (struct verified){
		.payload = parts.payload.at,
		.size = parts.payload.size,
		.subject = signer->subject,
		.file = file,
	};
	return VERIFY_OK;
}

void verified_free(struct verified *v)
{
	free(v->file.at);
	memset(v, 0, sizeof(*v));
}
