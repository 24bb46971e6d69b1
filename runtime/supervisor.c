// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/supervisor.h"

/* A path, or with `@` a name that is in no file system. */
static int connect_to(int fd, const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t size = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || size < 2 || size >= sizeof(at.sun_path)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(at.sun_path, name, size);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	return connect(fd, (struct sockaddr *)&at,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size));
}

static int open_socket(struct supervisor *s, const char *name, struct failure *why)
{
	s->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->socket >= 0 && !connect_to(s->socket, name))
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT, "NOTIFY_SOCKET=%s: %s", name, strerror(errno));
}

/* A third of the time that the manager waits; 0: it does not, or means another process. */
static uint64_t watch_interval(const char *usec, const char *pid)
{
	if (!usec || (pid && strtoull(pid, NULL, 10) != (unsigned long long)getpid()))
		return 0;
	return strtoull(usec, NULL, 10) / 3;
}

static int open_timer(struct supervisor *s, uint64_t interval, struct failure *why)
{
	struct timespec t = {(time_t)(interval / 1000000), (long)(interval % 1000000 * 1000)};
	struct itimerspec every = {t, t};

	s->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (s->timer_fd >= 0 && !timerfd_settime(s->timer_fd, 0, &every, NULL))
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT, "cannot start the watchdog's timer: %s",
			   strerror(errno));
}

int supervisor_open(struct supervisor *s, struct failure *why)
{
	const char *name = getenv("NOTIFY_SOCKET");
	uint64_t interval = watch_interval(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	int result = 0;

	*s = SUPERVISOR_NONE;
	if (name)
		result = open_socket(s, name, why);
	if (!result && name && interval)
		result = open_timer(s, interval, why);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return result;
}

static void tell(const struct supervisor *s, const char *text)
{
	if (s->socket >= 0)
		send(s->socket, text, strlen(text), MSG_NOSIGNAL);
}

static void go_on(void *state)
{
	const struct supervisor *s = state;
	uint64_t expired;

	if (read(s->timer_fd, &expired, sizeof(expired)) == sizeof(expired))
		tell(s, "WATCHDOG=1");
}

int supervisor_watch(struct supervisor *s, struct relay *r)
{
	static const struct relay_service service = {.run = go_on};

	return s->timer_fd < 0 ? 0 : relay_serve(r, s->timer_fd, &service, s);
}

void supervisor_ready(const struct supervisor *s, const char *status)
{
	char text[512];

	snprintf(text, sizeof(text), "READY=1\nSTATUS=%s", status);
	tell(s, text);
}

void supervisor_stopping(const struct supervisor *s)
{
	tell(s, "STOPPING=1");
}

void supervisor_close(struct supervisor *s)
{
	if (s->socket >= 0)
		close(s->socket);
	if (s->timer_fd >= 0)
		close(s->timer_fd);
	*s = SUPERVISOR_NONE;
}
