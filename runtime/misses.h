/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of a hook that its program did not see: while a program runs, the kernel skips it for
 * what interrupts it on the same CPU, and counts that.
 */
#ifndef TGRUN_MISSES_H
#define TGRUN_MISSES_H

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
/* How many so far; 0 also where the kernel does not tell. Needs no privileges. */
uint64_t misses_read(const struct misses *m, size_t hook);
void misses_close(struct misses *m);

/* The count in the text of /proc/PID/fdinfo/FD; 0 without one. */
uint64_t misses_parse(const char *fdinfo);

#endif
