/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where addresses of a process lie: in which file, and where in it; and which program it runs, and
 * where. Of another user's process that takes a privilege to read, which tgrun gives up; so a child
 * keeps just that one (CAP_SYS_PTRACE), and does nothing but read /proc/PID/maps for the addresses
 * it is sent, and links of /proc/PID.
 */
#ifndef TGRUN_USER_MAPS_H
#define TGRUN_USER_MAPS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "runtime/procfs.h"

#define USER_FRAMES_MAX 127
#define USER_PATHS_SIZE 16384

struct user_maps {
	int fd; /* of the talk with the child; -1: there is none */
	pid_t child;
};

struct user_place {
	uint64_t offset; /* in the file */
	uint32_t path;	 /* offset in `paths` + 1; 0: the address is in no file */
	uint32_t pad;
};

/* An answer. */
struct user_places {
	struct user_place v[USER_FRAMES_MAX];
	char paths[USER_PATHS_SIZE]; /* NUL-terminated each */
};

/* Starts the child; before privileges are dropped. 0, or -1 with `errno`. */
int user_maps_start(struct user_maps *m, const char *procfs);
/* Looks the addresses up; false when the process is gone or the child does not answer. */
int user_maps_find(struct user_maps *m, uint32_t pid, const uint64_t *addresses, uint32_t count,
		   struct user_places *out);
/* What struct repair asks for; `m`: struct user_maps. */
int user_maps_links(void *m, uint32_t pid, struct procfs_links *out);
void user_maps_stop(struct user_maps *m);

/* What the child does with one map, "/proc/PID/maps" as text. */
void user_maps_read_line(const char *line, const uint64_t *addresses, uint32_t count,
			 struct user_places *out, size_t *used);

#endif
