/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel tells of programs and maps by their descriptors; it needs no privileges. */
#ifndef TGRUN_FDINFO_H
#define TGRUN_FDINFO_H

#include <stddef.h>
#include <stdint.h>

#define FDINFO_MAX 2048

/* The text of /proc/self/fdinfo/FD; "" when it cannot be read. */
void fdinfo_read(int fd, char text[FDINFO_MAX]);
/* The number in the line "NAME:\tNUMBER" of such a text; 0 without one. */
uint64_t fdinfo_number(const char *text, const char *name);

/* Bytes that the kernel counts for a program or map. */
uint64_t fdinfo_memory(int fd);

#endif
