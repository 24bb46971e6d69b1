/* SPDX-License-Identifier: Apache-2.0 */
/* The maps of a bundle that user space reads or writes, however they come: of an object that was
 * loaded just now, or of a set that was kept (keep.h). */
#ifndef TGRUN_LOAD_MAPS_H
#define TGRUN_LOAD_MAPS_H

#include "runtime/artifact.h"
#include "runtime/failure.h"
#include "runtime/keep.h"

struct bpf_object;
struct bpf_map_info;
struct counters;
struct loaded;
struct load_dynamic;

enum load_map {
	LOAD_MAP_MODES, /* and losses, behind them */
	LOAD_MAP_WORKLOADS,
	LOAD_MAP_WORKLOAD_TABLES,
	LOAD_MAP_HELD,
	LOAD_MAP_MISSED,
	LOAD_MAP_FORGOTTEN,
	LOAD_MAP_UNCHANGED,
	LOAD_MAP_KEPT, /* modes that outlive tgrun; of no object */
	LOAD_MAP_COUNT,
};

extern const char *const load_map_names[LOAD_MAP_COUNT];

struct load_maps {
	int fds[LOAD_MAP_COUNT]; /* owned; -1: the bundle has none */
};

#define LOAD_MAPS_NONE ((struct load_maps){{-1, -1, -1, -1, -1, -1, -1, -1}})

/* 0, or -1 with errno. */
int load_maps_of_object(struct load_maps *m, const struct bpf_object *object);
int load_maps_of_set(struct load_maps *m, const struct keep_set *s);
/*
 * Makes LOAD_MAP_KEPT: for this bundle's policies, and with what was chosen for those of the set
 * `before`, which may be NULL.
 */
int load_maps_add_kept(struct load_maps *m, const struct artifact *a,
		       const struct keep_set *before);
void load_maps_close(struct load_maps *m);

/* Opens the counters in them. 0, or -1 with what is wrong in `what`. */
int load_maps_count(const struct load_maps *m, const struct artifact *a, struct loaded *out,
		    const char **what);
/* Writes modes and workloads into them, or has that done. 0, or -1 as above. */
int load_maps_fill(const struct load_maps *m, const struct artifact *a, const struct loaded *out,
		   const struct load_dynamic *d, enum tgrun_exit *code, const char **what);

#endif
