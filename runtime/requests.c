// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/names.h"
#include "runtime/requests.h"
#include "runtime/tls.h"

#define REQUEST_SECONDS 10
#define RESOLVER	0x01010101u /* 1.1.1.1, whichever way round */
#define DNS_PORT	53

/* ---- what is asked for ----------------------------------------------------------------- */

static bool take(char *out, size_t room, const char *from, size_t size)
{
	if (size == 0 || size >= room)
		return false;
	memcpy(out, from, size);
	out[size] = '\0';
	return true;
}

static bool is_plain(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p <= ' ' || *p >= 0x7f)
			return false;
	return true;
}

bool url_parse(struct url *out, const char *text)
{
	static const char plain[] = "http://", tls[] = "https://";
	const char *host, *end, *port;
	bool bracket;

	out->tls = !strncmp(text, tls, sizeof(tls) - 1);
	if ((!out->tls && strncmp(text, plain, sizeof(plain) - 1)) || !is_plain(text))
		return false;
	host = text + (out->tls ? sizeof(tls) : sizeof(plain)) - 1;
	bracket = out->numeric = *host == '[';
	host += bracket;
	end = host + strcspn(host, bracket ? "]" : ":/?#");
	if (!take(out->host, sizeof(out->host), host, (size_t)(end - host)))
		return false;
	if (bracket && *end++ != ']')
		return false;
	memcpy(out->port, out->tls ? "443" : "80", out->tls ? 4 : 3);
	if (*end == ':') {
		port = end + 1;
		end = port + strspn(port, "0123456789");
		if (!take(out->port, sizeof(out->port), port, (size_t)(end - port)))
			return false;
	}
	out->path = end;
	return !*end || *end == '/';
}

size_t dns_query(uint8_t out[300], const char *name)
{
	static const uint8_t head[12] = {0x74, 0x67, 1, 0, 0, 1}; /* recursion, one question */
	static const uint8_t tail[5] = {0, 0, 1, 0, 1};		  /* the root, A, IN */
	size_t size = sizeof(head), len;

	memcpy(out, head, sizeof(head));
	for (; *name; name += len + (name[len] == '.')) {
		len = strcspn(name, ".");
		if (len == 0 || len > 63 || size + len > 255)
			return 0;
		out[size++] = (uint8_t)len;
		memcpy(out + size, name, len);
		size += len;
	}
	if (size == sizeof(head))
		return 0;
	memcpy(out + size, tail, sizeof(tail));
	return size + sizeof(tail);
}

/* ---- the child ------------------------------------------------------------------------- */

static int connect_to(const struct url *url)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	int fd = -1;

	if (names_host(url->host, url->port, &hints, &found))
		return -1;
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen)) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	return fd;
}

/* The answer is read to its end, so that the server sees a complete exchange. */
static bool ask_plainly(int fd, const char *request, size_t size)
{
	char rest[4096];

	if (send(fd, request, size, MSG_NOSIGNAL) != (ssize_t)size)
		return false;
	while (read(fd, rest, sizeof(rest)) > 0)
		;
	return true;
}

bool request_url(const char *text)
{
	char request[4096];
	struct url url;
	bool sent;
	int fd, size;

	if (!url_parse(&url, text))
		return false;
	size = snprintf(request, sizeof(request),
			"GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: tgrun\r\n\r\n",
			*url.path ? url.path : "/", url.host);
	if (size < 0 || (size_t)size >= sizeof(request) || (fd = connect_to(&url)) < 0)
		return false;
	sent = url.tls ? tls_ask(fd, &url, request, (size_t)size)
		       : ask_plainly(fd, request, (size_t)size);
	close(fd);
	return sent;
}

static void look_up(const char *name)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(DNS_PORT),
				 .sin_addr = {.s_addr = RESOLVER}};
	uint8_t query[300], answer[512];
	size_t size = dns_query(query, name);
	int fd = size ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	if (fd < 0)
		return;
	if (sendto(fd, query, size, 0, (struct sockaddr *)&to, sizeof(to)) == (ssize_t)size &&
	    poll(&wait, 1, 2000) == 1 && read(fd, answer, sizeof(answer)) < 0)
		perror("tgrun: DnsLookup");
	close(fd);
}

static _Noreturn void serve(uint32_t action, const char *target)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(3, ~0u, 0);
	alarm(REQUEST_SECONDS);
	if (action == TG_ACTION_GET_URL)
		request_url(target);
	else
		look_up(target);
	_exit(0);
}

/* ---- tgrun ----------------------------------------------------------------------------- */

void requests_reap(struct requests *r)
{
	for (size_t i = r->count; i-- > 0;)
		if (waitpid(r->running[i], NULL, WNOHANG))
			r->running[i] = r->running[--r->count];
}

void requests_make(struct requests *r, const struct artifact *a,
		   const struct tg_selector_entry *selector)
{
	pid_t child;

	if (!selector->target || !r->allowed)
		return;
	requests_reap(r);
	child = r->count < REQUESTS_MAX ? fork() : -1;
	if (!child)
		serve(selector->action, artifact_string(a, selector->target));
	if (child < 0) {
		r->dropped++;
		return;
	}
	r->running[r->count++] = child;
	r->made++;
}
