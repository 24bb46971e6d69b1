/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The maps of an object and the memory they take, as its BTF and its data sections tell. The
 * figures are those of Linux 6.12 on a 64-bit machine with pages of 4 KiB (docs/budgets.md);
 * `tgc prove` shows what a kernel says itself.
 */
#ifndef TGC_MAPS_H
#define TGC_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/bytes.h"

struct arena;

struct object_map {
	const char *name;
	uint32_t type; /* enum bpf_map_type */
	uint32_t key_size, value_size, entries, flags;
	bool shared;	 /* tgrun's, for all bundles: takes no memory of its own */
	bool per_cpu;	 /* `value_size` once for each CPU */
	uint64_t loaded; /* bytes once it is made */
	uint64_t full;	 /* bytes when it has all its entries */
};

struct object_maps {
	struct object_map *v; /* in the order of the object */
	size_t count, room;
	uint64_t loaded, full; /* of those that are not shared */
};

/* 0, or -1 with a sentence in `why`. */
int maps_read(struct object_maps *out, struct arena *a, struct bytes object, uint32_t cpus,
	      char *why, size_t why_size);

/* "hash", ...; "type 31" is made in the arena. */
const char *map_type_name(struct arena *a, uint32_t type);

#endif
