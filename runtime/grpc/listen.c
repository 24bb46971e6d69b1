// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/grpc/listen.h"
#include "runtime/http_address.h"

#define SCHEME	     "unix://"
#define DEFAULT_PORT "54321"
#define WAITING	     16 /* connections that nobody has taken yet */

/* Whether somebody answers at the socket; else it is left over and may be replaced. */
static bool is_served(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool served = fd >= 0 &&
		      (!connect(fd, (const struct sockaddr *)at, sizeof(*at)) || errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return served;
}

/* Under a name of its own first, so that nobody sees it before its mode is right. */
static int bind_at(int fd, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int size = snprintf(at.sun_path, sizeof(at.sun_path), "%s.%d", path, (int)getpid());

	if (size < 0 || (size_t)size >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	unlink(at.sun_path);
	if (!bind(fd, (const struct sockaddr *)&at, sizeof(at))) {
		if (!chmod(at.sun_path, 0660) && !listen(fd, WAITING) && !rename(at.sun_path, path))
			return 0;
		size = errno;
		unlink(at.sun_path);
		errno = size;
	}
	return -1;
}

static bool is_something_else(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && !S_ISSOCK(st.st_mode);
}

static uint64_t inode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_ino;
}

static int listen_unix(struct grpc_listener *l, const char *path, struct failure *why)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	if (path[0] != '/' || strlen(path) >= sizeof(at.sun_path))
		return failure_set(why, TGRUN_USAGE,
				   "--server-address: \"%s\" is no path of a socket, which begins "
				   "with / and has less than %zu bytes, as in "
				   "unix:///run/tgrun/tgrun.sock",
				   path, sizeof(at.sun_path));
	memcpy(at.sun_path, path, strlen(path));
	if (is_something_else(path))
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "--server-address: %s is there and no socket", path);
	if (is_served(&at))
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "--server-address: another process serves %s already", path);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0 || bind_at(l->fd, path))
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "--server-address: cannot listen on %s: %s", path,
				   strerror(errno));
	l->may_change = true;
	l->inode = inode_of(path);
	snprintf(l->address, sizeof(l->address), SCHEME "%s", path);
	return 0;
}

static bool is_loopback(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = {.any.sa_family = AF_UNSPEC};
	socklen_t size = sizeof(at);

	if (getsockname(fd, &at.any, &size))
		return false;
	if (at.any.sa_family == AF_INET)
		return ntohl(at.v4.sin_addr.s_addr) >> 24 == 127;
	return at.any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&at.v6.sin6_addr);
}

static int listen_tcp(struct grpc_listener *l, const char *address, struct failure *why)
{
	char with_port[128];

	snprintf(with_port, sizeof(with_port), strchr(address, ':') ? "%s" : "%s:" DEFAULT_PORT,
		 address);
	l->fd = http_address_listen(with_port, why);
	if (l->fd < 0)
		return -1;
	if (!is_loopback(l->fd))
		return failure_set(why, TGRUN_USAGE,
				   "--server-address: \"%s\" is not an address of this machine "
				   "only, as localhost:54321 is: events are sent as they are, to "
				   "anybody who asks",
				   address);
	http_address_of(l->fd, l->address, sizeof(l->address));
	return 0;
}

int grpc_listen(struct grpc_listener *l, const char *address, struct failure *why)
{
	*l = (struct grpc_listener){.fd = -1};
	if (!strncmp(address, SCHEME, strlen(SCHEME)))
		return listen_unix(l, address + strlen(SCHEME), why);
	return listen_tcp(l, address, why);
}

void grpc_unlisten(const struct grpc_listener *l)
{
	const char *path = l->address + strlen(SCHEME);

	close(l->fd);
	if (l->inode && inode_of(path) == l->inode)
		unlink(path);
}
