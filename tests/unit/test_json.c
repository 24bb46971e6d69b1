/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <limits.h>
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
