// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/control_request.h"
#include "runtime/control_socket.h"

Test(control_request, names)
{
	struct control_request r;
	char longest[CONTROL_NAME_SIZE + 1];

	cr_assert(control_request_fill(&r, CONTROL_DISABLE, "b/p/q"));
	cr_expect_str_eq(r.bundle, "b");
	cr_expect_str_eq(r.policy, "p/q");
	cr_expect_null(control_request_check(&r));
	cr_expect(control_request_fill(&r, CONTROL_LIST, NULL));
	cr_expect_null(control_request_check(&r));
	cr_expect_not(control_request_fill(&r, CONTROL_LIST, "p"));
	cr_expect_not(control_request_fill(&r, CONTROL_REMOVE, NULL));
	cr_expect_not(control_request_fill(&r, CONTROL_REMOVE, ""));
	cr_expect_not(control_request_fill(&r, CONTROL_REMOVE, "/p"));
	memset(longest, 'x', sizeof(longest));
	longest[CONTROL_NAME_SIZE] = '\0';
	cr_expect_not(control_request_fill(&r, CONTROL_REMOVE, longest));
	longest[CONTROL_NAME_SIZE - 1] = '\0';
	cr_expect(control_request_fill(&r, CONTROL_REMOVE, longest));
	cr_expect_null(control_request_check(&r));
}

Test(control_request, hostile)
{
	struct control_request good, r;

	control_request_fill(&good, CONTROL_REMOVE, "p");
	r = good;
	r.magic++;
	cr_expect_str_eq(control_request_check(&r),
			 "this is not a request of this version of tgrun");
	r = good;
	r.command = CONTROL_COMMAND_COUNT;
	cr_expect_str_eq(control_request_check(&r), "the request is malformed");
	r = good;
	r.policy[sizeof(r.policy) - 1] = 'x';
	cr_expect_str_eq(control_request_check(&r), "a name in the request has no end");
	r = good;
	memset(r.bundle, 'b', sizeof(r.bundle));
	cr_expect_str_eq(control_request_check(&r), "a name in the request has no end");
	r = good;
	r.command = CONTROL_LIST;
	cr_expect_str_eq(control_request_check(&r),
			 "the request needs a policy, or has one too many");
}

static struct bundles bundles;
static struct control control = {.bundles = &bundles};
static char folder[] = "/tmp/test-control-XXXXXX", path[64];
static struct control_socket *s;

static void open_socket(void)
{
	struct failure why = {0};

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/s", folder);
	s = control_socket_open(path, NULL, &control, &why);
	cr_assert_not_null(s, "%s", why.text);
}

static void close_socket(void)
{
	control_socket_close(s);
	cr_expect_eq(access(path, F_OK), -1);
	rmdir(folder);
}

TestSuite(control_socket, .init = open_socket, .fini = close_socket);

static int connect_client(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memcpy(at.sun_path, path, strlen(path));
	cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void turn(int times)
{
	while (times--)
		control_socket_service.run(s);
}

Test(control_socket, answers_one_request_in_pieces)
{
	struct control_request r;
	char answer[256] = "";
	int fd = connect_client();

	control_request_fill(&r, CONTROL_DISABLE, "nobody");
	turn(1);
	cr_assert_eq(send(fd, &r, 10, 0), 10);
	turn(1);
	cr_assert_eq(recv(fd, answer, sizeof(answer) - 1, 0), -1);
	cr_assert_eq(send(fd, (char *)&r + 10, sizeof(r) - 10, 0), (ssize_t)sizeof(r) - 10);
	turn(1);
	cr_assert_gt(recv(fd, answer, sizeof(answer) - 1, 0), 0);
	cr_expect_str_eq(answer, "refused no policy is named \"nobody\"\n");
	cr_expect_eq(recv(fd, answer, sizeof(answer), 0), 0);
	close(fd);
}

Test(control_socket, only_the_owner_may)
{
	struct stat st;

	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
}

/* Those who say nothing take all places, and the next one comes when one of them goes. */
Test(control_socket, too_many_clients_wait)
{
	int silent[CONTROL_CLIENTS_MAX], fd;
	struct control_request r;
	char answer[1024];

	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		silent[i] = connect_client();
		turn(1);
	}
	fd = connect_client();
	control_request_fill(&r, CONTROL_LIST, NULL);
	cr_assert_eq(send(fd, &r, sizeof(r), 0), (ssize_t)sizeof(r));
	turn(4);
	cr_expect_eq(recv(fd, answer, sizeof(answer), 0), -1);
	cr_expect_geq(control_socket_service.wait(s), 0);
	close(silent[3]);
	turn(4);
	cr_expect_gt(recv(fd, answer, sizeof(answer), 0), 0);
	cr_expect_eq(memcmp(answer, "ok\nNAME ", 8), 0);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (i != 3)
			close(silent[i]);
	close(fd);
}

Test(control_socket, a_second_one_on_the_same_path_is_refused)
{
	struct failure why = {0};

	cr_assert_null(control_socket_open(path, NULL, &control, &why));
	cr_expect_not_null(strstr(why.text, "another tgrun listens there"));
}
