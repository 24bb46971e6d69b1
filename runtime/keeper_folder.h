/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of bundles: which of its files are bundles, whether they may be read, and which of
 * them have changed. A file counts once it is whole: when it was renamed into the folder, or when
 * whoever wrote it has closed it.
 */
#ifndef TGRUN_KEEPER_FOLDER_H
#define TGRUN_KEEPER_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define FOLDER_SUFFIX ".tgb"
#define FOLDER_NAMES_MAX                                                                           \
	256 /* that are looked at together; more are a look at the whole folder                    \
	     */

struct folder_names {
	char v[FOLDER_NAMES_MAX][NAME_MAX + 1]; /* each once */
	size_t count;
	bool all;  /* events were lost, or there are too many names: look at everything */
	bool gone; /* the folder itself is */
};

/* What tells a file from what was there before under its name. */
struct folder_identity {
	uint64_t device, inode, size;
	struct timespec modified, changed;
};

/* Whether a file of this name is a bundle: NAME.tgb, not hidden. */
bool folder_is_bundle(const char *name);
void folder_names_add(struct folder_names *n, const char *name);

/* Watches the folder; the descriptor, or -1 with errno. */
int folder_watch(const char *path);
/* Reads what is there of events; names are added. */
void folder_read_events(int fd, struct folder_names *n);
/* Adds all bundles of the folder, by name. 0, or -1 with errno. */
int folder_list(const char *path, struct folder_names *n);

struct folder_identity folder_identity(const struct stat *st);
bool folder_identity_equal(const struct folder_identity *a, const struct folder_identity *b);

/*
 * Whether only root (or who runs this) can change the folder or file: owner and mode. NULL, or
 * what to do about it.
 */
const char *folder_distrust(const struct stat *st);

#endif
