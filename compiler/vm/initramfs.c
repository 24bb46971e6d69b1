// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/vm/files.h"
#include "compiler/vm/lazy_archive.h"
#include "compiler/vm/initramfs.h"
#include "compiler/vm/needed.h"

struct initramfs {
	struct arena *arena;
	struct archive *out;
	const char *path;
	const char **names; /* paths that are there, without the leading slash */
	size_t count, room;
	bool failed;
	struct vm_error error;
};

static void set_failed(struct initramfs *fs, const char *what, const char *why)
{
	if (!fs->failed)
		vm_fail(&fs->error, "%s: %s", what, why);
	fs->failed = true;
}

/* Folders that are links in the guest, as in every Debian since 2023. */
static const char *guest_name(struct arena *a, const char *path)
{
	static const char *const merged[] = {"bin/", "sbin/", "lib/", "lib64/"};
	size_t i;

	path += strspn(path, "/");
	for (i = 0; i < sizeof(merged) / sizeof(merged[0]); i++) {
		if (!strncmp(path, merged[i], strlen(merged[i])))
			return arena_printf(a, "usr/%s", path);
	}
	return path;
}

static bool is_there(const struct initramfs *fs, const char *name)
{
	size_t i;

	for (i = 0; i < fs->count; i++) {
		if (!strcmp(fs->names[i], name))
			return true;
	}
	return false;
}

static void entry_put(struct initramfs *fs, struct archive_entry *entry, const void *data,
		      size_t size)
{
	const char *name = ARCHIVE(entry_pathname)(entry);

	fs->names = arena_grow(fs->arena, fs->names, fs->count, &fs->room, sizeof(*fs->names));
	fs->names[fs->count++] = arena_strndup(fs->arena, name, strlen(name));
	ARCHIVE(entry_set_size)(entry, (la_int64_t)size);
	if (ARCHIVE(write_header)(fs->out, entry) != ARCHIVE_OK ||
	    (size && ARCHIVE(write_data)(fs->out, data, size) != (la_ssize_t)size))
		set_failed(fs, fs->path, ARCHIVE(error_string)(fs->out) ?: "cannot be written");
}

