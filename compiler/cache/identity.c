// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include <linux/magic.h>
#include <openssl/sha.h>
#include <yaml.h>
#include "build_id.h"
#include "cache.h"
#include "compiler/base/arena.h"
#include "compiler/base/mapped_file.h"
#include "compiler/vm/child.h"
#include "identity.h"

bool identity_self(struct cache_key *k)
{
	struct bytes id;

	if (!build_id_of_self(&id))
		return false;
	cache_key_bytes(k, id);
	cache_key_text(k, libbpf_version_string());
	cache_key_text(k, yaml_get_version_string());
	return true;
}

/* ---- files that are known by their inode and times ---------------------------------------- */

/* Which file it is, and that it is as it was: nobody but root can choose the time of a change. */
static void add_state(struct cache_key *k, const struct stat *st)
{
	const uint64_t state[] = {st->st_dev,
				  st->st_ino,
				  st->st_mode,
				  (uint64_t)st->st_size,
				  (uint64_t)st->st_mtim.tv_sec,
				  (uint64_t)st->st_mtim.tv_nsec,
				  (uint64_t)st->st_ctim.tv_sec,
				  (uint64_t)st->st_ctim.tv_nsec};

	cache_key_bytes(k, (struct bytes){(const uint8_t *)state, sizeof(state)});
}

/* Changed so lately that a second change might have the same time. */
static bool is_fresh(const struct stat *st)
{
	time_t age = time(NULL) - st->st_ctim.tv_sec;

	return age < 2;
}

static void add_path_state(struct cache_key *k, const char *path)
{
	struct stat st;

	cache_key_text(k, path);
	if (stat(path, &st) == 0)
		add_state(k, &st);
}

/* ---- kernels ---------------------------------------------------------------------------- */

/* A short text file, or "". */
static const char *read_line(struct arena *a, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));

	if (fd >= 0)
		close(fd);
	return arena_strndup(a, text, n > 0 ? (size_t)n : 0);
}

/* In sysfs times mean nothing, but the running kernel's types last as long as it runs. */
static bool state_of_kernel(struct cache_key *memo, const char *path, const struct stat *st)
{
	struct statfs fs;
	const char *boot;

	if (statfs(path, &fs))
		return false;
	cache_key_text(memo, "file");
	add_state(memo, st);
	if (fs.f_type != SYSFS_MAGIC)
		return !is_fresh(st);
	boot = read_line(memo->arena, "/proc/sys/kernel/random/boot_id");
	cache_key_text(memo, boot);
	return *boot;
}

static bool digest_file(const char *path, uint8_t *digest)
{
	struct mapped_file file;

	if (mapped_open(&file, path) < 0)
		return false;
	SHA256(file.bytes.at, file.bytes.size, digest);
	mapped_close(&file);
	return true;
}

bool identity_kernel(struct cache *c, struct cache_key *k, const char *path)
{
	struct cache_key memo = {.arena = k->arena};
	uint8_t digest[CACHE_DIGEST];
	struct bytes known;
	struct stat st;
	bool lasts;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	lasts = state_of_kernel(&memo, path, &st);
	if (lasts && cache_get(c, &memo, &known) && known.size == sizeof(digest)) {
		cache_key_bytes(k, known);
		return true;
	}
	if (!digest_file(path, digest))
		return false;
	if (lasts)
		cache_put(c, &memo, (struct bytes){digest, sizeof(digest)});
	cache_key_bytes(k, (struct bytes){digest, sizeof(digest)});
	return true;
}

/* ---- clang -------------------------------------------------------------------------------- */

/* Paths of the libraries that the loader finds for a program, a line each; NULL: it cannot tell. */
static const char *list_libraries(struct arena *a, const char *program)
{
	const char *const argv[] = {"/lib64/ld-linux-x86-64.so.2", "--list", program, NULL};
	char *text, *made = NULL, *save = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&made, &size);
	int status = child_capture(argv, NULL, &text);

	for (char *line = status ? NULL : strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *path = strchr(line, '/'), *end = path ? strstr(path, " (") : NULL;

		if (end)
			fprintf(out, "%.*s\n", (int)(end - path), path);
	}
	fclose(out);
	free(text);
	text = arena_strndup(a, made, size);
	free(made);
	return status ? NULL : text;
}

/* What decides which libraries are found. */
static void state_of_loading(struct cache_key *memo, const char *program, const char *real)
{
	char *folder = arena_printf(memo->arena, "%s", real);

	cache_key_text(memo, "libraries");
	cache_key_text(memo, program);
	add_path_state(memo, real);
	add_path_state(memo, "/etc/ld.so.cache");
	add_path_state(memo, "/etc/ld.so.preload");
	cache_key_text(memo, getenv("LD_LIBRARY_PATH"));
	*strrchr(folder, '/') = '\0';
	add_path_state(memo, arena_printf(memo->arena, "%s/../lib", folder));
}

static const char *libraries_of(struct cache *c, struct arena *a, const char *program,
				const char *real)
{
	struct cache_key memo = {.arena = a};
	struct bytes known;
	const char *list;

	state_of_loading(&memo, program, real);
	if (cache_get(c, &memo, &known))
		return arena_strndup(a, (const char *)known.at, known.size);
	list = list_libraries(a, real);
	if (list)
		cache_put(c, &memo, (struct bytes){(const uint8_t *)list, strlen(list)});
	return list;
}

static bool add_build_id(struct cache_key *k, const char *path)
{
	struct bytes id;

	if (!build_id_of_file(k->arena, path, &id))
		return false;
	cache_key_bytes(k, id);
	return true;
}

/* A program that is not clang itself, but finds and runs one, loads no such library. */
static bool add_libraries(struct cache_key *k, char *list)
{
	bool compiles = false;
	char *save = NULL;

	for (char *path = strtok_r(list, "\n", &save); path; path = strtok_r(NULL, "\n", &save)) {
		if (!strstr(path, "/libclang") && !strstr(path, "/libLLVM"))
			continue;
		if (!add_build_id(k, path))
			return false;
		compiles = true;
	}
	return compiles;
}

bool identity_clang(struct cache *c, struct cache_key *k, const char *program)
{
	char *real = realpath(program, NULL);
	const char *list = NULL;
	bool ok = real && add_build_id(k, real);

	if (ok)
		list = libraries_of(c, k->arena, program, real);
	cache_key_text(k, getenv("LD_LIBRARY_PATH"));
	ok = ok && list && add_libraries(k, arena_printf(k->arena, "%s", list));
	free(real);
	return ok;
}
