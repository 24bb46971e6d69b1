/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file by which `tetra` finds the gRPC service when it is not told its address, and its
 * bugtool the rest: what Tetragon's agent writes at its start.
 */
#ifndef TGRUN_INFO_FILE_H
#define TGRUN_INFO_FILE_H

#include <sys/types.h>

#define INFO_FILE "/var/run/tetragon/tetragon-info.json"

/* Texts that are NULL are "" in the file. */
struct info_facts {
	const char *server_address, *metrics_address, *export_filename;
};

struct info_file {
	const char *path; /* borrowed; NULL: it was not written */
	dev_t device;
	ino_t inode;
};

/*
 * Writes it, with its folder if that is not there. Nothing depends on it: what goes wrong is told,
 * and so is that another process, which still runs, has written it and keeps it.
 */
void info_file_write(struct info_file *f, const char *path, const struct info_facts *facts);
/* If it is still the one that was written, and this process still may. */
void info_file_remove(struct info_file *f);

#endif
