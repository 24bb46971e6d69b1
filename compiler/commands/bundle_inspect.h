/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `tgc bundle inspect` shows: a bundle taken apart, its signature not verified. Filled
 * by cmd_bundle.c and read by the two printers; the file's bytes and the arena outlive it.
 */
#ifndef TGC_BUNDLE_INSPECT_H
#define TGC_BUNDLE_INSPECT_H

#include <stdio.h>
#include "compiler/back/object_info.h"
#include "runtime/artifact.h"
#include "runtime/signature.h"

struct bundle_facts {
	const char *path;
	size_t file_size;
	struct artifact artifact;
	struct signature signature;
	size_t signature_size; /* as in the file */
	const char *serial;    /* of the signer's certificate, hexadecimal */
	bool object_readable;
	struct object_info object;
};

/* Words for the numbers of a bundle; the caller has validated it. */
const char *bundle_hook_kind(uint32_t kind);
const char *bundle_attach(uint32_t attach);
const char *bundle_arg_type(uint32_t type);
const char *bundle_digest_kind(uint32_t kind);
const char *bundle_algorithm(enum signature_algorithm algorithm);
/* 64 hexadecimal digits and a NUL. */
void bundle_sha256_text(const uint8_t sha256[32], char out[65]);

void bundle_print_text(FILE *to, const struct bundle_facts *facts);
/* Returns -1 when memory ran out. */
int bundle_print_json(FILE *to, const struct bundle_facts *facts);

#endif
