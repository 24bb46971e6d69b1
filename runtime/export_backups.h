/* SPDX-License-Identifier: Apache-2.0 */
/* The files that an export file has become. */
#ifndef TGRUN_EXPORT_BACKUPS_H
#define TGRUN_EXPORT_BACKUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "/var/log/tetragon.log" becomes "/var/log/tetragon-2026-08-20T12-05-00.123.log". */
void export_backup_name(char *out, size_t size, const char *path, uint64_t wall);

/*
 * Renames the file to a name of its own for this time; 0, or -1 with errno set. No file is ever
 * replaced.
 */
int export_backup_make(const char *path, uint64_t wall);

/*
 * Removes the oldest beyond `most` (0: none), and compresses the others with gzip when asked. To be
 * run in a child: it may take long. 0, or -1 when something could not be done.
 */
int export_backups_tidy(const char *path, uint32_t most, bool compress);

#endif
