// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/supervisor.h"

/* A manager's socket without a file; its name as the environment has it. */
static int manager(char name[64])
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(name, 64, "@tgrun-test-%d", (int)getpid());
	memcpy(at.sun_path + 1, name + 1, strlen(name) - 1);
	cr_assert_eq(bind(fd, (struct sockaddr *)&at,
			  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
		     0);
	return fd;
}

static void expect_told(int fd, const char *wanted)
{
	char text[600];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	cr_assert_geq(n, 0);
	text[n] = '\0';
	cr_expect_str_eq(text, wanted);
}

static void set_watchdog(const char *usec, int pid)
{
	char text[20];

	snprintf(text, sizeof(text), "%d", pid);
	setenv("WATCHDOG_USEC", usec, 1);
	setenv("WATCHDOG_PID", text, 1);
}

Test(supervisor, without_a_manager_nothing_is_told)
{
	struct supervisor s;
	struct failure why = {0};

	unsetenv("NOTIFY_SOCKET");
	setenv("WATCHDOG_USEC", "3000000", 1);
	cr_expect_eq(supervisor_open(&s, &why), 0);
	cr_expect_eq(s.socket, -1);
	cr_expect_eq(s.timer_fd, -1);
	cr_expect_null(getenv("WATCHDOG_USEC"));
	supervisor_ready(&s, "x");
	supervisor_close(&s);
}

Test(supervisor, the_manager_learns_of_the_start_the_loop_and_the_end)
{
	struct relay relay = {.epoll_fd = epoll_create1(0)};
	struct supervisor s;
	struct failure why = {0};
	char name[64];
	int fd = manager(name);

	setenv("NOTIFY_SOCKET", name, 1);
	set_watchdog("30000", (int)getpid());
	cr_assert_eq(supervisor_open(&s, &why), 0, "%s", why.text);
	cr_expect_null(getenv("NOTIFY_SOCKET"));
	cr_expect_null(getenv("WATCHDOG_USEC"));
	cr_expect_null(getenv("WATCHDOG_PID"));
	supervisor_ready(&s, "2 bundles");
	expect_told(fd, "READY=1\nSTATUS=2 bundles");
	cr_assert_eq(supervisor_watch(&s, &relay), 0);
	cr_assert_eq(relay.server_count, 1);
	poll(&(struct pollfd){.fd = s.timer_fd, .events = POLLIN}, 1, 5000);
	relay.servers[0].service->run(relay.servers[0].state);
	expect_told(fd, "WATCHDOG=1");
	supervisor_stopping(&s);
	expect_told(fd, "STOPPING=1");
	supervisor_close(&s);
	close(relay.epoll_fd);
	close(fd);
}

/* The variables were for the process that started this one. */
Test(supervisor, the_watchdog_of_another_process_is_not_fed)
{
	struct supervisor s;
	struct failure why = {0};
	char name[64];
	int fd = manager(name);

	setenv("NOTIFY_SOCKET", name, 1);
	set_watchdog("30000", 1);
	cr_assert_eq(supervisor_open(&s, &why), 0, "%s", why.text);
	cr_expect_geq(s.socket, 0);
	cr_expect_eq(s.timer_fd, -1);
	supervisor_close(&s);
	close(fd);
}

static void refused(const char *name, const char *reason)
{
	struct supervisor s;
	struct failure why = {0};
	char wanted[300];

	setenv("NOTIFY_SOCKET", name, 1);
	snprintf(wanted, sizeof(wanted), "NOTIFY_SOCKET=%s: %s", name, reason);
	cr_expect_eq(supervisor_open(&s, &why), -1);
	cr_expect_str_eq(why.text, wanted);
	supervisor_close(&s);
}

Test(supervisor, a_manager_that_cannot_be_told_is_an_error)
{
	char longest[200] = "/";

	memset(longest + 1, 'a', 120);
	refused("/nowhere/there", "No such file or directory");
	refused("relative", "Invalid argument");
	refused("@", "Invalid argument");
	refused(longest, "Invalid argument");
}
