// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/http.h"
#include "runtime/http_address.h"

static void refused(const char *address)
{
	struct failure why = {0};
	char wanted[300];

	snprintf(wanted, sizeof(wanted),
		 "\"%s\" is not an address to listen on: give HOST:PORT with a number as HOST, as "
		 "in "
		 "localhost:2112, 0.0.0.0:2112 or [::]:2112",
		 address);
	cr_expect_eq(http_address_listen(address, &why), -1, "%s", address);
	cr_expect_eq(why.code, TGRUN_USAGE);
	cr_expect_str_eq(why.text, wanted);
}

Test(http, addresses_are_numbers)
{
	refused("");
	refused("2112");
	refused("localhost");
	refused("localhost:");
	refused("localhost:http");
	refused("localhost:70000");
	refused("example.com:80");
	refused("::1:80");
	refused("[::1:80");
	refused("1.2.3.4.5:80");
}

static void listens(const char *address, const char *before_port)
{
	struct failure why = {0};
	int fd = http_address_listen(address, &why);
	char text[80];

	cr_assert_geq(fd, 0, "%s: %s", address, why.text);
	http_address_of(fd, text, sizeof(text));
	cr_expect_eq(strncmp(text, before_port, strlen(before_port)), 0, "%s", text);
	close(fd);
}

Test(http, without_a_host_it_is_localhost)
{
	listens(":0", "127.0.0.1:");
	listens("localhost:0", "127.0.0.1:");
	listens("127.0.0.2:0", "127.0.0.2:");
	listens("0.0.0.0:0", "0.0.0.0:");
}

Test(http, a_port_in_use_is_told)
{
	struct failure why = {0};
	int fd = http_address_listen(":0", &why);
	char address[80], wanted[200];

	http_address_of(fd, address, sizeof(address));
	snprintf(wanted, sizeof(wanted), "cannot listen on %s: Address already in use", address);
	cr_expect_eq(http_address_listen(address, &why), -1);
	cr_expect_eq(why.code, TGRUN_ENVIRONMENT);
	cr_expect_str_eq(why.text, wanted);
	close(fd);
}

/* ---- the server ---- */

static unsigned int page(void *context, const char *path, struct buffer *body)
{
	(void)context;
	buffer_text(body, path);
	return strcmp(path, "/there") ? 404 : 200;
}

static int connect_to(const struct http *h)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_port = htons((uint16_t)atoi(strrchr(http_address(h), ':') + 1));
	cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* The main loop, until the client has an answer. */
static void ask(struct http *h, const char *request, const char *status, const char *ending)
{
	int fd = connect_to(h);
	char text[4096];
	ssize_t n = 0;

	cr_assert_eq(write(fd, request, strlen(request)), (ssize_t)strlen(request));
	for (int i = 0; i < 100; i++) {
		struct pollfd both[] = {{.fd = http_fd(h), .events = POLLIN},
					{.fd = fd, .events = POLLIN}};

		poll(both, 2, 1000);
		http_service.run(h);
		if (both[1].revents)
			break;
	}
	n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	cr_assert_gt(n, 0, "no answer to %s", request);
	text[n] = '\0';
	cr_expect_eq(strncmp(text, status, strlen(status)), 0, "%s", text);
	cr_expect_geq((size_t)n, strlen(ending));
	cr_expect_str_eq(text + n - strlen(ending), ending);
	close(fd);
}

static struct http *open_server(void)
{
	struct failure why = {0};
	struct http *h = http_open(":0", page, NULL, &why);

	cr_assert_not_null(h, "%s", why.text);
	return h;
}

Test(http, pages_are_answered)
{
	struct http *h = open_server();

	ask(h, "GET /there HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n/there");
	ask(h, "GET /there?x=1 HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n/there");
	ask(h, "HEAD /there HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n");
	ask(h, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 Not Found\r\n",
	    "/nowhere");
	ask(h, "POST /there HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
	    "HTTP/1.1 405 Method Not Allowed\r\n", "\r\n\r\n");
	http_close(h);
}

/* Who says nothing, or only begins to, keeps nobody from being answered. */
Test(http, silent_clients_are_not_waited_for)
{
	struct http *h = open_server();
	int silent[8];

	for (int i = 0; i < 8; i++) {
		silent[i] = connect_to(h);
		cr_assert_eq(write(silent[i], "GET /th", 7), 7);
		http_service.run(h);
	}
	ask(h, "GET /there HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n", "/there");
	for (int i = 0; i < 8; i++)
		close(silent[i]);
	http_service.run(h);
	http_close(h);
}

Test(http, headers_without_an_end_are_refused)
{
	struct http *h = open_server();
	static char request[64 << 10];

	memset(request, 'a', sizeof(request) - 1);
	memcpy(request, "GET /there HTTP/1.1\r\nX: ", 24);
	ask(h, request, "HTTP/1.1 431 ", "");
	http_close(h);
}
