// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <openssl/sha.h>
#include "cache.h"
#include "compiler/base/arena.h"
#include "trim.h"

#define MAGIC	   "tgc cached 1\n"
#define MAGIC_SIZE (sizeof(MAGIC) - 1)
#define HEAD_SIZE  (MAGIC_SIZE + CACHE_DIGEST)
#define USED_AFTER 3600 /* seconds; a use is noted at most this often */

struct cache {
	struct arena *arena;
	const char *folder;
	uint32_t touched; /* bits: the parts of it that something was put into */
};

/* ---- keys ------------------------------------------------------------------------------- */

void cache_key_bytes(struct cache_key *k, struct bytes part)
{
	uint64_t size = part.size;
	size_t needed = k->size + sizeof(size) + part.size;

	if (needed > k->room) {
		uint8_t *larger = arena_alloc(k->arena, 2 * needed);

		if (k->size)
			memcpy(larger, k->bytes, k->size);
		k->bytes = larger;
		k->room = 2 * needed;
	}
	memcpy(k->bytes + k->size, &size, sizeof(size));
	if (part.size)
		memcpy(k->bytes + k->size + sizeof(size), part.at, part.size);
	k->size = needed;
}

void cache_key_number(struct cache_key *k, uint64_t n)
{
	cache_key_bytes(k, (struct bytes){(const uint8_t *)&n, sizeof(n)});
}

void cache_key_text(struct cache_key *k, const char *text)
{
	cache_key_number(k, text != NULL);
	if (text)
		cache_key_bytes(k, (struct bytes){(const uint8_t *)text, strlen(text)});
}

/* ---- the folder --------------------------------------------------------------------------- */

static const char *folder_of(struct arena *a)
{
	const char *own = getenv("TGC_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && *own)
		return arena_printf(a, "%s", own);
	if (xdg && *xdg == '/')
		return arena_printf(a, "%s/tgc/compiled", xdg);
	if (home && *home == '/')
		return arena_printf(a, "%s/.cache/tgc/compiled", home);
	return NULL;
}

/* Is it the user's own, and may nobody else change it? */
static bool is_own(const struct stat *st, mode_t type)
{
	return (st->st_mode & S_IFMT) == type && st->st_uid == geteuid() &&
	       !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static bool is_own_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && is_own(&st, S_IFDIR);
}

struct cache *cache_open(struct arena *a, bool wanted)
{
	const char *folder = wanted ? folder_of(a) : NULL;
	struct cache *c;
	struct stat st;

	if (!folder || (stat(folder, &st) == 0 && !is_own_folder(folder)))
		return NULL;
	c = arena_alloc(a, sizeof(*c));
	c->arena = a;
	c->folder = folder;
	return c;
}

/* The parents as well; they need not be the user's alone. */
static bool make_folder(struct arena *a, const char *path)
{
	char *copy = arena_printf(a, "%s", path);

	for (char *at = strchr(copy + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(copy, 0700);
		*at = '/';
	}
	mkdir(copy, 0700);
	return is_own_folder(path);
}

static const char *hex(struct arena *a, const uint8_t *digest)
{
	char *text = arena_alloc(a, 2 * CACHE_DIGEST + 1);

	for (size_t i = 0; i < CACHE_DIGEST; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return text;
}

static const char *part_of(struct cache *c, const uint8_t *digest)
{
	return arena_printf(c->arena, "%s/%x", c->folder, digest[0] >> 4);
}

static const char *path_of(struct cache *c, const uint8_t *digest)
{
	return arena_printf(c->arena, "%s/%s", part_of(c, digest), hex(c->arena, digest));
}

/* ---- entries ------------------------------------------------------------------------------ */

/* Over the key as well: an entry under another's name is not taken for that one. */
static void entry_digest(struct arena *a, const uint8_t *key, struct bytes what, uint8_t *out)
{
	uint8_t *all = arena_alloc(a, CACHE_DIGEST + what.size);

	memcpy(all, key, CACHE_DIGEST);
	memcpy(all + CACHE_DIGEST, what.at, what.size);
	SHA256(all, CACHE_DIGEST + what.size, out);
}

static bool read_whole(int fd, uint8_t *to, size_t size)
{
	while (size) {
		ssize_t n = read(fd, to, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		size -= (size_t)n;
	}
	return true;
}

/* The file's times tell what was not used for long. */
static void note_use(int fd, const struct stat *st)
{
	if (time(NULL) - st->st_mtime > USED_AFTER)
		futimens(fd, NULL);
}

static bool read_entry(struct arena *a, int fd, const uint8_t *key, struct bytes *out)
{
	uint8_t digest[CACHE_DIGEST], *all;
	struct stat st;

	if (fstat(fd, &st) || !is_own(&st, S_IFREG) || st.st_size < (off_t)HEAD_SIZE ||
	    st.st_size > TRIM_PART)
		return false;
	all = arena_alloc(a, (size_t)st.st_size);
	if (!read_whole(fd, all, (size_t)st.st_size) || memcmp(all, MAGIC, MAGIC_SIZE) != 0)
		return false;
	*out = (struct bytes){all + HEAD_SIZE, (size_t)st.st_size - HEAD_SIZE};
	entry_digest(a, key, *out, digest);
	note_use(fd, &st);
	return memcmp(digest, all + MAGIC_SIZE, CACHE_DIGEST) == 0;
}

bool cache_get(struct cache *c, const struct cache_key *k, struct bytes *out)
{
	uint8_t key[CACHE_DIGEST];
	bool found;
	int fd;

	if (!c)
		return false;
	SHA256(k->bytes, k->size, key);
	fd = open(path_of(c, key), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	found = read_entry(c->arena, fd, key, out);
	close(fd);
	return found;
}

static bool write_whole(int fd, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool write_entry(struct arena *a, int fd, const uint8_t *key, struct bytes what)
{
	uint8_t head[HEAD_SIZE];
	bool ok;

	memcpy(head, MAGIC, MAGIC_SIZE);
	entry_digest(a, key, what, head + MAGIC_SIZE);
	ok = write_whole(fd, head, HEAD_SIZE) && write_whole(fd, what.at, what.size);
	return !close(fd) && ok;
}

/* Others may put the same at the same time: the last one to rename has the same bytes. */
void cache_put(struct cache *c, const struct cache_key *k, struct bytes what)
{
	uint8_t key[CACHE_DIGEST];
	const char *part;
	char *temporary;
	int fd;

	if (!c || HEAD_SIZE + what.size > TRIM_ENTRY)
		return;
	SHA256(k->bytes, k->size, key);
	part = part_of(c, key);
	if (!make_folder(c->arena, part) || !is_own_folder(c->folder))
		return;
	temporary = arena_printf(c->arena, "%s/" TRIM_TEMPORARY "XXXXXX", part);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return;
	if (!write_entry(c->arena, fd, key, what) || rename(temporary, path_of(c, key)))
		unlink(temporary);
	c->touched |= 1u << (key[0] >> 4);
}

void cache_close(struct cache *c)
{
	for (unsigned i = 0; c && i < 16; i++)
		if (c->touched >> i & 1)
			trim_folder(c->arena, arena_printf(c->arena, "%s/%x", c->folder, i));
}
