/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's functions by address, from /proc/kallsyms. Read with privileges, and after all
 * programs are loaded, which are listed there too; kept for stack traces only.
 */
#ifndef TGRUN_KALLSYMS_H
#define TGRUN_KALLSYMS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct kallsym {
	uint64_t address;
	uint32_t name; /* offset into `names` */
};

struct kallsyms {
	struct kallsym *v; /* by rising address */
	size_t count, room;
	char *names;
	size_t names_size, names_room;
};

/* 0, or -1: `errno`, or EPERM when the kernel hides the addresses. */
int kallsyms_read(struct kallsyms *k, FILE *from);
/* The function that holds the address, and how far in; NULL: none does. */
const char *kallsyms_find(const struct kallsyms *k, uint64_t address, uint64_t *offset);
void kallsyms_free(struct kallsyms *k);

#endif
