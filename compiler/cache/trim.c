// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "trim.h"

#define LEFT_AFTER 3600 /* seconds, after which a file that is not renamed will not be */

struct entry {
	const char *name;
	struct timespec used;
	uint64_t size;
};

struct entries {
	struct entry *v;
	size_t count, room;
	uint64_t size;
};

static int by_use(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
	if (a->used.tv_nsec != b->used.tv_nsec)
		return a->used.tv_nsec < b->used.tv_nsec ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void add(struct arena *a, struct entries *e, const char *name, const struct stat *st)
{
	e->v = arena_grow(a, e->v, e->count, &e->room, sizeof(*e->v));
	e->v[e->count++] = (struct entry){arena_strndup(a, name, strlen(name)), st->st_mtim,
					  (uint64_t)st->st_size};
	e->size += (uint64_t)st->st_size;
}

static void look_at(struct arena *a, struct entries *e, int folder, const char *name)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return;
	if (strncmp(name, TRIM_TEMPORARY, strlen(TRIM_TEMPORARY)) != 0)
		add(a, e, name, &st);
	else if (time(NULL) - st.st_mtime > LEFT_AFTER)
		unlinkat(folder, name, 0);
}

void trim_folder(struct arena *a, const char *path)
{
	struct entries e = {0};
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		look_at(a, &e, dirfd(dir), entry->d_name);
	if (e.size > TRIM_PART) {
		qsort(e.v, e.count, sizeof(*e.v), by_use);
		for (size_t i = 0; i < e.count && e.size > TRIM_PART / 4 * 3; i++) {
			unlinkat(dirfd(dir), e.v[i].name, 0);
			e.size -= e.v[i].size;
		}
	}
	closedir(dir);
}