static void parents_put(struct initramfs *fs, const char *name)
{
	const char *slash;

	for (slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
		initramfs_dir(fs, arena_strndup(fs->arena, name, (size_t)(slash - name)), 0755);
}

/* NULL when the path is there already or the image has failed. */
static struct archive_entry *entry_new(struct initramfs *fs, const char *path, unsigned mode)
{
	const char *name = guest_name(fs->arena, path);
	struct archive_entry *entry;

	if (fs->failed || !*name || is_there(fs, name))
		return NULL;
	parents_put(fs, name);
	entry = ARCHIVE(entry_new)();
	if (!entry) {
		set_failed(fs, path, "out of memory");
		return NULL;
	}
	ARCHIVE(entry_set_pathname)(entry, name);
	ARCHIVE(entry_set_mode)(entry, (mode_t)mode);
	ARCHIVE(entry_set_nlink)(entry, 1);
	ARCHIVE(entry_set_mtime)(entry, 0, 0);
	return entry;
}

struct initramfs *initramfs_create(struct arena *a, const char *path)
{
	struct initramfs *fs = arena_alloc(a, sizeof(*fs));

	fs->arena = a;
	fs->path = path;
	fs->out = ARCHIVE(write_new)();
	if (!fs->out || ARCHIVE(write_set_format_cpio_newc)(fs->out) != ARCHIVE_OK ||
	    ARCHIVE(write_set_bytes_per_block)(fs->out, 1 << 20) != ARCHIVE_OK ||
	    ARCHIVE(write_set_bytes_in_last_block)(fs->out, 1) != ARCHIVE_OK ||
	    ARCHIVE(write_open_filename)(fs->out, path) != ARCHIVE_OK)
		set_failed(fs, path, fs->out ? ARCHIVE(error_string)(fs->out) : "out of memory");
	initramfs_link(fs, "/bin", "usr/bin");
	initramfs_link(fs, "/sbin", "usr/sbin");
	initramfs_link(fs, "/lib", "usr/lib");
	initramfs_link(fs, "/lib64", "usr/lib64");
	return fs;
}

void initramfs_dir(struct initramfs *fs, const char *path, unsigned mode)
{
	struct archive_entry *entry = entry_new(fs, path, S_IFDIR | mode);

	if (entry)
		entry_put(fs, entry, NULL, 0);
	ARCHIVE(entry_free)(entry);
}

void initramfs_file(struct initramfs *fs, const char *path, const void *data, size_t size,
		    unsigned mode)
{
	struct archive_entry *entry = entry_new(fs, path, S_IFREG | mode);

	if (entry)
		entry_put(fs, entry, data, size);
	ARCHIVE(entry_free)(entry);
}

void initramfs_text(struct initramfs *fs, const char *path, const char *text, unsigned mode)
{
	initramfs_file(fs, path, text, strlen(text), mode);
}

void initramfs_copy(struct initramfs *fs, const char *path, const char *from, unsigned mode)
{
	struct arena scratch = {0};
	struct vm_error e;
	struct stat st;
	size_t size;
	char *data;

	if (fs->failed || is_there(fs, guest_name(fs->arena, path)))
		return;
	data = file_read(&scratch, from, &size, &e);
	if (!data || stat(from, &st) < 0)
		set_failed(fs, "initramfs", data ? from : e.text);
	else
		initramfs_file(fs, path, data, size, mode ? mode : st.st_mode & 07777u);
	arena_free(&scratch);
}

void initramfs_link(struct initramfs *fs, const char *path, const char *target)
{
	struct archive_entry *entry = entry_new(fs, path, S_IFLNK | 0777);

	if (entry) {
		ARCHIVE(entry_set_symlink)(entry, target);
		entry_put(fs, entry, NULL, 0);
	}
	ARCHIVE(entry_free)(entry);
}

void initramfs_device(struct initramfs *fs, const char *path, unsigned mode, unsigned major,
		      unsigned minor)
{
	struct archive_entry *entry = entry_new(fs, path, S_IFCHR | mode);

	if (entry) {
		ARCHIVE(entry_set_rdevmajor)(entry, major);
		ARCHIVE(entry_set_rdevminor)(entry, minor);
		entry_put(fs, entry, NULL, 0);
	}
	ARCHIVE(entry_free)(entry);
}

/* A library's own needs are followed too; ones that are there already end the walk. */
static void libraries_put(struct initramfs *fs, const char *from)
{
	struct needed needed;
	struct vm_error e;
	size_t i;

	if (needed_read(fs->arena, from, &needed, &e) < 0) {
		set_failed(fs, "initramfs", e.text);
		return;
	}
	if (needed.interpreter)
		initramfs_copy(fs, needed.interpreter, needed.interpreter, 0755);
	for (i = 0; i < needed.count; i++) {
		const char *to = arena_printf(fs->arena, "%s/%s", needed.folder, needed.names[i]);

		if (is_there(fs, guest_name(fs->arena, to)))
			continue;
		initramfs_copy(fs, to, needed.libraries[i], 0755);
		libraries_put(fs, needed.libraries[i]);
	}
}

void initramfs_program(struct initramfs *fs, const char *path, const char *from)
{
	initramfs_copy(fs, path, from, 0755);
	libraries_put(fs, from);
}

int initramfs_close(struct initramfs *fs, struct vm_error *e)
{
	if (!fs->failed && ARCHIVE(write_close)(fs->out) != ARCHIVE_OK)
		set_failed(fs, fs->path, ARCHIVE(error_string)(fs->out));
	ARCHIVE(write_free)(fs->out);
	if (!fs->failed)
		return 0;
	unlink(fs->path);
	*e = fs->error;
	return -1;
}
