/* SPDX-License-Identifier: Apache-2.0 */
/* Rewriting files. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "fix_plan.h"

struct rewriting {
	struct arena *arena;
	const char *path; /* the file itself, not a link to it */
	struct stat old;
	char *why;
	size_t room;
};

static bool refuse(struct rewriting *w, const char *name, const char *reason)
{
	snprintf(w->why, w->room, "cannot mend %s: %s", name, reason);
	return false;
}

/* What was read must still be there, or somebody's work is lost. */
static bool is_unchanged(const struct source *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *now = malloc(f->size + 1);
	size_t used = 0;
	ssize_t got = 1;

	while (fd >= 0 && now && used <= f->size && got > 0) {
		got = read(fd, now + used, f->size + 1 - used);
		used += got > 0 ? (size_t)got : 0;
	}
	got = got == 0 && now && used == f->size ? memcmp(now, f->text, used) : -1;
	free(now);
	if (fd >= 0)
		close(fd);
	return got == 0;
}

static bool find_file(struct rewriting *w, const struct source *f)
{
	char *path;

	if (!f->on_disk)
		return refuse(w, f->name, "it is not a file");
	path = realpath(f->name, NULL);
	if (!path || stat(path, &w->old)) {
		free(path);
		return refuse(w, f->name, strerror(errno));
	}
	w->path = arena_strndup(w->arena, path, strlen(path));
	free(path);
	if (!S_ISREG(w->old.st_mode))
		return refuse(w, f->name, "it is not a regular file");
	if (!is_unchanged(f, w->path))
		return refuse(w, f->name, "it has changed since it was read");
	return true;
}

static bool write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t put = write(fd, text, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		text += put;
		size -= (size_t)put;
	}
	return true;
}

/* The owner is kept where that is allowed; the mode must be. */
static bool write_new(struct rewriting *w, int fd, const char *text, size_t size)
{
	if (fchown(fd, w->old.st_uid, w->old.st_gid))
		errno = 0;
	return !fchmod(fd, w->old.st_mode & 07777) && write_all(fd, text, size) && !fsync(fd);
}

static bool replace(struct rewriting *w, const struct source *f, const char *text, size_t size)
{
	char *temporary = arena_printf(w->arena, "%s.XXXXXX", w->path);
	int fd = mkostemp(temporary, O_CLOEXEC), error;
	bool done;

	if (fd < 0)
		return refuse(w, f->name, strerror(errno));
	done = write_new(w, fd, text, size);
	error = errno;
	if (close(fd) && done) {
		error = errno;
		done = false;
	}
	if (done && rename(temporary, w->path)) {
		error = errno;
		done = false;
	}
	if (done)
		return true;
	unlink(temporary);
	return refuse(w, f->name, strerror(error));
}

bool fix_apply(const struct diags *d, struct fix_counts *counts, char *why, size_t room)
{
	struct fix_plan p = fix_plan(d);

	*counts = p.counts;
	counts->files = 0;
	for (uint32_t i = 0; i < p.count; i++) {
		struct rewriting w = {.arena = d->arena, .why = why, .room = room};
		const struct fix_file *f = &p.files[i];
		const char *text;
		size_t size;

		if (!f->count)
			continue;
		text = fix_bytes(d->arena, f, 0, f->source->size, 0, f->count, &size);
		if (!find_file(&w, f->source) || !replace(&w, f->source, text, size))
			return false;
		counts->files++;
	}
	return true;
}
