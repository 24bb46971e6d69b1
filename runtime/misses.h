/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of a hook that its program did not see: while a program runs, the kernel skips it for
 * what interrupts it on the same CPU, and counts that.
 */
#ifndef TGRUN_MISSES_H
#define TGRUN_MISSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One program for each hook; owned descriptors, -1 none. */
struct misses {
	int *programs;
	size_t count;
};

/* 0, or -1 when memory runs out. */
int misses_open(struct misses *m, size_t hooks);
/* Keeps a duplicate of `program`. 0, or -1 with errno set. */
int misses_watch(struct misses *m, size_t hook, int program);
static inline bool misses_watched(const struct misses *m, size_t hook)
{
	return hook < m->count && m->programs[hook] >= 0;
}
/* What the kernel tells of a program; 0 where it does not. Needs no privileges. */
struct program_counts {
	uint64_t misses; /* calls that it did not see */
	/* While the kernel measures (sysctl kernel.bpf_stats_enabled): */
	uint64_t runs, nanoseconds;
};
struct program_counts misses_counts(const struct misses *m, size_t hook);
uint64_t misses_read(const struct misses *m, size_t hook); /* .misses */
void misses_close(struct misses *m);

/* The counts in the text of /proc/PID/fdinfo/FD. */
struct program_counts misses_parse(const char *fdinfo);

#endif
