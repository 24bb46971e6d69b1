// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/fdinfo.h"

void fdinfo_read(int fd, char text[FDINFO_MAX])
{
	char path[64];
	ssize_t n;

	text[0] = '\0';
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, FDINFO_MAX - 1);
	text[n > 0 ? n : 0] = '\0';
	close(fd);
}

uint64_t fdinfo_number(const char *text, const char *name)
{
	size_t size = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, size) && line[size] == ':')
			return strtoull(line + size + 1, NULL, 10);
	}
	return 0;
}

uint64_t fdinfo_memory(int fd)
{
	char text[FDINFO_MAX];

	fdinfo_read(fd, text);
	return fdinfo_number(text, "memlock");
}
