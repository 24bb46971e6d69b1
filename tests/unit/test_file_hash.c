// SPDX-License-Identifier: Apache-2.0
/* Hashes of files as events show them. */
#include <criterion/criterion.h>
#include <string.h>
#include "runtime/file_hash.h"

static const char *text_of(int32_t algorithm)
{
	static char text[FILE_HASH_TEXT];
	struct tg_file_hash hash = {.algorithm = algorithm};

	for (size_t i = 0; i < sizeof(hash.digest); i++)
		hash.digest[i] = (uint8_t)(0xf0 + i);
	return file_hash_text(text, &hash) ? text : "none";
}

Test(file_hash, is_as_long_as_the_algorithm_says)
{
	cr_expect_str_eq(text_of(1), "md5:f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
	cr_expect_str_eq(text_of(2), "sha1:f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00010203");
	cr_expect_eq(strlen(text_of(4)), strlen("sha256:") + 64);
	cr_expect_eq(strlen(text_of(6)), strlen("sha512:") + 128);
	cr_expect_eq(strlen(text_of(13)), strlen("wp512:") + 128);
	cr_expect_eq(strlen(text_of(17)), strlen("sm3:") + 64);
}

/* 5 is SHA-384, which Tetragon leaves out. */
Test(file_hash, algorithms_without_a_name_and_errors_have_none)
{
	static const int32_t others[] = {0, 3, 5, 14, 18, 1000000, -2, -95, INT32_MIN, INT32_MAX};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect_str_eq(text_of(others[i]), "none", "%d", others[i]);
}

Test(file_hash, is_read_from_a_part_of_its_size_only)
{
	struct tg_file_hash in = {.algorithm = 4}, out = {0};
	struct record_text part = {(const char *)&in, sizeof(in)};

	cr_expect(file_hash_read(&out, &part));
	cr_expect_eq(out.algorithm, 4);
	part.size--;
	cr_expect_not(file_hash_read(&out, &part));
	part = (struct record_text){0};
	cr_expect_not(file_hash_read(&out, &part));
}
