// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include "runtime/notice.h"
#include "runtime/tls.h"

/* The system's certificates; SSL_CERT_FILE and SSL_CERT_DIR name others, as for other programs. */
static SSL_CTX *new_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (!ctx)
		return NULL;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_default_verify_paths(ctx) == 1)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

static bool is_address(const struct url *url)
{
	struct in_addr v4;

	return url->numeric || inet_pton(AF_INET, url->host, &v4) == 1;
}

/* The certificate has to be for this host; an address is not told to the server as a name. */
static bool expect_host(SSL *ssl, const struct url *url)
{
	if (is_address(url))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), url->host) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, url->host) == 1 && SSL_set_tlsext_host_name(ssl, url->host) == 1;
}

static const char *reason(const SSL *ssl)
{
	long verdict = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;
	const char *text;

	if (verdict != X509_V_OK)
		return X509_verify_cert_error_string(verdict);
	text = ERR_reason_error_string(ERR_peek_last_error());
	return text ? text : "the connection ended";
}

static bool send_request(SSL *ssl, const struct url *url, int fd, const char *request, size_t size)
{
	size_t sent;

	return expect_host(ssl, url) && SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1 &&
	       SSL_write_ex(ssl, request, size, &sent) == 1 && sent == size;
}

bool tls_ask(int fd, const struct url *url, const char *request, size_t size)
{
	SSL_CTX *ctx = new_context();
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	bool sent = ssl && send_request(ssl, url, fd, request, size);
	char rest[4096];

	if (!sent)
		notice("tgrun: GetUrl: nothing was asked of https://%s:%s: %s\n", url->host,
		       url->port, reason(ssl));
	while (sent && SSL_read(ssl, rest, sizeof(rest)) > 0)
		;
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return sent;
}
