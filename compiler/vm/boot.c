// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/vm/boot.h"
#include "compiler/vm/child.h"
#include "compiler/vm/files.h"

#define LINE_MAX_SIZE (256u << 10) /* longer lines are cut: the guest is not trusted */
#define KERNEL_ARGS                                                                                \
	"console=ttyS0 quiet panic=-1 oops=panic no_timer_check "                                  \
	"lsm=lockdown,capability,landlock,bpf"
/* QEMU 7.2.22 can leave rubbish in the flags after a cmpxchg16b without lock; the kernel's slab
 * allocator is full of them, and one boot in four dies. Without the feature there are none. */
#define CPU_MODEL "max,cx16=off"

struct reader {
	const struct boot *boot;
	char *line;
	size_t used;
	int status; /* of the guest's main; -1 until it is told */
};

static pid_t qemu_start(struct arena *a, const struct boot *b, int out, struct vm_error *e)
{
	const char *append =
		arena_printf(a, KERNEL_ARGS "%s%s%s", b->counted ? " cryptomgr.notests=1" : "",
			     b->append ? " " : "", b->append ? b->append : "");
	const char *argv[40] = {"qemu-system-x86_64",
				"-accel",
				"tcg",
				"-cpu",
				CPU_MODEL,
				"-nodefaults",
				"-no-user-config",
				"-display",
				"none",
				"-no-reboot",
				"-m",
				arena_printf(a, "%u", b->memory),
				"-smp",
				arena_printf(a, "%u", b->counted ? 1 : b->cpus),
				"-kernel",
				b->image,
				"-initrd",
				b->initramfs,
				"-append",
				append,
				"-serial",
				arena_printf(a, "file:%s", b->console),
				"-chardev",
				"stdio,id=results,signal=off",
				"-serial",
				"chardev:results",
				b->counted ? "-icount" : NULL,
				"shift=0,sleep=off",
				NULL};
	struct child_io io = {.in = b->input, .out = out, .err = -1};
	pid_t pid = child_start(argv, &io);

	if (pid < 0 && errno == ENOENT)
		vm_fail(e, "qemu-system-x86_64 is not installed (package qemu-system-x86)");
	else if (pid < 0)
		vm_fail(e, "qemu-system-x86_64: %s", strerror(errno));
	return pid;
}

static void line_end(struct reader *r)
{
	char *line = r->line;
	size_t len = r->used;

	r->used = 0;
	if (len && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	if (!strncmp(line, "exit ", 5))
		r->status = atoi(line + 5);
	if (r->boot->line)
		r->boot->line(r->boot->context, line, len);
}

static void reader_feed(struct reader *r, const char *data, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (data[i] == '\n')
			line_end(r);
		else if (r->used < LINE_MAX_SIZE)
			r->line[r->used++] = data[i];
	}
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads until the machine is gone. False: time is up. */
static bool read_results(struct reader *r, int fd)
{
	long end = milliseconds() + (long)r->boot->timeout * 1000, left;
	char part[1 << 16];

	while ((left = end - milliseconds()) > 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, part, sizeof(part));
		if (n == 0 || (n < 0 && errno != EINTR))
			return true;
		if (n > 0)
			reader_feed(r, part, (size_t)n);
	}
	return false;
}

/* The last lines of the console, as a reason. */
static int console_fail(const struct boot *b, const char *what, struct vm_error *e)
{
	struct arena a = {0};
	struct vm_error ignored;
	size_t size = 0;
	char *log = file_read(&a, b->console, &size, &ignored), *at;

	while (size > 0 && (log[size - 1] == '\n' || log[size - 1] == '\r'))
		log[--size] = '\0';
	at = log && size > 700 ? log + size - 700 : log;
	vm_fail(e, "%s; the console (%s) ends:\n%s", what, b->console, at && *at ? at : "(empty)");
	arena_free(&a);
	return -1;
}

int boot_run(const struct boot *b, struct vm_error *e)
{
	struct reader r = {.boot = b, .status = -1};
	struct arena a = {0};
	bool ended = false;
	int fds[2], status;
	pid_t pid;

	unlink(b->console);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return vm_fail(e, "pipe: %s", strerror(errno));
	r.line = arena_alloc(&a, LINE_MAX_SIZE + 1);
	pid = qemu_start(&a, b, fds[1], e);
	close(fds[1]);
	if (pid > 0) {
		ended = read_results(&r, fds[0]);
		if (!ended)
			kill(pid, SIGKILL);
		status = child_wait(pid);
		if (!ended)
			console_fail(b, "the guest did not finish in time", e);
		else if (r.status < 0)
			console_fail(b,
				     status ? "qemu failed or the guest died early"
					    : "the guest died early",
				     e);
	}
	close(fds[0]);
	arena_free(&a);
	return pid > 0 && ended ? r.status : -1;
}
