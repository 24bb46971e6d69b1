// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/confine.h"

/* In a child, behind the filter: the number of the first check that fails; 0 none does. */
static int run(bool network, int (*check)(void))
{
	struct failure why;
	int status;
	pid_t child = fork();

	if (!child) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || confine(network, &why))
			_exit(100);
		_exit(check());
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

static bool refused(long result)
{
	return result < 0 && errno == EPERM;
}

static int what_is_not_on_the_list(void)
{
	char *none[] = {NULL};

	if (!refused(execve("/bin/true", none, none)))
		return 1;
	if (!refused(unshare(CLONE_NEWUSER)))
		return 2;
	if (!refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)))
		return 3;
	if (!refused(syscall(__NR_bpf, 5 /* load a program */, NULL, 0)))
		return 4;
	if (!refused(socket(AF_INET, SOCK_STREAM, 0)))
		return 5;
	if (!refused(syscall(__NR_clone, CLONE_NEWUSER, 0, 0, 0, 0)))
		return 6;
	if (!refused(syscall(__NR_perf_event_open, NULL, 0, 0, 0, 0)))
		return 7;
	if (!refused(ioctl(open("/dev/null", O_RDONLY), TIOCSTI, "x")))
		return 8;
	return 0;
}

static int what_the_relay_needs(void)
{
	int fd = open("/dev/null", O_WRONLY), pair, size;
	pid_t child;

	if (fd < 0 || write(fd, "", 1) != 1 || close(fd))
		return 1;
	pair = socket(AF_UNIX, SOCK_STREAM, 0);
	if (pair < 0 || ioctl(pair, FIONREAD, &size) || close(pair))
		return 2;
	errno = 0;
	if (!syscall(__NR_bpf, 1 /* look up */, NULL, 0) || errno == ENOSYS)
		return 3;
	child = fork();
	if (!child)
		_exit(0);
	return child < 0 || waitpid(child, NULL, 0) != child ? 4 : 0;
}

static int network_when_asked_for(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	return fd < 0 || close(fd);
}

/* In a child, behind the filter of the process that only asks. */
static int run_asker(int (*check)(void))
{
	struct failure why;
	int status;
	pid_t child = fork();

	if (!child) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || confine_asker(&why))
			_exit(100);
		_exit(check());
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

static int what_an_asker_does_not(void)
{
	if (!refused(open("/dev/null", O_RDONLY)))
		return 1;
	if (!refused(socket(AF_INET, SOCK_STREAM, 0)))
		return 2;
	if (!refused(fork()))
		return 3;
	if (!refused(unlink("/nonexistent")))
		return 4;
	if (!refused(kill(getppid(), 0)))
		return 5;
	return what_is_not_on_the_list();
}

static int what_an_asker_needs(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return fd < 0 || close(fd);
}

Test(confine, asker)
{
	cr_expect_eq(run_asker(what_an_asker_does_not), 0);
	cr_expect_eq(run_asker(what_an_asker_needs), 0);
}

Test(confine, refuses)
{
	cr_expect_eq(run(false, what_is_not_on_the_list), 0);
}

Test(confine, allows)
{
	cr_expect_eq(run(false, what_the_relay_needs), 0);
	cr_expect_eq(run(true, network_when_asked_for), 0);
}
