// SPDX-License-Identifier: Apache-2.0
/*
 * make_bundle KEY CERT OBJECT OUT: the fixture's manifest around a BPF object (or "-": an ELF
 * header alone), signed and written by the product's own code. For tests from outside.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/back/bundle.h"
#include "compiler/back/sign.h"
#include "runtime/file.h"
#include "tests/unit/bundle_fixture.h"

static struct bytes load_object(struct arena *arena, const char *path)
{
	struct file_bytes file;
	char why[256];

	if (strcmp(path, "-") == 0)
		return fixture_object(arena);
	if (file_load(path, TG_ARTIFACT_MAX, &file, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		exit(EXIT_ENVIRONMENT);
	}
	return (struct bytes){file.at, file.size};
}

int main(int argc, char **argv)
{
	struct bundle_identity identity = {"fixture", 7, 0xfeedbeef};
	struct sign_report report = {0};
	struct arena arena = {0};
	struct bytes payload, signature;
	struct signer *signer;
	struct manifest manifest;
	enum exit_code code;
	char why[512] = "";

	if (argc != 5)
		return EXIT_USAGE;
	fixture_manifest(&manifest, &arena);
	payload = pack_payload(&arena, &manifest, &identity, load_object(&arena, argv[3]), why,
			       sizeof(why));
	if (!payload.at) {
		fprintf(stderr, "%s\n", why);
		return EXIT_REJECTED;
	}
	code = signer_open(&arena, argv[1], argv[2], &signer, &report);
	if (code == EXIT_DONE)
		code = signer_sign(&arena, signer, payload, &signature, &report);
	signer_close(signer);
	if (report.warning[0])
		fprintf(stderr, "warning: %s\n", report.warning);
	if (code != EXIT_DONE) {
		fprintf(stderr, "%s\n", report.error);
		return code;
	}
	if (bundle_write(argv[4], payload, signature, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return EXIT_ENVIRONMENT;
	}
	arena_free(&arena);
	return EXIT_DONE;
}
