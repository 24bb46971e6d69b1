// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compiler/vm/child.h"

static int to_descriptor(int fd, int target)
{
	int source = fd;

	if (source < 0)
		source = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (source == target) /* dup2 would leave close-on-exec set */
		return fcntl(target, F_SETFD, 0);
	return source < 0 ? -1 : dup2(source, target);
}

/*
 * In the child, which has the parent's memory until it executes the program: nothing but system
 * calls. Moves the three descriptors above 2 first, so that none overwrites another.
 */
static void child_exec(const char *const argv[], const struct child_io *io, pid_t parent,
		       int report)
{
	int fds[3] = {io->in, io->out, io->err};
	int i, error;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	for (i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
	}
	for (i = 0; i < 3; i++) {
		if (to_descriptor(fds[i], i) < 0)
			goto failed;
	}
	if (!io->cwd || chdir(io->cwd) == 0)
		execvpe(argv[0], (char *const *)argv, io->env ? (char *const *)io->env : environ);
failed:
	error = errno;
	if (write(report, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

pid_t child_start(const char *const argv[], const struct child_io *io)
{
	pid_t parent = getpid(), pid;
	int report[2], error = 0;

	if (pipe2(report, O_CLOEXEC) < 0)
		return -1;
	pid = vfork(); /* fork() would copy the page tables, and fault on each page after */
	if (pid == 0)
		child_exec(argv, io, parent, report[1]);
	close(report[1]);
	/* The pipe closes unread when the exec succeeds. */
	if (pid > 0 && read(report[0], &error, sizeof(error)) == sizeof(error)) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(report[0]);
	if (pid < 0 && error)
		errno = error;
	return pid;
}

int child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Keeps the end of what is read: the error message is the last thing a program prints. */
static void read_tail(int fd, char *text, size_t size)
{
	char part[4096];
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0 || (n < 0 && errno == EINTR)) {
		size_t got = n > 0 ? (size_t)n : 0, room = size - 1, keep;

		if (got > room)
			got = room;
		keep = used + got > room ? room - got : used;
		memmove(text, text + used - keep, keep);
		memcpy(text + keep, part + (n > 0 ? (size_t)n : 0) - got, got);
		used = keep + got;
	}
	while (used > 0 && text[used - 1] == '\n')
		used--;
	text[used] = '\0';
}

int child_run(const char *const argv[], const char *cwd, char *text, size_t size)
{
	struct child_io io = {.in = -1, .cwd = cwd};
	int fds[2];
	pid_t pid;

	text[0] = '\0';
	if (pipe2(fds, O_CLOEXEC) < 0)
		return 127;
	io.out = io.err = fds[1];
	pid = child_start(argv, &io);
	close(fds[1]);
	if (pid > 0)
		read_tail(fds[0], text, size);
	else
		strncat(text, strerror(errno), size - 1);
	close(fds[0]);
	return pid > 0 ? child_wait(pid) : 127;
}

static char *read_all(int fd)
{
	size_t used = 0, room = 1 << 16;
	char *text = malloc(room);
	ssize_t n;

	while (text && (n = read(fd, text + used, room - used - 1)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		used += (size_t)n;
		if (room - used < 2) {
			char *more = realloc(text, room *= 2);

			if (!more)
				free(text);
			text = more;
		}
	}
	if (text)
		text[used] = '\0';
	return text;
}

int child_capture(const char *const argv[], const char *cwd, char **out)
{
	struct child_io io = {.in = -1, .err = -1, .cwd = cwd};
	int fds[2], status = 127;
	pid_t pid;

	*out = NULL;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return 127;
	io.out = fds[1];
	pid = child_start(argv, &io);
	close(fds[1]);
	if (pid > 0) {
		*out = read_all(fds[0]);
		status = child_wait(pid);
	}
	close(fds[0]);
	return status;
}
