// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* Reads to the end; a file that grows meanwhile is cut at `room`, which the caller refuses. */
static ssize_t read_all(int fd, uint8_t *to, size_t room)
{
	size_t size = 0;

	while (size < room) {
		ssize_t n = read(fd, to + size, room - size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		size += n;
	}
	return size;
}

static int refuse(const char *path, int error, const char *text, char *why, size_t why_size)
{
	snprintf(why, why_size, "%s: %s", path, text);
	errno = error;
	return -1;
}

static int read_open(int fd, const char *path, size_t max, struct file_bytes *out, char *why,
		     size_t why_size)
{
	struct stat st;
	ssize_t size;
	uint8_t *to;

	if (fstat(fd, &st))
		return refuse(path, errno, strerror(errno), why, why_size);
	if (!S_ISREG(st.st_mode))
		return refuse(path, EINVAL, "not a regular file", why, why_size);
	if ((uint64_t)st.st_size > max)
		return refuse(path, EFBIG, "the file is too large", why, why_size);
	/* One byte more than it has, to notice growth; and never malloc(0). */
	to = malloc(st.st_size + 1);
	if (!to)
		return refuse(path, ENOMEM, strerror(ENOMEM), why, why_size);
	size = read_all(fd, to, st.st_size + 1);
	if (size >= 0 && size <= st.st_size) {
		*out = (struct file_bytes){to, size};
		return 0;
	}
	if (size >= 0)
		refuse(path, EAGAIN, "the file grew while it was read", why, why_size);
	else
		refuse(path, errno, strerror(errno), why, why_size);
	free(to);
	return -1;
}

int file_load(const char *path, size_t max, struct file_bytes *out, char *why, size_t why_size)
{
	/* Not blocking: a pipe in the place of a file must not stop us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int result, error;

	if (fd < 0)
		return refuse(path, errno, strerror(errno), why, why_size);
	result = read_open(fd, path, max, out, why, why_size);
	error = errno;
	close(fd);
	errno = error;
	return result;
}
