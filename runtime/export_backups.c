// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include "runtime/export_backups.h"

#define MILLISECOND 1000000ull
#define TIME_SIZE   23 /* "2026-08-20T12-05-00.123" */
#define BACKUPS_MAX 10000
#define NAME_TRIES  100
#define COPY_SIZE   65536
#define WRITING	    ".gz.tmp"

/* The parts of a path: folder, what stands before the last dot of the name, the rest. */
struct name_parts {
	char folder[PATH_MAX];
	char base[NAME_MAX + 1];
	char extension[NAME_MAX + 1]; /* with its dot; may be empty */
};

static void split(struct name_parts *p, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	int base = dot ? (int)(dot - name) : (int)strlen(name);

	snprintf(p->folder, sizeof(p->folder), "%.*s", slash ? (int)(slash - path) + 1 : 2,
		 slash ? path : "./");
	snprintf(p->base, sizeof(p->base), "%.*s", base, name);
	snprintf(p->extension, sizeof(p->extension), "%s", dot ? dot : "");
}

void export_backup_name(char *out, size_t size, const char *path, uint64_t wall)
{
	time_t seconds = (time_t)(wall / 1000000000);
	struct name_parts p;
	char text[32];
	struct tm utc;

	split(&p, path);
	gmtime_r(&seconds, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H-%M-%S", &utc);
	snprintf(out, size, "%s%s-%s.%03u%s", p.folder, p.base, text,
		 (unsigned int)(wall % 1000000000 / MILLISECOND), p.extension);
}

/* Some file systems cannot rename without replacing: there is nobody else who makes these names. */
static int rename_to_new(const char *from, const char *to)
{
	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (!faccessat(AT_FDCWD, to, F_OK, AT_SYMLINK_NOFOLLOW)) {
		errno = EEXIST;
		return -1;
	}
	return rename(from, to);
}

int export_backup_make(const char *path, uint64_t wall)
{
	char to[PATH_MAX];

	for (int i = 0; i < NAME_TRIES; i++) {
		export_backup_name(to, sizeof(to), path, wall + (uint64_t)i * MILLISECOND);
		if (!rename_to_new(path, to))
			return 0;
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

/* ---- what is left of them ------------------------------------------------------------------ */

struct backup {
	char name[NAME_MAX + 1];
	bool compressed;
};

struct backups {
	struct backup *v;
	size_t count, room;
};

static bool is_time(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd-dd-dd.ddd";

	for (size_t i = 0; i < TIME_SIZE; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (form[i] == 'd' ? !digit : text[i] != form[i])
			return false;
	}
	return true;
}

/* 0 none, 1 as it was written, 2 compressed. */
static int backup_kind(const struct name_parts *p, const char *name)
{
	size_t base = strlen(p->base);
	const char *rest;

	if (strncmp(name, p->base, base) || name[base] != '-' ||
	    strlen(name) < base + 1 + TIME_SIZE || !is_time(name + base + 1))
		return 0;
	rest = name + base + 1 + TIME_SIZE;
	if (strncmp(rest, p->extension, strlen(p->extension)))
		return 0;
	rest += strlen(p->extension);
	return !*rest ? 1 : !strcmp(rest, ".gz") ? 2 : 0;
}

static int add(struct backups *b, const char *name, bool compressed)
{
	if (b->count == b->room) {
		size_t room = b->room ? b->room * 2 : 16;
		struct backup *v = room > BACKUPS_MAX ? NULL : realloc(b->v, room * sizeof(*v));

		if (!v)
			return -1;
		b->v = v;
		b->room = room;
	}
	snprintf(b->v[b->count].name, sizeof(b->v[0].name), "%s", name);
	b->v[b->count++].compressed = compressed;
	return 0;
}

/* Names differ in their times first: the newest comes first. */
static int compare_backups(const void *a, const void *b)
{
	return strcmp(((const struct backup *)b)->name, ((const struct backup *)a)->name);
}

static int list(struct backups *b, const struct name_parts *p, DIR *folder)
{
	struct dirent *entry;

	while ((entry = readdir(folder))) {
		int kind = backup_kind(p, entry->d_name);

		if (kind && add(b, entry->d_name, kind == 2))
			return -1;
	}
	if (b->count)
		qsort(b->v, b->count, sizeof(*b->v), compare_backups);
	return 0;
}

static int copy_compressed(int from, int to)
{
	gzFile out = gzdopen(to, "wb6");
	char bytes[COPY_SIZE];
	ssize_t n = -1;

	if (!out) {
		close(to);
		return -1;
	}
	while ((n = read(from, bytes, sizeof(bytes))) > 0) {
		if (gzwrite(out, bytes, (unsigned int)n) != n) {
			gzclose(out);
			return -1;
		}
	}
	return gzclose(out) == Z_OK && n == 0 ? 0 : -1;
}

/* Under another name until it is whole, with the mode of the file it replaces. */
static int compress_one(int folder, const char *name)
{
	char writing[NAME_MAX + sizeof(WRITING)], done[NAME_MAX + 4];
	int from = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), to = -1;
	struct stat st;
	int result = -1;

	snprintf(writing, sizeof(writing), "%s" WRITING, name);
	snprintf(done, sizeof(done), "%s.gz", name);
	if (from >= 0 && !fstat(from, &st) && S_ISREG(st.st_mode)) {
		unlinkat(folder, writing, 0); /* of a child that was killed */
		to = openat(folder, writing, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			    0600);
	}
	if (to >= 0) {
		fchmod(to, st.st_mode & 0777);
		result = copy_compressed(from, to);
		if (!result)
			result = renameat(folder, writing, folder, done);
		unlinkat(folder, result ? writing : name, 0);
	}
	if (from >= 0)
		close(from);
	return result;
}

int export_backups_tidy(const char *path, uint32_t most, bool compress)
{
	struct backups b = {0};
	struct name_parts p;
	DIR *folder;
	int result;

	split(&p, path);
	folder = opendir(p.folder);
	if (!folder)
		return -1;
	result = list(&b, &p, folder);
	for (size_t i = 0; i < b.count; i++) {
		if (most && i >= most)
			result |= unlinkat(dirfd(folder), b.v[i].name, 0);
		else if (compress && !b.v[i].compressed)
			result |= compress_one(dirfd(folder), b.v[i].name);
	}
	closedir(folder);
	free(b.v);
	return result;
}
