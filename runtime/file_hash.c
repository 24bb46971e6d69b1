// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "runtime/file_hash.h"

static const struct {
	const char *name;
	unsigned int bytes;
} algorithms[] = {
	[1] = {"md5", 16},    [2] = {"sha1", 20},   [4] = {"sha256", 32},
	[6] = {"sha512", 64}, [13] = {"wp512", 64}, [17] = {"sm3", 32},
};

bool file_hash_text(char text[FILE_HASH_TEXT], const struct tg_file_hash *hash)
{
	int32_t id = hash->algorithm;
	int at;

	if (id < 0 || (size_t)id >= sizeof(algorithms) / sizeof(algorithms[0]) ||
	    !algorithms[id].name)
		return false;
	at = snprintf(text, FILE_HASH_TEXT, "%s:", algorithms[id].name);
	for (unsigned int i = 0; i < algorithms[id].bytes; i++)
		at += snprintf(text + at, FILE_HASH_TEXT - (size_t)at, "%02x", hash->digest[i]);
	return true;
}

bool file_hash_read(struct tg_file_hash *out, const struct record_text *part)
{
	if (part->size != sizeof(*out))
		return false;
	memcpy(out, part->bytes, sizeof(*out));
	return true;
}
