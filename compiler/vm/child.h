/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes of the harness: apt, dpkg-deb, qemu, and the programs under test. */
#ifndef TGC_VM_CHILD_H
#define TGC_VM_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Descriptors for the child's 0, 1, 2; -1 means /dev/null. The caller keeps and closes them. */
struct child_io {
	int in, out, err;
	const char *cwd;	/* NULL: the caller's */
	const char *const *env; /* NULL: the caller's */
};

/* Starts argv[0] (searched in PATH). The child dies with its parent. Returns its pid, or -1
 * with errno of the failing call, exec included. */
pid_t child_start(const char *const argv[], const struct child_io *io);

/* Waits; the exit status as a shell gives it (128 + signal when killed), or -1. */
int child_wait(pid_t pid);

/* Runs to the end with no input; at most `size - 1` last bytes of stdout and stderr together
 * land in `text`. Returns the status, 127 when it could not be started. */
int child_run(const char *const argv[], const char *cwd, char *text, size_t size);

/* The same with all of stdout in `*out` (malloc'ed, NUL-terminated; the caller frees it). */
int child_capture(const char *const argv[], const char *cwd, char **out);

#endif
