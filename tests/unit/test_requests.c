// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/requests.h"
#include "tests/unit/bundle_fixture.h"

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
ACCEPTS(tls, "https://example.com/a", "example.com", "443", "/a")
ACCEPTS(tls_port, "https://[::1]:8443", "::1", "8443", "")
REFUSES(ftp, "ftp://example.com/")
REFUSES(tls_no_host, "https://")
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

/* ---- https: a server that proves to be `name` with a certificate of its own ---------------- */

static int listen_anywhere(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	cr_assert_eq(listen(fd, 1), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* Ends with 0 when it was asked what it should be. */
static _Noreturn void serve_once(int listener, EVP_PKEY *key, X509 *certificate)
{
	static const char want[] = "GET /told HTTP/1.0\r\nHost: ",
			  answer[] = "HTTP/1.0 204 No\r\n\r\n";
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char asked[1024] = "";
	SSL *ssl;
	int fd;

	alarm(20);
	SSL_CTX_use_certificate(ctx, certificate);
	SSL_CTX_use_PrivateKey(ctx, key);
	ssl = SSL_new(ctx);
	fd = accept(listener, NULL, NULL);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && SSL_read(ssl, asked, sizeof(asked) - 1) > 0)
		SSL_write(ssl, answer, sizeof(answer) - 1);
	_exit(strncmp(asked, want, sizeof(want) - 1) != 0);
}

static void trust_only(X509 *certificate)
{
	char path[] = "/tmp/tgc-trusted-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	cr_assert(f && PEM_write_X509(f, certificate));
	fclose(f);
	setenv("SSL_CERT_FILE", path, 1);
	setenv("SSL_CERT_DIR", "/nowhere", 1);
}

/* Whether a server with this name is asked, when that of `trusted` is the one to be trusted. */
static bool is_asked(const char *host, const char *name, bool trusted)
{
	EVP_PKEY *key = fixture_ec("P-256"), *other = fixture_ec("P-256");
	X509 *certificate = fixture_certificate(key, name, 1);
	X509 *stranger = fixture_certificate(other, name, 1);
	char url[64];
	uint16_t port;
	int listener = listen_anywhere(&port), status;
	pid_t server = fork();
	bool sent;

	if (!server)
		serve_once(listener, key, certificate);
	close(listener);
	trust_only(trusted ? certificate : stranger);
	snprintf(url, sizeof(url), "https://%s:%u/told", host, port);
	sent = request_url(url);
	waitpid(server, &status, 0);
	cr_expect_eq(sent, status == 0);
	unlink(getenv("SSL_CERT_FILE"));
	X509_free(certificate);
	X509_free(stranger);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	return sent;
}

Test(requests, a_server_that_proves_itself_is_asked)
{
	cr_expect(is_asked("localhost", "localhost", true));
}

Test(requests, a_server_that_nobody_vouches_for_is_not)
{
	cr_expect_not(is_asked("localhost", "localhost", false));
}

Test(requests, a_server_for_another_host_is_not)
{
	cr_expect_not(is_asked("localhost", "example.com", true));
}

/* A name in a certificate says nothing about an address. */
Test(requests, a_server_with_an_address_needs_it_in_its_certificate)
{
	cr_expect_not(is_asked("127.0.0.1", "localhost", true));
}
