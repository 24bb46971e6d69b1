// SPDX-License-Identifier: Apache-2.0
/* Where profiles are kept, and what a user may call one. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "profile_parts.h"

#define SUFFIX ".tgk"

const char *store_folder(struct arena *a, char *why, size_t why_size)
{
	const char *own = getenv("TGC_PROFILES"), *xdg = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	if (own && *own)
		return arena_printf(a, "%s", own);
	if (xdg && *xdg == '/')
		return arena_printf(a, "%s/tgc/profiles", xdg);
	if (home && *home == '/')
		return arena_printf(a, "%s/.local/share/tgc/profiles", home);
	snprintf(why, why_size, "no place for kernel profiles: set TGC_PROFILES or HOME");
	return NULL;
}

bool store_name_valid(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._+-~";
	size_t len = strlen(name);

	return len > 0 && len < TGK_NAME_MAX && *name != '.' && *name != '-' &&
	       strspn(name, allowed) == len;
}

const char *store_path(struct arena *a, const char *folder, const char *name)
{
	return arena_printf(a, "%s/%s" SUFFIX, folder, name);
}

/* NULL for files that are no profiles: half-written ones begin with a dot. */
static const char *name_of(struct arena *a, const char *file)
{
	size_t len = strlen(file), tail = strlen(SUFFIX);
	char *name;

	if (len <= tail || strcmp(file + len - tail, SUFFIX) != 0)
		return NULL;
	name = arena_strndup(a, file, len - tail);
	return store_name_valid(name) ? name : NULL;
}

static int by_version(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

int store_list(struct arena *a, const char *folder, const char ***names, size_t *count)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t room = 0;

	*names = NULL;
	*count = 0;
	if (!dir)
		return errno == ENOENT ? 0 : -1;
	while ((entry = readdir(dir))) {
		const char *name = name_of(a, entry->d_name);

		if (!name)
			continue;
		*names = arena_grow(a, *names, *count, &room, sizeof(**names));
		(*names)[(*count)++] = name;
	}
	closedir(dir);
	if (*count)
		qsort(*names, *count, sizeof(**names), by_version);
	return 0;
}

/* ---- by what the user says -------------------------------------------------------------- */

static bool is_profile(const char *path)
{
	struct mapped_file file;
	bool is;

	if (mapped_open(&file, path) < 0)
		return false;
	is = file.bytes.size >= strlen(TGK_MAGIC) &&
	     memcmp(file.bytes.at, TGK_MAGIC, strlen(TGK_MAGIC)) == 0;
	mapped_close(&file);
	return is;
}

static struct profile *find_file(const char *path, char *why, size_t why_size)
{
	return is_profile(path) ? profile_open(path, why, why_size)
				: profile_from_btf(path, why, why_size);
}

static void say_missing(struct arena *a, const char *folder, const char *spec, char *why,
			size_t why_size)
{
	const char **names, *near;
	size_t count;

	store_list(a, folder, &names, &count);
	near = nearest(spec, names, count);
	if (near)
		snprintf(why, why_size,
			 "there is no kernel profile `%s`, and no file of that name; did you mean "
			 "`%s`?",
			 spec, near);
	else
		snprintf(why, why_size,
			 "there is no kernel profile `%s`, and no file of that name; `tgc kernels "
			 "list` shows the profiles, `tgc kernels add` makes one",
			 spec);
}

/* The profile of this name; NULL: the store has none. */
static const char *stored_path(struct arena *a, const char *folder, const char *spec)
{
	const char *path = folder && store_name_valid(spec) ? store_path(a, folder, spec) : NULL;

	return path && access(path, F_OK) == 0 ? path : NULL;
}

static struct profile *find_name(struct arena *a, const char *spec, char *why, size_t why_size)
{
	const char *folder = store_folder(a, why, why_size);
	const char *path = stored_path(a, folder, spec);

	if (path)
		return profile_open(path, why, why_size);
	if (access(spec, F_OK) == 0)
		return find_file(spec, why, why_size);
	if (folder)
		say_missing(a, folder, spec, why, why_size);
	return NULL;
}

struct profile *profile_find(const char *spec, char *why, size_t why_size)
{
	struct arena a = {0};
	struct profile *p;

	if (strchr(spec, '/'))
		return find_file(spec, why, why_size);
	p = find_name(&a, spec, why, why_size);
	arena_free(&a);
	return p;
}

const char *profile_path(struct arena *a, const char *spec)
{
	char why[200];
	const char *path = NULL;

	if (!strchr(spec, '/'))
		path = stored_path(a, store_folder(a, why, sizeof(why)), spec);
	return path ? path : spec;
}
