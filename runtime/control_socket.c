// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/accounts.h"
#include "runtime/clock.h"
#include "runtime/control_socket.h"

#define BACKLOG 16
#define EVENTS	(CONTROL_CLIENTS_MAX + 1)

struct client {
	int fd; /* -1: a free place */
	uint64_t until;
	size_t got, sent;
	struct control_request request;
	struct buffer answer;
};

struct control_socket {
	struct control *control;
	int epoll_fd, listen_fd;
	bool full; /* the listening socket is not watched */
	struct sockaddr_un at;
	struct client clients[CONTROL_CLIENTS_MAX];
};

/* ---- clients ------------------------------------------------------------------------------- */

static int watch(struct control_socket *s, int operation, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	return epoll_ctl(s->epoll_fd, operation, fd, &event);
}

static void let_go(struct control_socket *s, struct client *c)
{
	close(c->fd);
	buffer_free(&c->answer);
	*c = (struct client){.fd = -1};
	if (s->full && !watch(s, EPOLL_CTL_ADD, s->listen_fd, EPOLLIN))
		s->full = false;
}

static struct client *find_client(struct control_socket *s, int fd)
{
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (s->clients[i].fd == fd)
			return &s->clients[i];
	return NULL;
}

static void take_client(struct control_socket *s)
{
	struct client *c = find_client(s, -1);
	int fd;

	if (!c) {
		s->full = !watch(s, EPOLL_CTL_DEL, s->listen_fd, 0);
		return;
	}
	fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (watch(s, EPOLL_CTL_ADD, fd, EPOLLIN)) {
		close(fd);
		return;
	}
	*c = (struct client){.fd = fd, .until = clock_boot_now() + CONTROL_CLIENT_NS};
}

static bool would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void write_answer(struct control_socket *s, struct client *c)
{
	ssize_t n = send(c->fd, c->answer.data + c->sent, c->answer.size - c->sent, MSG_NOSIGNAL);

	if (n < 0 && would_block())
		return;
	if (n > 0)
		c->sent += (size_t)n;
	if (n <= 0 || c->sent == c->answer.size)
		let_go(s, c);
}

static void read_request(struct control_socket *s, struct client *c)
{
	ssize_t n = recv(c->fd, (char *)&c->request + c->got, sizeof(c->request) - c->got, 0);

	if (n < 0 && would_block())
		return;
	if (n <= 0) {
		let_go(s, c);
		return;
	}
	c->got += (size_t)n;
	if (c->got < sizeof(c->request))
		return;
	control_answer(s->control, &c->request, &c->answer);
	if (c->answer.failed || watch(s, EPOLL_CTL_MOD, c->fd, EPOLLOUT))
		let_go(s, c);
	else
		write_answer(s, c);
}

static void serve_client(struct control_socket *s, int fd)
{
	struct client *c = find_client(s, fd);

	if (c && c->got == sizeof(c->request))
		write_answer(s, c);
	else if (c)
		read_request(s, c);
}

static void run(void *state)
{
	struct control_socket *s = state;
	struct epoll_event events[EVENTS];
	int n = epoll_wait(s->epoll_fd, events, EVENTS, 0);
	uint64_t now = clock_boot_now();

	for (int i = 0; i < n; i++)
		if (events[i].data.fd != s->listen_fd)
			serve_client(s, events[i].data.fd);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (s->clients[i].fd >= 0 && s->clients[i].until <= now)
			let_go(s, &s->clients[i]);
	for (int i = 0; i < n; i++)
		if (events[i].data.fd == s->listen_fd)
			take_client(s);
}

/* Until the first client has had its time. */
static int wait_for(void *state)
{
	const struct control_socket *s = state;
	uint64_t now = clock_boot_now(), first = UINT64_MAX;

	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (s->clients[i].fd >= 0 && s->clients[i].until < first)
			first = s->clients[i].until;
	if (first == UINT64_MAX)
		return -1;
	return first <= now ? 0 : (int)((first - now) / 1000000) + 1;
}

const struct relay_service control_socket_service = {.run = run, .wait = wait_for};

/* ---- the socket ---------------------------------------------------------------------------- */

static int fail(const struct control_socket *s, struct failure *why, const char *what)
{
	return failure_set(why, TGRUN_ENVIRONMENT, "control socket %s: cannot %s: %s",
			   s->at.sun_path, what, strerror(errno));
}

/* What a tgrun left that has ended may go; one that still answers is another's. */
static int clear_the_way(const struct control_socket *s, struct failure *why)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int result = connect(fd, (const struct sockaddr *)&s->at, sizeof(s->at));
	int error = errno;
	struct stat st;

	close(fd);
	if (!result || error == EAGAIN)
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "control socket %s: another tgrun listens there; stop it, or "
				   "give this one another --control-socket",
				   s->at.sun_path);
	if (error == ECONNREFUSED && !lstat(s->at.sun_path, &st) && S_ISSOCK(st.st_mode))
		unlink(s->at.sun_path);
	return 0;
}

static int set_group(const struct control_socket *s, const char *group, struct failure *why)
{
	gid_t gid;

	if (!accounts_group(group, &gid))
		return failure_set(why, TGRUN_USAGE, "--control-group: no group \"%s\"", group);
	if (chown(s->at.sun_path, (uid_t)-1, gid) || chmod(s->at.sun_path, 0660))
		return fail(s, why, "give it to its group");
	return 0;
}

static int start(struct control_socket *s, const char *group, struct failure *why)
{
	mode_t before;
	int result;

	if (clear_the_way(s, why))
		return -1;
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->epoll_fd < 0 || s->listen_fd < 0)
		return fail(s, why, "open it");
	before = umask(0177);
	result = bind(s->listen_fd, (const struct sockaddr *)&s->at, sizeof(s->at));
	umask(before);
	if (result)
		return fail(s, why, "make it");
	if (listen(s->listen_fd, BACKLOG) || watch(s, EPOLL_CTL_ADD, s->listen_fd, EPOLLIN))
		return fail(s, why, "listen on it");
	return group ? set_group(s, group, why) : 0;
}

struct control_socket *control_socket_open(const char *path, const char *group,
					   struct control *control, struct failure *why)
{
	struct control_socket *s = calloc(1, sizeof(*s));

	if (!s) {
		failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
		return NULL;
	}
	s->control = control;
	s->epoll_fd = s->listen_fd = -1;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		s->clients[i].fd = -1;
	s->at.sun_family = AF_UNIX;
	if (!path[0] || strlen(path) >= sizeof(s->at.sun_path)) {
		failure_set(why, TGRUN_USAGE,
			    "--control-socket: \"%s\" is not a path of 1 to %zu bytes", path,
			    sizeof(s->at.sun_path) - 1);
		free(s);
		return NULL;
	}
	memcpy(s->at.sun_path, path, strlen(path));
	if (!start(s, group, why))
		return s;
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	if (s->epoll_fd >= 0)
		close(s->epoll_fd);
	free(s);
	return NULL;
}

int control_socket_fd(const struct control_socket *s)
{
	return s->epoll_fd;
}

void control_socket_close(struct control_socket *s)
{
	if (!s)
		return;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (s->clients[i].fd >= 0) {
			close(s->clients[i].fd);
			buffer_free(&s->clients[i].answer);
		}
	unlink(s->at.sun_path);
	close(s->listen_fd);
	close(s->epoll_fd);
	free(s);
}
