/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that processes map. The kernel reads a file's build id only while a perf event asks for
 * it, and hands it to the function that such events come through, where the program of `loader`
 * is; so there is one event a processor, from which nothing is read.
 */
#ifndef TGRUN_MAPPINGS_H
#define TGRUN_MAPPINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mappings {
	int *events; /* owned descriptors */
	size_t count;
};

/* 0, or -1 with errno: no processor has such an event then. Processors that are switched on later
 * have none. */
int mappings_open(struct mappings *m);
void mappings_close(struct mappings *m);

/* ---- each file is reported once for a process --------------------------------------------- */

#define MAPPED_FILES 1024 /* that are remembered; the one that was met longest ago gives way */

struct mapped_file {
	uint32_t pid; /* 0: nothing is here */
	uint32_t size;
	uint64_t used;
	char *path; /* owned; not NUL-terminated */
};

struct mapped {
	struct mapped_file *files; /* owned; NULL until the first one */
	uint64_t clock;
};

/* Whether this process has mapped this file for the first time, as far as that is remembered. True
 * also when memory runs out. */
bool mapped_first(struct mapped *m, uint32_t pid, const char *path, size_t size);
/* The process has ended; its number may be given to another. */
void mapped_forget(struct mapped *m, uint32_t pid);
void mapped_free(struct mapped *m);

#endif
