// SPDX-License-Identifier: Apache-2.0
/* What sets are called, and the digest in their names. */
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/keep.h"

/* ---- names --------------------------------------------------------------------------------- */

void keep_file_name(char *out, size_t size, const char *name, char from, char to)
{
	size_t i = 0;

	for (; name[i] && i < size - 1; i++)
		out[i] = name[i] == from ? to : name[i];
	out[i] = '\0';
}

void keep_name(char *out, const char *bundle, uint32_t links, uint32_t programs,
	       const struct keep_id *id)
{
	char name[TG_NAME_MAX] = "", hex[2 * sizeof(id->bytes) + 1];

	if (bundle)
		keep_file_name(name, sizeof(name), bundle, '.', ',');
	for (size_t i = 0; i < sizeof(id->bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", id->bytes[i]);
	snprintf(out, NAME_MAX + 1, "%s%s:%u:%u:%s", name[0] ? "bundle:" : "base", name, links,
		 programs, hex);
}

bool keep_number(const char *text, uint32_t *out)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 9 || text[digits])
		return false;
	*out = (uint32_t)strtoul(text, NULL, 10);
	return true;
}

static bool parse_id(const char *text, struct keep_id *out)
{
	if (strlen(text) != 2 * sizeof(out->bytes) ||
	    strspn(text, "0123456789abcdef") != 2 * sizeof(out->bytes))
		return false;
	for (size_t i = 0; i < sizeof(out->bytes); i++)
		sscanf(text + 2 * i, "%2" SCNx8, &out->bytes[i]);
	return true;
}

static bool parse_fields(struct keep_set *out, char *text)
{
	char *fields[5] = {NULL}, *save = NULL;
	size_t count = 0, first;

	for (char *f = strtok_r(text, ":", &save); f; f = strtok_r(NULL, ":", &save)) {
		if (count == 5)
			return false;
		fields[count++] = f;
	}
	if (count == 4 && !strcmp(fields[0], "base"))
		out->kind = KEEP_BASE;
	else if (count == 5 && !strcmp(fields[0], "bundle"))
		out->kind = KEEP_BUNDLE;
	else
		return false;
	first = count - 3;
	if (out->kind == KEEP_BUNDLE) {
		keep_file_name(out->bundle, sizeof(out->bundle), fields[1], ',', '.');
		if (strlen(fields[1]) >= TG_NAME_MAX || !artifact_name_valid(out->bundle))
			return false;
	}
	return keep_number(fields[first], &out->links) &&
	       keep_number(fields[first + 1], &out->programs) &&
	       parse_id(fields[first + 2], &out->id);
}

bool keep_parse(struct keep_set *out, const char *name)
{
	char text[NAME_MAX + 1], again[NAME_MAX + 1];

	*out = (struct keep_set){0};
	if (strlen(name) > NAME_MAX)
		return false;
	strcpy(out->name, name);
	if (name[0] == '+') {
		uint32_t number;

		out->kind = KEEP_HALF;
		return keep_number(name + 1, &number);
	}
	strcpy(text, name);
	if (!parse_fields(out, text))
		return false;
	keep_name(again, out->bundle, out->links, out->programs, &out->id);
	return !strcmp(again, name); /* no other way to write it */
}

/* ---- ids ----------------------------------------------------------------------------------- */

/* Counts up with what a set has and how it is looked at. */
#define KEEP_FORM "tgrun " TGC_VERSION " keep 1"

void keep_digest_begin(struct keep_digest *d)
{
	*d = (struct keep_digest){.context = EVP_MD_CTX_new()};
	d->failed = !d->context || EVP_DigestInit_ex(d->context, EVP_sha256(), NULL) != 1;
	keep_digest_add(d, KEEP_FORM, sizeof(KEEP_FORM));
}

/* With its size, so that no two lists of parts are alike. */
void keep_digest_add(struct keep_digest *d, const void *bytes, size_t size)
{
	uint64_t length = size;

	if (!d->failed)
		d->failed = EVP_DigestUpdate(d->context, &length, sizeof(length)) != 1 ||
			    EVP_DigestUpdate(d->context, bytes, size) != 1;
}

int keep_digest_end(struct keep_digest *d, struct keep_id *out)
{
	if (!d->failed)
		d->failed = EVP_DigestFinal_ex(d->context, out->bytes, NULL) != 1;
	EVP_MD_CTX_free(d->context);
	return d->failed ? -1 : 0;
}
