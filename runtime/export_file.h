/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The export file and the files it becomes: when it would grow past a size, or is older than an
 * interval, it is renamed to NAME-TIME.EXT and a new one is opened. A child compresses and removes
 * old ones, so that no event waits for that.
 */
#ifndef TGRUN_EXPORT_FILE_H
#define TGRUN_EXPORT_FILE_H

#include <sys/types.h>
#include "runtime/delivery.h"
#include "runtime/line_writer.h"

struct export_file_options {
	const char *path;
	uint64_t max_size;    /* bytes */
	uint32_t max_backups; /* rotated files that are kept; 0 all */
	uint64_t interval;    /* nanoseconds; 0 none */
	bool compress;	      /* rotated files, with gzip */
	mode_t mode;	      /* of new files */
};

struct export_file {
	struct export_file_options options; /* may be changed between writes */
	struct delivery delivery;
	uint64_t old_size;     /* of the file when it was opened */
	uint64_t opened;       /* boot-time clock, nanoseconds */
	uint64_t failed_until; /* no rotation before this time, after one failed; 0 */
	uint64_t rotations;
	pid_t mill; /* the child, 0 none */
	bool mill_again;
};

/* `stop_fd` as of output_init(). 0, or -1 with `why`. */
int export_file_open(struct export_file *f, const struct export_file_options *options, int stop_fd,
		     struct failure *why);
struct line_writer export_file_writer(struct export_file *f);

/* Rotates now, whatever its size. 0, or -1 when that fails. */
int export_file_rotate(struct export_file *f);

#endif
