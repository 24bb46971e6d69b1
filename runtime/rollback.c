// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artifact.h"
#include "rollback.h"

#define LINE_MAX_SIZE 24 /* 20 digits, newline, and room to see that there is more */

struct state {
	const char *directory, *name;
	char file[TG_NAME_MAX + 16]; /* name in the directory */
	int dirfd;
	char *why;
	size_t why_size;
};

static enum rollback_result __attribute__((format(printf, 3, 4)))
refuse(const struct state *s, enum rollback_result result, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->why, s->why_size, format, args);
	va_end(args);
	return result;
}

static enum rollback_result system_failed(const struct state *s, const char *doing)
{
	return refuse(s, ROLLBACK_STATE, "%s/%s: cannot %s: %s", s->directory, s->file, doing,
		      strerror(errno));
}

/* Whoever can write here can take a node back to an old policy. */
static enum rollback_result check_directory(const struct state *s)
{
	struct stat st;

	if (fstat(s->dirfd, &st))
		return refuse(s, ROLLBACK_STATE, "state directory %s: %s", s->directory,
			      strerror(errno));
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return refuse(s, ROLLBACK_STATE, "state directory %s: owned by user %u",
			      s->directory, st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return refuse(s, ROLLBACK_STATE, "state directory %s: others may write to it",
			      s->directory);
	return ROLLBACK_OK;
}

/* Opens the directory; with ROLLBACK_OK and dirfd < 0 it does not exist. */
static enum rollback_result state_open(struct state *s)
{
	if (!artifact_name_valid(s->name))
		return refuse(s, ROLLBACK_STATE, "the bundle name cannot be a file name");
	snprintf(s->file, sizeof(s->file), "%s.version", s->name);
	s->dirfd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd < 0 && errno == ENOENT)
		return ROLLBACK_OK;
	if (s->dirfd < 0)
		return refuse(s, ROLLBACK_STATE, "state directory %s: %s", s->directory,
			      strerror(errno));
	return check_directory(s);
}

static void state_close(struct state *s)
{
	if (s->dirfd >= 0)
		close(s->dirfd);
}

/* Exactly what we write: digits without leading zeros, a newline, the end. */
static int parse_version(const char *line, size_t size, uint64_t *version)
{
	uint64_t value = 0;

	if (size < 2 || line[size - 1] != '\n' || (line[0] == '0' && size != 2))
		return -1;
	for (size_t i = 0; i < size - 1; i++) {
		if (line[i] < '0' || line[i] > '9')
			return -1;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, line[i] - '0', &value))
			return -1;
	}
	*version = value;
	return 0;
}

static enum rollback_result read_version(const struct state *s, int fd, uint64_t *version)
{
	char line[LINE_MAX_SIZE];
	struct stat st;
	ssize_t size;

	if (fstat(fd, &st))
		return system_failed(s, "look at it");
	if (!S_ISREG(st.st_mode))
		return refuse(s, ROLLBACK_STATE, "%s/%s: not a regular file", s->directory,
			      s->file);
	do
		size = read(fd, line, sizeof(line));
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return system_failed(s, "read it");
	if (parse_version(line, size, version))
		return refuse(s, ROLLBACK_STATE,
			      "%s/%s: damaged, so the last accepted version is not known",
			      s->directory, s->file);
	return ROLLBACK_OK;
}

static enum rollback_result compare(const struct state *s, uint64_t version, uint64_t accepted)
{
	if (version >= accepted)
		return ROLLBACK_OK;
	return refuse(s, ROLLBACK_REFUSED,
		      "bundle %s has version %" PRIu64 ", but version %" PRIu64
		      " has been accepted before",
		      s->name, version, accepted);
}

/* `known`: whether any version of this name has been accepted, and then `accepted` is it. */
static enum rollback_result check_open(const struct state *s, uint64_t version, bool *known,
				       uint64_t *accepted)
{
	int fd = openat(s->dirfd, s->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum rollback_result result;

	*known = false;
	if (fd < 0)
		return errno == ENOENT ? ROLLBACK_OK : system_failed(s, "open it");
	result = read_version(s, fd, accepted);
	close(fd);
	if (result != ROLLBACK_OK)
		return result;
	*known = true;
	return compare(s, version, *accepted);
}

enum rollback_result rollback_check(const char *directory, const char *name, uint64_t version,
				    char *why, size_t why_size)
{
	struct state s = {directory, name, "", -1, why, why_size};
	enum rollback_result result = state_open(&s);
	uint64_t accepted;
	bool known;

	if (result == ROLLBACK_OK && s.dirfd >= 0)
		result = check_open(&s, version, &known, &accepted);
	state_close(&s);
	return result;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			data += n;
			size -= n;
		}
	}
	return fsync(fd);
}

/* A name no bundle has ('+' is not in one), so what a crash left behind is simply reused. */
static enum rollback_result replace(const struct state *s, uint64_t version)
{
	char line[LINE_MAX_SIZE], temporary[sizeof(s->file) + 1];
	int size = snprintf(line, sizeof(line), "%" PRIu64 "\n", version);
	int fd, failed;

	snprintf(temporary, sizeof(temporary), "+%s", s->file);
	if (unlinkat(s->dirfd, temporary, 0) && errno != ENOENT)
		return system_failed(s, "remove an old temporary file beside it");
	fd = openat(s->dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return system_failed(s, "write a new one");
	failed = write_all(fd, line, size);
	failed |= close(fd);
	if (!failed && !renameat(s->dirfd, temporary, s->dirfd, s->file) && !fsync(s->dirfd))
		return ROLLBACK_OK;
	system_failed(s, "write a new one");
	unlinkat(s->dirfd, temporary, 0);
	return ROLLBACK_STATE;
}

/* Makes the directory and syncs its entry in the parent. */
static enum rollback_result make_directory(struct state *s)
{
	char parent[PATH_MAX];
	int fd;

	if (mkdir(s->directory, 0700) && errno != EEXIST)
		return refuse(s, ROLLBACK_STATE, "state directory %s: cannot make it: %s",
			      s->directory, strerror(errno));
	snprintf(parent, sizeof(parent), "%s/..", s->directory);
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return state_open(s);
}

static enum rollback_result commit_open(const struct state *s, uint64_t version)
{
	enum rollback_result result;
	uint64_t accepted;
	bool known;

	/* Held until the directory is closed: two programs must not cross. */
	if (flock(s->dirfd, LOCK_EX))
		return system_failed(s, "lock its directory");
	result = check_open(s, version, &known, &accepted);
	if (result != ROLLBACK_OK || (known && accepted == version))
		return result;
	return replace(s, version);
}

enum rollback_result rollback_commit(const char *directory, const char *name, uint64_t version,
				     char *why, size_t why_size)
{
	struct state s = {directory, name, "", -1, why, why_size};
	enum rollback_result result = state_open(&s);

	if (result == ROLLBACK_OK && s.dirfd < 0)
		result = make_directory(&s);
	if (result == ROLLBACK_OK)
		result = commit_open(&s, version);
	state_close(&s);
	return result;
}
