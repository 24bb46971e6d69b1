// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "runtime/notice.h"

/*
 * O_NONBLOCK would also be set for everybody who shares the descriptor. Where the kernel
 * cannot be asked for a single write that does not wait, a pipe that polls writable takes
 * PIPE_BUF bytes at once.
 */
static ssize_t write_at_once(int fd, const char *text, size_t size)
{
	struct iovec part = {(void *)(uintptr_t)text, size < PIPE_BUF ? size : PIPE_BUF};
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	ssize_t n;

	if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT))
		return -1;
	n = pwritev2(fd, &part, 1, -1, RWF_NOWAIT);
	return n < 0 && errno == EOPNOTSUPP ? writev(fd, &part, 1) : n;
}

void notice_write(int fd, const char *text, size_t size)
{
	struct stat st;
	bool file = !fstat(fd, &st) && S_ISREG(st.st_mode);

	while (size) {
		ssize_t n = file ? write(fd, text, size) : write_at_once(fd, text, size);

		if (n <= 0)
			return;
		text += n;
		size -= (size_t)n;
	}
}

void notice(const char *format, ...)
{
	char *text;
	va_list ap;
	int size;

	va_start(ap, format);
	size = vasprintf(&text, format, ap);
	va_end(ap);
	if (size < 0)
		return;
	notice_write(STDERR_FILENO, text, (size_t)size);
	free(text);
}
