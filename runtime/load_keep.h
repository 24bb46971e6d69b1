/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles that outlive tgrun (keep.h): taking them over, and leaving them. */
#ifndef TGRUN_LOAD_KEEP_H
#define TGRUN_LOAD_KEEP_H

#include "runtime/load.h"
#include "runtime/load_maps.h"

/* Of the signed bytes, of what this node has of their targets, and of the maps that all share. 0,
 * or -1. */
int load_keep_id(struct keep_id *out, const struct artifact *a, const struct base *base,
		 const struct targets *t);
/*
 * Takes over a set instead of loading; `out` has targets only. It goes on as it was: not for a
 * moment it is not in force. -1: what is in `why` if `refused`, else the set is unfit and only good
 * for being replaced.
 */
int load_keep_take(struct loaded *out, const struct artifact *a, struct keep_set *s,
		   const struct load_dynamic *dynamic, bool *refused, struct failure *why);
/* Pins what is left to pin of what is attached now. 0, or -1 with errno. */
int load_keep_commit(struct loaded *out, const struct artifact *a, const struct bpf_object *object,
		     const struct load_maps *maps, struct keep *k, const struct keep_id *id);

#endif
