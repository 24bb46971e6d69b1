// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/output.h"

void output_init(struct output *o, int fd, int stop_fd)
{
	struct stat st;

	*o = (struct output){.fd = fd, .stop_fd = stop_fd};
	o->pollable = !fstat(fd, &st) && !S_ISREG(st.st_mode);
}

/* Until at least PIPE_BUF bytes can be written without blocking. */
static enum output_result wait_writable(const struct output *o)
{
	struct pollfd fds[2] = {
		{.fd = o->fd, .events = POLLOUT},
		{.fd = o->stop_fd, .events = POLLIN},
	};
	int n;

	do {
		n = poll(fds, 2, o->impatient ? 0 : -1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return OUTPUT_ERROR;
	if (n == 0)
		return OUTPUT_BUSY;
	if (!fds[0].revents)
		n = poll(fds, 1, OUTPUT_GRACE_MS);
	return n > 0 && fds[0].revents ? OUTPUT_OK : OUTPUT_STOPPED;
}

enum output_result output_write(const struct output *o, const char *bytes, size_t size,
				size_t *written)
{
	for (*written = 0; *written < size;) {
		size_t left = size - *written;
		/* A pipe that polls writable takes this much, but a larger write may block. */
		size_t most = o->pollable && left > PIPE_BUF ? PIPE_BUF : left;
		enum output_result ready = o->pollable ? wait_writable(o) : OUTPUT_OK;
		ssize_t n;

		if (ready != OUTPUT_OK)
			return ready;
		n = write(o->fd, bytes + *written, most);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return errno == EPIPE ? OUTPUT_CLOSED : OUTPUT_ERROR;
		if (n > 0)
			*written += (size_t)n;
	}
	return OUTPUT_OK;
}
