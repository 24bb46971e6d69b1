/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include "runtime/json.h"
#include "runtime/utf8.h"
#include "tests/unit/event_fixture.h"

static void expect_string(const char *text, size_t size, const char *expected)
{
	struct buffer out = {0};
	struct json j = {.out = &out};

	json_bytes(&j, NULL, text, size);
	expect_text(&out, expected);
}

Test(json, members_and_elements_have_commas_between_and_no_spaces)
{
	struct buffer out = {0};
	struct json j = {.out = &out};

	json_open(&j, NULL, '{');
	json_open(&j, "a", '[');
	json_uint(&j, NULL, 1);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_close(&j, ']');
	json_bool(&j, "b", false);
	json_text_unless_empty(&j, "c", "");
	json_text(&j, "d", "");
	json_close(&j, '}');
	expect_text(&out, "{\"a\":[1,{}],\"b\":false,\"d\":\"\"}");
}

Test(json, numbers_of_64_bits_are_strings)
{
	struct buffer out = {0};
	struct json j = {.out = &out};

	json_open(&j, NULL, '[');
	json_int(&j, NULL, INT_MIN);
	json_uint(&j, NULL, UINT_MAX);
	json_int64(&j, NULL, INT64_MIN);
	json_uint64(&j, NULL, UINT64_MAX);
	json_close(&j, ']');
	expect_text(&out, "[-2147483648,4294967295,\"-9223372036854775808\","
			  "\"18446744073709551615\"]");
}

Test(json, escapes_what_must_be_and_nothing_else)
{
	expect_string("a\"b\\c/<>&", 9, "\"a\\\"b\\\\c/<>&\"");
	expect_string("\b\f\n\r\t\x01\x1f\x7f", 8, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	expect_string("\0", 1, "\"\\u0000\"");
	expect_string("häß 🚀", strlen("häß 🚀"), "\"häß 🚀\"");
}

Test(json, each_run_of_bad_bytes_is_one_replacement)
{
	expect_string("\xff", 1, "\"" UTF8_REPLACEMENT "\"");
	expect_string("a\xff\xfe\x80z\xc3", 6, "\"a" UTF8_REPLACEMENT "z" UTF8_REPLACEMENT "\"");
	/* overlong, surrogate, beyond the last, cut short */
	expect_string("\xc0\xaf", 2, "\"" UTF8_REPLACEMENT "\"");
	expect_string("\xed\xa0\x80", 3, "\"" UTF8_REPLACEMENT "\"");
	expect_string("\xf4\x90\x80\x80", 4, "\"" UTF8_REPLACEMENT "\"");
	expect_string("\xe2\x82", 2, "\"" UTF8_REPLACEMENT "\"");
	expect_string("\xe2\x82\xac", 3, "\"\xe2\x82\xac\"");
}

/* What is read eight bytes at a time finds them wherever they stand. */
Test(json, each_byte_is_found_at_each_place)
{
	char text[20], expected[64];

	for (size_t at = 0; at < sizeof(text); at++) {
		for (unsigned int c = 0; c < 256; c++) {
			char shown[8];

			memset(text, '~', sizeof(text));
			text[at] = (char)c;
			if (c >= 0x80)
				snprintf(shown, sizeof(shown), UTF8_REPLACEMENT);
			else if (c == '"' || c == '\\')
				snprintf(shown, sizeof(shown), "\\%c", c);
			else if (c >= 0x20)
				snprintf(shown, sizeof(shown), "%c", c);
			else if (strchr("\b\f\n\r\t", (int)c) && c)
				snprintf(shown, sizeof(shown), "\\%c", "btn?fr"[c - '\b']);
			else
				snprintf(shown, sizeof(shown), "\\u%04x", c);
			snprintf(expected, sizeof(expected), "\"%.*s%s%.*s\"", (int)at,
				 "~~~~~~~~~~~~~~~~~~~~", shown, (int)(sizeof(text) - at - 1),
				 "~~~~~~~~~~~~~~~~~~~~");
			expect_string(text, sizeof(text), expected);
		}
	}
}

Test(json, base64_is_what_openssl_makes_of_it)
{
	unsigned char bytes[70], expected[100];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 37 + 255);
	for (int size = 0; size <= (int)sizeof(bytes); size++) {
		struct buffer out = {0};
		struct json j = {.out = &out};

		expected[0] = '"';
		EVP_EncodeBlock(expected + 1, bytes, size);
		strcat((char *)expected, "\"");
		json_base64(&j, NULL, (const char *)bytes, (size_t)size);
		expect_text(&out, (char *)expected);
	}
}

Test(json, numbers_of_every_length)
{
	uint64_t number = 1;
	char expected[24];

	for (int i = 0; i < 20; i++, number *= 10) {
		for (uint64_t n = number - 1; n <= number + 1; n++) {
			struct buffer out = {0};

			snprintf(expected, sizeof(expected), "%llu", (unsigned long long)n);
			buffer_number(&out, n);
			expect_text(&out, expected);
		}
	}
}
