// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/misses.h"

int misses_open(struct misses *m, size_t hooks)
{
	*m = (struct misses){.programs = calloc(hooks + 1, sizeof(*m->programs))};
	if (!m->programs)
		return -1;
	while (m->count < hooks)
		m->programs[m->count++] = -1;
	return 0;
}

int misses_watch(struct misses *m, size_t hook, int program)
{
	m->programs[hook] = fcntl(program, F_DUPFD_CLOEXEC, 3);
	return m->programs[hook] < 0 ? -1 : 0;
}

uint64_t misses_parse(const char *fdinfo)
{
	static const char name[] = "\nrecursion_misses:";
	const char *at = strstr(fdinfo, name);

	return at ? strtoull(at + sizeof(name) - 1, NULL, 10) : 0;
}

uint64_t misses_read(const struct misses *m, size_t hook)
{
	char path[64], text[2048];
	ssize_t n;
	int fd;

	if (hook >= m->count || m->programs[hook] < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", m->programs[hook]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return misses_parse(text);
}

void misses_close(struct misses *m)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->programs[i] >= 0)
			close(m->programs[i]);
	}
	free(m->programs);
	*m = (struct misses){0};
}
