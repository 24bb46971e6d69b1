// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <string.h>
#include "runtime/requests.h"

#define ACCEPTS(id, text, host_, port_, path_)                                                     \
	Test(requests, id)                                                                         \
	{                                                                                          \
		struct url u;                                                                      \
                                                                                                   \
		cr_assert(url_parse(&u, text));                                                    \
		cr_assert_str_eq(u.host, host_);                                                   \
		cr_assert_str_eq(u.port, port_);                                                   \
		cr_assert_str_eq(u.path, path_);                                                   \
	}
#define REFUSES(id, text)                                                                          \
	Test(requests, id)                                                                         \
	{                                                                                          \
		struct url u;                                                                      \
                                                                                                   \
		cr_assert_not(url_parse(&u, text));                                                \
	}

ACCEPTS(host, "http://example.com", "example.com", "80", "")
ACCEPTS(path, "http://example.com/a?b=c", "example.com", "80", "/a?b=c")
ACCEPTS(port, "http://127.0.0.1:8080/x", "127.0.0.1", "8080", "/x")
ACCEPTS(address, "http://[::1]:80/", "::1", "80", "/")
REFUSES(https, "https://example.com/")
REFUSES(no_host, "http:///x")
REFUSES(no_port, "http://a:/x")
REFUSES(long_port, "http://a:123456/")
REFUSES(behind_port, "http://a:1x/")
REFUSES(open_bracket, "http://[::1")
REFUSES(blank, "http://a/b c")
REFUSES(line, "http://a/b\r\nX: y")
REFUSES(empty, "")

Test(requests, long_host)
{
	char text[400] = "http://";
	struct url u;

	memset(text + 7, 'a', 300);
	cr_assert_not(url_parse(&u, text));
}

Test(requests, query)
{
	static const char want[] = "\x74\x67\x01\0\0\x01\0\0\0\0\0\0"
				   "\x07"
				   "example\x03"
				   "com\0\0\x01\0\x01";
	uint8_t out[300];

	cr_assert_eq(dns_query(out, "example.com"), sizeof(want) - 1);
	cr_assert_arr_eq(out, want, sizeof(want) - 1);
	cr_assert_eq(dns_query(out, "example.com."), sizeof(want) - 1);
	cr_assert_eq(dns_query(out, ""), 0);
	cr_assert_eq(dns_query(out, "."), 0);
	cr_assert_eq(dns_query(out, "a..b"), 0);
}

Test(requests, long_names)
{
	char label[65] = {0}, name[400] = "";
	uint8_t out[300];

	memset(label, 'a', 64);
	cr_assert_eq(dns_query(out, label), 0);
	for (int i = 0; i < 130; i++)
		strcat(name, "a.");
	cr_assert_eq(dns_query(out, name), 0);
}

Test(requests, not_allowed)
{
	static const struct artifact a = {.strings = "\0http://127.0.0.1/"};
	static const struct tg_selector_entry s = {.action = TG_ACTION_GET_URL, .target = 1};
	struct requests r = {0};

	requests_make(&r, &a, &s);
	cr_assert_eq(r.made + r.dropped + r.count, 0);
}
