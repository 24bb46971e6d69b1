// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mapped_file.h"

static int read_all(int fd, uint8_t *to, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = read(fd, to + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

static int take_bytes(struct mapped_file *m, int fd, size_t size)
{
	void *at;

	if (size == 0)
		return 0;
	at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	m->is_mapped = at != MAP_FAILED;
	if (!m->is_mapped) {
		at = malloc(size);
		if (!at || read_all(fd, at, size) < 0) {
			free(at);
			return -1;
		}
	}
	m->bytes = (struct bytes){at, size};
	return 0;
}

int mapped_open(struct mapped_file *m, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), result = -1, saved;
	struct stat st;

	*m = (struct mapped_file){0};
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		if (S_ISREG(st.st_mode))
			result = take_bytes(m, fd, (size_t)st.st_size);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

void mapped_close(struct mapped_file *m)
{
	if (m->is_mapped)
		munmap((void *)m->bytes.at, m->bytes.size);
	else
		free((void *)m->bytes.at);
	*m = (struct mapped_file){0};
}
