/* SPDX-License-Identifier: Apache-2.0 */
/* The programs in a BPF object and their sizes. Made by object_read(), in the arena. */
#ifndef TGC_OBJECT_INFO_H
#define TGC_OBJECT_INFO_H

#include "runtime/bytes.h"

struct arena;

struct object_program {
	const char *name;
	const char *section;
	uint32_t instructions; /* 8 bytes each, so a wide load counts two */
};

struct object_info {
	struct object_program *programs; /* by name */
	size_t count, room;
};

/* Returns 0, or -1 when the bytes are not an ELF file with a usable symbol table. */
int object_read(struct object_info *out, struct arena *arena, struct bytes object);

/* NULL when there is none of that name. */
const struct object_program *object_find(const struct object_info *info, const char *name);

#endif
