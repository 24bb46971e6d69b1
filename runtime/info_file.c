// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/buffer.h"
#include "runtime/info_file.h"
#include "runtime/json.h"
#include "runtime/notice.h"

#define OLD_MAX	    65536
#define ANSWER_SIZE 4194304 /* bytes that gRPC's clients take unless told otherwise */

/* Who has written the file that is there; 0: nobody that can be told. */
static pid_t writer_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char text[OLD_MAX];
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	json_t *old = n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;
	json_int_t pid = json_integer_value(json_object_get(old, "pid"));

	json_decref(old);
	if (fd >= 0)
		close(fd);
	return pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

static bool runs(pid_t pid)
{
	return pid && pid != getpid() && (!kill(pid, 0) || errno == EPERM);
}

static void print(struct buffer *out, const struct info_facts *facts)
{
	static const char *const none[] = {"lib_dir", "btf_fname",    "gops_address",
					   "map_dir", "bpftool_path", "gops_path"};
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "export_fname", facts->export_filename ? facts->export_filename : "");
	json_text(&j, "server_address", facts->server_address ? facts->server_address : "");
	json_text(&j, "metrics_address", facts->metrics_address ? facts->metrics_address : "");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		json_text(&j, none[i], "");
	json_uint(&j, "max_recv_size", ANSWER_SIZE);
	json_uint(&j, "pid", (uint32_t)getpid());
	json_close(&j, '}');
	buffer_char(out, '\n');
}

/* 0, or -1 with errno. */
static int make_folder(const char *path)
{
	char copy[PATH_MAX];

	char *folder;

	snprintf(copy, sizeof(copy), "%s", path);
	folder = dirname(copy);
	if (mkdir(folder, 0755))
		return errno == EEXIST ? 0 : -1;
	return chmod(folder, 0755); /* whatever the umask is: who may ask must find it */
}

/* A file of its own first, so that nobody reads half of it. */
static int put(struct info_file *f, const char *path, const struct buffer *text)
{
	char temporary[PATH_MAX];
	struct stat st;
	int fd, error;

	snprintf(temporary, sizeof(temporary), "%s.%d", path, (int)getpid());
	unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	errno = EIO;
	if (write(fd, text->data, text->size) == (ssize_t)text->size && !fchmod(fd, 0644) &&
	    !fstat(fd, &st) && !rename(temporary, path)) {
		*f = (struct info_file){path, st.st_dev, st.st_ino};
		close(fd);
		return 0;
	}
	error = errno;
	close(fd);
	unlink(temporary);
	errno = error;
	return -1;
}

void info_file_write(struct info_file *f, const char *path, const struct info_facts *facts)
{
	struct buffer text = {0};
	pid_t writer = writer_of(path);

	f->path = NULL;
	if (runs(writer)) {
		notice("tgrun: %s is of process %d, which still runs: it is left as it is, and "
		       "`tetra` finds that process; --server-info has another place, or none\n",
		       path, (int)writer);
		return;
	}
	print(&text, facts);
	errno = ENOMEM;
	if (text.failed || make_folder(path) || put(f, path, &text))
		notice("tgrun: %s: cannot be written: %s; `tetra` needs --server-address\n", path,
		       strerror(errno));
	buffer_free(&text);
}

void info_file_remove(struct info_file *f)
{
	struct stat st;

	if (f->path && !lstat(f->path, &st) && st.st_dev == f->device && st.st_ino == f->inode)
		unlink(f->path);
	f->path = NULL;
}
