// SPDX-License-Identifier: Apache-2.0
/*
 * Trailer and signature of a bundle: bundle_check() on anything. There is one file it may
 * accept, the fixture's bundle, for without the key no other Ed25519 signature can be made;
 * every other acceptance is a hole. A signature that decodes must also encode to itself.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/verify.h"
#include "tests/unit/bundle_fixture.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct trust *trust;
static struct bytes good;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct arena arena; /* lives as long as the process */

	(void)argc;
	(void)argv;
	good = fixture_bundle(&arena);
	trust = fixture_bundle_trust();
	return 0;
}

static void check_file(struct bytes file)
{
	struct bundle_parts parts;
	char why[256] = "";
	enum verify_result result = bundle_check(&parts, file, trust, NULL, why, sizeof(why));

	if (result != VERIFY_OK && !why[0])
		abort();
	if (result == VERIFY_OK &&
	    (file.size != good.size || memcmp(file.at, good.at, good.size) != 0))
		abort();
}

static void check_signature(struct bytes der)
{
	uint8_t again[TG_SIGNATURE_MAX];
	struct signature s;

	if (signature_decode(&s, der))
		return;
	if (signature_encode(&s, again, sizeof(again)) != der.size ||
	    memcmp(again, der.at, der.size) != 0)
		abort();
	(void)signature_serial(&s);
}

/* The input as a file, and as the signature in a file whose trailer is right. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct arena arena = {0};

	memcpy(copy, data, size);
	check_file((struct bytes){copy, size});
	check_signature((struct bytes){copy, size});
	if (size <= TG_SIGNATURE_MAX) {
		uint64_t payload_size;

		memcpy(&payload_size, good.at + offsetof(struct tg_artifact_header, payload_size),
		       8);
		check_file(fixture_join(&arena, (struct bytes){good.at, payload_size},
					(struct bytes){copy, size}));
	}
	arena_free(&arena);
	free(copy);
	return 0;
}
