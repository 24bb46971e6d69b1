/* SPDX-License-Identifier: Apache-2.0 */
/* A whole regular file as bytes: mapped, or read where the file system cannot map it (sysfs). */
#ifndef TGC_MAPPED_FILE_H
#define TGC_MAPPED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include "runtime/bytes.h"

struct mapped_file {
	struct bytes bytes; /* aligned for any type; valid until mapped_close() */
	bool is_mapped;
};

/* 0, or -1 with errno: EINVAL when it is not a regular file. An empty file has no bytes. */
int mapped_open(struct mapped_file *m, const char *path);
void mapped_close(struct mapped_file *m);

#endif
