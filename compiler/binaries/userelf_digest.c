// SPDX-License-Identifier: Apache-2.0
/* Digests that name a user binary. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "compiler/base/arena.h"
#include "userelf.h"

#define LARGEST 64

static const char *const algorithms[] = {"sha1", "sha256", "sha384", "sha512"};
#define ALGORITHMS	  (sizeof(algorithms) / sizeof(*algorithms))
#define ALGORITHMS_LISTED "sha1, sha256, sha384, sha512 and build-id"

static const EVP_MD *hash_of(const char *name, size_t len)
{
	for (size_t i = 0; i < ALGORITHMS; i++)
		if (strlen(algorithms[i]) == len && !strncasecmp(algorithms[i], name, len))
			return EVP_get_digestbyname(algorithms[i]);
	return NULL;
}

static bool is_build_id(const char *name, size_t len)
{
	return len == 8 && !strncasecmp(name, "build-id", len);
}

static void to_hex(const uint8_t *bytes, size_t size, char *out)
{
	for (size_t i = 0; i < size; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* The file's own value in hex, "" when it has none. False: no such algorithm. */
static bool value_of(const struct userelf *e, const char *name, size_t len,
		     char hex[2 * LARGEST + 1])
{
	const EVP_MD *hash = hash_of(name, len);
	uint8_t bytes[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	hex[0] = 0;
	if (is_build_id(name, len)) {
		to_hex(e->build_id, e->build_id_size, hex);
		return true;
	}
	if (!hash)
		return false;
	if (EVP_Digest(e->file.at, e->file.size, bytes, &size, hash, NULL) == 1)
		to_hex(bytes, size, hex);
	return true;
}

static bool wrong_length(const char *name, size_t len, size_t digits)
{
	const EVP_MD *hash = hash_of(name, len);

	if (!hash)
		return !digits || digits % 2 || digits > 2 * USERELF_BUILD_ID;
	return digits != 2 * (size_t)EVP_MD_get_size(hash);
}

enum userelf_verdict userelf_digest(const struct userelf *e, const char *wanted, char *why,
				    size_t why_size)
{
	const char *colon = strchr(wanted, ':'), *value = colon ? colon + 1 : "";
	size_t len = colon ? (size_t)(colon - wanted) : 0;
	char hex[2 * LARGEST + 1];

	if (!colon || (!hash_of(wanted, len) && !is_build_id(wanted, len))) {
		snprintf(why, why_size,
			 "`%s` does not start with an algorithm and a colon; there are %s", wanted,
			 ALGORITHMS_LISTED);
		return USERELF_BAD_DIGEST;
	}
	if (value[strspn(value, "0123456789abcdefABCDEF")] ||
	    wrong_length(wanted, len, strlen(value))) {
		snprintf(why, why_size, "`%s` is not %s %.*s in hexadecimal digits", value,
			 is_build_id(wanted, len) ? "a" : "the digest", (int)len, wanted);
		return USERELF_BAD_DIGEST;
	}
	value_of(e, wanted, len, hex);
	if (*hex && !strcasecmp(hex, value))
		return USERELF_SAME;
	if (*hex)
		snprintf(why, why_size, "%s has %.*s:%s", e->path, (int)len, wanted, hex);
	else
		snprintf(why, why_size, "%s has no build id", e->path);
	return USERELF_DIFFERS;
}

const char *userelf_digest_text(const struct userelf *e, struct arena *a, const char *algorithm)
{
	char hex[2 * LARGEST + 1];

	if (!value_of(e, algorithm, strlen(algorithm), hex) || !*hex)
		return NULL;
	return arena_printf(a, "%s:%s", algorithm, hex);
}
