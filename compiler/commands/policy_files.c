// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "policy_files.h"

struct finder {
	struct arena *arena;
	const struct policy_search *search;
	struct policy_files *out;
	char *why;
	size_t why_size;
};

static enum exit_code fail(struct finder *f, enum exit_code code, const char *what,
			   const char *reason)
{
	snprintf(f->why, f->why_size, "%s: %s", what, reason);
	return code;
}

static bool ends_with(const char *path, const char *suffix)
{
	size_t len = strlen(path), end = strlen(suffix);

	return len > end && !strcmp(path + len - end, suffix);
}

bool policy_file_is_terse(const char *path)
{
	return ends_with(path, ".tg");
}

static bool is_policy_name(const char *path)
{
	return ends_with(path, ".yaml") || ends_with(path, ".yml") || policy_file_is_terse(path);
}

/* The part of `path` below the folder that patterns are relative to. */
static const char *below(const char *folder, const char *path)
{
	size_t len = folder ? strlen(folder) : 0;

	while (!strncmp(path, "./", 2))
		path += 2;
	if (len && !strncmp(path, folder, len) && path[len] == '/')
		path += len + 1;
	return path;
}

static bool is_excluded(const struct finder *f, const char *path)
{
	const struct policy_search *s = f->search;
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < s->exclude_count; i++) {
		const char *pattern = s->exclude[i];
		bool whole = strchr(pattern, '/');

		if (!fnmatch(pattern, whole ? below(s->folder, path) : slash ? slash + 1 : path, 0))
			return true;
	}
	return false;
}

static void add(struct finder *f, const char *path, bool found)
{
	struct policy_files *out = f->out;

	out->files = arena_grow(f->arena, out->files, out->count, &out->room, sizeof(*out->files));
	out->files[out->count++] = (struct policy_file){
		.path = arena_strndup(f->arena, path, strlen(path)), .found = found};
}

/* ---- folders --------------------------------------------------------------------------- */

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_regular(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

static enum exit_code visit(struct finder *f, FTS *tree, FTSENT *e)
{
	bool hidden = e->fts_level > 0 && e->fts_name[0] == '.';

	switch (e->fts_info) {
	case FTS_D:
		if (hidden || (e->fts_level > 0 && is_excluded(f, e->fts_path)))
			fts_set(tree, e, FTS_SKIP);
		return EXIT_DONE;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return fail(f, EXIT_ENVIRONMENT, e->fts_path, strerror(e->fts_errno));
	case FTS_F:
	case FTS_SL:
		if (!hidden && is_policy_name(e->fts_name) && !is_excluded(f, e->fts_path) &&
		    (e->fts_info == FTS_F || is_regular(e->fts_path)))
			add(f, e->fts_path, true);
		return EXIT_DONE;
	default: /* links to nothing, devices, folders on the way back */
		return EXIT_DONE;
	}
}

/* NULL at the end, with errno 0, or not. */
static FTSENT *next_entry(FTS *tree)
{
	errno = 0;
	return fts_read(tree);
}

static enum exit_code search_folder(struct finder *f, const char *folder)
{
	char *path = arena_strndup(f->arena, folder, strlen(folder));
	char *const roots[] = {path, NULL};
	enum exit_code code = EXIT_DONE;
	FTSENT *e;
	FTS *tree;

	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	if (!tree)
		return fail(f, EXIT_ENVIRONMENT, folder, strerror(errno));
	while (code == EXIT_DONE && (e = next_entry(tree)))
		code = visit(f, tree, e);
	if (code == EXIT_DONE && errno)
		code = fail(f, EXIT_ENVIRONMENT, folder, strerror(errno));
	fts_close(tree);
	return code;
}

/* ---- names ----------------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static enum exit_code search_pattern(struct finder *f, const char *pattern)
{
	enum exit_code code = EXIT_DONE;
	glob_t found;
	int error = glob(pattern, 0, NULL, &found);

	if (error == GLOB_NOMATCH)
		return EXIT_DONE; /* nothing, which is reported for folders as well */
	if (error)
		return fail(f, EXIT_ENVIRONMENT, pattern, "the search failed");
	for (size_t i = 0; i < found.gl_pathc && code == EXIT_DONE; i++) {
		const char *path = found.gl_pathv[i];

		if (is_excluded(f, path))
			continue;
		if (is_folder(path))
			code = search_folder(f, path);
		else if (is_regular(path))
			add(f, path, true);
	}
	globfree(&found);
	return code;
}

static bool exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static enum exit_code find_name(struct finder *f, const char *name)
{
	size_t before = f->out->count;
	enum exit_code code;

	if (is_folder(name)) {
		code = search_folder(f, name);
	} else if (strpbrk(name, "*?[") && !exists(name)) {
		code = search_pattern(f, name);
	} else {
		add(f, name, false);
		return EXIT_DONE;
	}
	if (code == EXIT_DONE && f->out->count == before)
		return fail(f, EXIT_USAGE, name, "there is no policy file here");
	return code;
}

/* ---- the same file twice --------------------------------------------------------------- */

struct identity {
	dev_t device;
	ino_t inode;
	size_t at; /* index into the files */
};

static int by_identity(const void *left, const void *right)
{
	const struct identity *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* Keeps the first of each; it counts as named if one of them is. */
static void drop_repeated(struct finder *f)
{
	struct policy_files *out = f->out;
	struct identity *all = arena_array(f->arena, out->count, sizeof(*all));
	bool *drop = arena_array(f->arena, out->count, sizeof(*drop));
	size_t count = 0, kept = 0;
	struct stat st;

	for (size_t i = 0; i < out->count; i++)
		if (!stat(out->files[i].path, &st) && S_ISREG(st.st_mode))
			all[count++] = (struct identity){st.st_dev, st.st_ino, i};
	if (count)
		qsort(all, count, sizeof(*all), by_identity);
	for (size_t i = 1, first = 0; i < count; i++) {
		if (all[i].device != all[first].device || all[i].inode != all[first].inode) {
			first = i;
			continue;
		}
		drop[all[i].at] = true;
		out->files[all[first].at].found &= out->files[all[i].at].found;
	}
	for (size_t i = 0; i < out->count; i++)
		if (!drop[i])
			out->files[kept++] = out->files[i];
	out->count = kept;
}

enum exit_code policy_files_find(struct arena *a, const struct policy_search *search,
				 struct policy_files *out, char *why, size_t why_size)
{
	struct finder f = {
		.arena = a, .search = search, .out = out, .why = why, .why_size = why_size};

	for (size_t i = 0; i < search->name_count; i++) {
		enum exit_code code = find_name(&f, search->names[i]);

		if (code != EXIT_DONE)
			return code;
	}
	drop_repeated(&f);
	return EXIT_DONE;
}
