/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that probes go into, opened once: what is compared with a digest is what is attached to,
 * whatever the path names by then.
 */
#ifndef TGRUN_USERFILE_H
#define TGRUN_USERFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum userfile_verdict {
	USERFILE_SAME,
	USERFILE_DIFFERS,
	USERFILE_FAILED, /* it cannot be read */
};

/* The descriptor, or -1 with a sentence. */
int userfile_open(const char *path, char *why, size_t why_size);
/*
 * Is the file one of those that `digests` name, as `<algorithm>:<hex>` with blanks between? No
 * digest: it is. Otherwise `why` says what is wrong.
 */
enum userfile_verdict userfile_check(int fd, const char *digests, char *why, size_t why_size);
/* The file offset of a virtual address; false: no executable segment has it. */
bool userfile_offset(int fd, uint64_t address, uint64_t *offset);

#endif
