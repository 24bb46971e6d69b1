/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the running kernel by name: of those that a bundle asks for, which are there. */
#ifndef TGRUN_KSYMS_H
#define TGRUN_KSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct ksym {
	const char *name; /* borrowed */
	uint64_t address; /* 0: the kernel hides it */
	bool found;
	bool traceable; /* as tracefs says; true where it does not */
};

struct ksyms {
	struct ksym *v; /* by name, each once */
	size_t count, room;
};

/* Asks for a name. -1 when memory runs out. */
int ksyms_want(struct ksyms *k, const char *name);
/* Looks all of them up. -1 with errno when the kernel's list cannot be read. */
int ksyms_read(struct ksyms *k);
/* After that; NULL: it was not asked for. */
const struct ksym *ksyms_find(const struct ksyms *k, const char *name);
void ksyms_free(struct ksyms *k);

/* The parts of ksyms_read(), for files of these forms: "ffffffff81000000 T name", and "name" or
 * "name [module]". */
void ksyms_take_addresses(struct ksyms *k, FILE *kallsyms);
void ksyms_take_traceable(struct ksyms *k, FILE *functions);

#endif
