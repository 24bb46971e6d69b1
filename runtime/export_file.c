// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "runtime/clock.h"
#include "runtime/export_backups.h"
#include "runtime/export_file.h"
#include "runtime/notice.h"

#define RETRY_NS  10000000000ull /* after a rotation that failed */
#define NAME_ROOM 40		 /* for what a backup's name has more than the path */

static uint64_t file_size(const struct export_file *f)
{
	return f->old_size + f->delivery.written;
}

/* A new file gets its mode whatever the umask; one that is there keeps its own. -1: errno. */
static int open_file(const struct export_file_options *o, struct stat *st)
{
	const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd = open(o->path, flags | O_CREAT | O_EXCL, 0600);

	if (fd >= 0)
		fchmod(fd, o->mode);
	else if (errno == EEXIST)
		fd = open(o->path, flags);
	if (fd < 0 || (!fstat(fd, st) && S_ISREG(st->st_mode)))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* From now on lines go to this descriptor; what is torn stays in the old file. */
static void use_file(struct export_file *f, int fd, const struct stat *st)
{
	int stop_fd = f->delivery.output.stop_fd;

	if (f->delivery.output.fd >= 0)
		close(f->delivery.output.fd);
	output_init(&f->delivery.output, fd, stop_fd);
	f->delivery.torn = false;
	f->delivery.retry = true;
	f->delivery.written = 0;
	f->old_size = (uint64_t)st->st_size;
	f->opened = clock_boot_now();
}

/* ---- rotation ------------------------------------------------------------------------------ */

static _Noreturn void tidy(const struct export_file_options *o)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close_range(3, ~0u, 0);
	setpriority(PRIO_PROCESS, 0, 10);
	_exit(export_backups_tidy(o->path, o->max_backups, o->compress) ? 1 : 0);
}

static void start_mill(struct export_file *f)
{
	if (!f->options.compress && !f->options.max_backups)
		return;
	f->mill_again = f->mill > 0;
	if (f->mill)
		return;
	f->mill = fork();
	if (!f->mill)
		tidy(&f->options);
	if (f->mill < 0) {
		f->mill = 0;
		f->mill_again = true;
	}
}

static void reap_mill(struct export_file *f)
{
	int status = 0;

	if (f->mill && waitpid(f->mill, &status, WNOHANG)) {
		f->mill = 0;
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			notice("tgrun: %s: old files could not all be compressed or removed\n",
			       f->options.path);
	}
	if (!f->mill && f->mill_again)
		start_mill(f);
}

static uint64_t wall_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* The old file is written on when no new one can be had. */
int export_file_rotate(struct export_file *f)
{
	struct stat st;
	int fd = -1;

	if (!export_backup_make(f->options.path, wall_now()) || errno == ENOENT)
		fd = open_file(&f->options, &st);
	if (fd < 0) {
		if (!f->failed_until)
			notice("tgrun: %s: cannot start a new file: %s; the old one grows on\n",
			       f->options.path, strerror(errno));
		f->failed_until = clock_boot_now() + RETRY_NS;
		return -1;
	}
	f->failed_until = 0;
	use_file(f, fd, &st);
	f->rotations++;
	start_mill(f);
	return 0;
}

static bool may_rotate(const struct export_file *f)
{
	return !f->failed_until || clock_boot_now() >= f->failed_until;
}

static bool is_due(const struct export_file *f)
{
	return f->options.interval && file_size(f) &&
	       clock_boot_now() - f->opened >= f->options.interval;
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The end of the lines from `at` on that the file has room for; `at` itself when not for one. */
static size_t fitting(const struct export_file *f, const char *lines, size_t at, size_t size)
{
	uint64_t room = f->options.max_size > file_size(f) ? f->options.max_size - file_size(f) : 0;
	const char *end;

	if (size - at <= room)
		return size;
	end = memrchr(lines + at, '\n', (size_t)room);
	return end ? (size_t)(end - lines) + 1 : at;
}

static void deliver(struct export_file *f, const char *lines, size_t size,
		    struct sink_counts *counts)
{
	uint64_t before = f->delivery.discarded;

	delivery_write(&f->delivery, lines, size);
	counts->left_out[SINK_OUTPUT] += f->delivery.discarded - before;
}

static size_t line_size(const char *lines, size_t size)
{
	const char *end = memchr(lines, '\n', size);

	return end ? (size_t)(end - lines) + 1 : size;
}

static size_t write_lines(void *state, const char *lines, size_t size, struct sink_counts *counts)
{
	struct export_file *f = state;

	if (is_due(f) && may_rotate(f))
		export_file_rotate(f);
	for (size_t at = 0; at < size;) {
		size_t end = fitting(f, lines, at, size), one = line_size(lines + at, size - at);

		if (end == at && one > f->options.max_size) {
			line_writer_drop(counts, SINK_TOO_LONG, lines + at, one);
			at += one;
			continue;
		}
		if (end == at && may_rotate(f) && !export_file_rotate(f))
			continue;
		if (end == at)
			end = size; /* no new file: the old one grows on */
		deliver(f, lines + at, end - at, counts);
		at = end;
	}
	return size;
}

static void tick(void *state, uint64_t now)
{
	struct export_file *f = state;

	(void)now;
	reap_mill(f);
	delivery_retry(&f->delivery);
	if (is_due(f) && may_rotate(f))
		export_file_rotate(f);
}

/* The file was renamed or removed by somebody else. */
static void reopen(void *state)
{
	struct export_file *f = state;
	struct stat st;
	int fd = open_file(&f->options, &st);

	if (fd < 0) {
		notice("tgrun: %s: cannot open it again: %s; the old file is written on\n",
		       f->options.path, strerror(errno));
		return;
	}
	use_file(f, fd, &st);
}

static void close_file(void *state)
{
	struct export_file *f = state;

	if (f->mill)
		waitpid(f->mill, NULL, 0);
	if (f->delivery.output.fd >= 0)
		close(f->delivery.output.fd);
	f->delivery.output.fd = -1;
}

struct line_writer export_file_writer(struct export_file *f)
{
	static const struct line_writer_ops ops = {
		.name = "export file",
		.write = write_lines,
		.tick = tick,
		.reopen = reopen,
		.close = close_file,
	};

	return (struct line_writer){&ops, f};
}

int export_file_open(struct export_file *f, const struct export_file_options *options, int stop_fd,
		     struct failure *why)
{
	struct stat st;
	int fd;

	*f = (struct export_file){.options = *options};
	if (strlen(options->path) > PATH_MAX - NAME_ROOM)
		return failure_set(why, TGRUN_USAGE, "--export-filename: the path is too long");
	fd = open_file(options, &st);
	if (fd < 0)
		return failure_set(why, TGRUN_OUTPUT, "cannot open the export file %s: %s",
				   options->path,
				   errno == EINVAL ? "it is not a regular file" : strerror(errno));
	delivery_init(&f->delivery, -1, stop_fd, true);
	f->delivery.name = options->path;
	use_file(f, fd, &st);
	return 0;
}
