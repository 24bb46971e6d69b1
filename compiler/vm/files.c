// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/vm/files.h"

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int dir_make(const char *path)
{
	char part[PATH_MAX];
	char *slash;

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0777) < 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(part, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

int tree_remove(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
		return 0;
	return -1;
}

static int read_full(int fd, char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

char *file_read(struct arena *a, const char *path, size_t *size, struct vm_error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *data = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		vm_fail(e, "%s: %s", path, strerror(errno));
	} else {
		data = arena_alloc(a, (size_t)st.st_size + 1);
		if (read_full(fd, data, (size_t)st.st_size) < 0) {
			vm_fail(e, "%s: cannot be read", path);
			data = NULL;
		}
		if (size)
			*size = (size_t)st.st_size;
	}
	if (fd >= 0)
		close(fd);
	return data;
}

int file_write(const char *path, const void *data, size_t size, struct vm_error *e)
{
	FILE *f = fopen(path, "we");
	bool good;

	if (!f)
		return vm_fail(e, "%s: %s", path, strerror(errno));
	good = fwrite(data, 1, size, f) == size;
	good = fclose(f) == 0 && good;
	return good ? 0 : vm_fail(e, "%s: cannot be written", path);
}

char *path_match(struct arena *a, const char *pattern)
{
	char *found = NULL;
	glob_t g = {0};

	if (glob(pattern, 0, NULL, &g) == 0 && g.gl_pathc > 0)
		found = arena_strndup(a, g.gl_pathv[0], strlen(g.gl_pathv[0]));
	globfree(&g);
	return found;
}
