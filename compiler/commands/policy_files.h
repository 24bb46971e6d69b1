/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a user names (files, folders, patterns) to the policy files of a run.
 *
 * A named file is always one. A folder is searched to its depths, without hidden entries and
 * without following links to folders, for *.yaml, *.yml and *.tg; what is found there, or by a
 * pattern, need not hold policies, and is read by yaml_read_found(), which passes over the rest.
 */
#ifndef TGC_POLICY_FILES_H
#define TGC_POLICY_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include "compiler/base/exit.h"

struct arena;
struct diags;

struct policy_file {
	const char *path; /* "-" is standard input */
	bool found;	  /* in a folder or by a pattern, rather than named */
	bool terse;	  /* standard input in the terse language */
};

/* In the order of the names, sorted within each; a file that is there twice comes once. */
struct policy_files {
	struct policy_file *files;
	size_t count, room;
};

struct policy_search {
	const char *const *names; /* files, folders, patterns of glob(7) */
	size_t name_count;
	/* What is not to be found: patterns of fnmatch(3), where `*` matches slashes as well. One
	 * without a slash is compared with the last part of a path, others with the path below
	 * `folder`. NULL: the current folder. */
	const char *const *exclude;
	size_t exclude_count;
	const char *folder;
};

/*
 * Returns EXIT_DONE; EXIT_USAGE when a folder or pattern yields nothing, EXIT_ENVIRONMENT when
 * one cannot be read: with a sentence in `why`. Whether named files exist is not looked at.
 */
enum exit_code policy_files_find(struct arena *a, const struct policy_search *search,
				 struct policy_files *out, char *why, size_t why_size);

/* Whether the name is that of a policy in the terse language. */
bool policy_file_is_terse(const char *path);

#endif
