// SPDX-License-Identifier: Apache-2.0
/* Numeric addresses only: a name would have the resolver loaded, and asked, by a privileged
 * process. */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/http_address.h"

#define WAITING 16 /* connections that nobody has taken yet */

static int wrong(const char *address, struct failure *why)
{
	return failure_set(why, TGRUN_USAGE,
			   "\"%s\" is not an address to listen on: give HOST:PORT with a number as "
			   "HOST, as in localhost:2112, 0.0.0.0:2112 or [::]:2112",
			   address);
}

static bool is_port(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 5 &&
	       atoi(text) <= UINT16_MAX;
}

/* HOST without brackets; false when it is too long, or there is no port. */
static bool split(const char *address, char *host, size_t room, const char **port)
{
	const char *colon = strrchr(address, ':');
	size_t size = colon ? (size_t)(colon - address) : 0;

	if (!colon || size >= room || !is_port(colon + 1))
		return false;
	*port = colon + 1;
	if (size >= 2 && address[0] == '[' && colon[-1] == ']') {
		address++;
		size -= 2;
	} else if (memchr(address, ':', size)) {
		return false; /* IPv6 without brackets */
	}
	memcpy(host, address, size);
	host[size] = '\0';
	if (!size || !strcmp(host, "localhost"))
		snprintf(host, room, "127.0.0.1");
	return true;
}

static int listen_on(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return -1;
	if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
	    !bind(fd, a->ai_addr, a->ai_addrlen) && !listen(fd, WAITING))
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

int http_address_listen(const char *address, struct failure *why)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
				       .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	const char *port;
	char host[64];
	int fd;

	if (!split(address, host, sizeof(host), &port) || getaddrinfo(host, port, &hints, &found))
		return wrong(address, why);
	fd = listen_on(found);
	freeaddrinfo(found);
	if (fd < 0)
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot listen on %s: %s", address,
				   strerror(errno));
	return fd;
}

void http_address_of(int fd, char *text, size_t size)
{
	struct sockaddr_storage at;
	socklen_t length = sizeof(at);
	char host[64], port[8];

	text[0] = '\0';
	if (!getsockname(fd, (struct sockaddr *)&at, &length) &&
	    !getnameinfo((struct sockaddr *)&at, length, host, sizeof(host), port, sizeof(port),
			 NI_NUMERICHOST | NI_NUMERICSERV))
		snprintf(text, size, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}
