/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle's programs into the kernel, all or nothing. Of each hook's variants the first one
 * is used that this kernel loads and attaches.
 */
#ifndef TGRUN_LOAD_H
#define TGRUN_LOAD_H

#include "runtime/artifact.h"
#include "runtime/base.h"
#include "runtime/buffer.h"
#include "runtime/misses.h"
#include "runtime/modes.h"
#include "runtime/targets.h"

struct bpf_object;

struct loaded {
	struct links links;
	struct counters lost;	   /* by policy; .fd is -1 when the bundle has none */
	struct counters held;	   /* by rate limits; likewise */
	struct counters missed;	   /* notifications that no enforcer acted on; likewise */
	struct counters forgotten; /* sockets that had too many others beside them; likewise */
	struct misses misses;	   /* by hook */
	struct buffer notes;	   /* lines: hooks that do not use their first variant, and why */
	struct targets targets;
};

#define LOADED_NOTHING                                                                             \
	((struct loaded){.lost = {.fd = -1},                                                       \
			 .held = {.fd = -1},                                                       \
			 .missed = {.fd = -1},                                                     \
			 .forgotten = {.fd = -1}})

/* `modes` are those of the policies; they are the kernel's from before anything is attached. */
int load_bundle(struct loaded *out, const struct artifact *a, const struct base *base,
		struct features *f, struct modes *modes, struct failure *why);
void load_undo(struct loaded *l);

/* The bundle's object, with tgrun's maps in place of its own and no program to be loaded yet. NULL
 * with errno. */
struct bpf_object *load_open(const struct artifact *a, const struct base *base, struct features *f);
/* Why this kernel cannot take such a program, known without trying; NULL: it may. */
const char *load_impossible(const struct artifact *a, const struct tg_program_entry *p,
			    struct features *f);

/*
 * Whether an error says nothing about what this kernel can do, so that it must not make a
 * bundle fall back to another variant. `stage`: TGRUN_LOAD or TGRUN_ATTACH.
 */
bool load_error_is_passing(enum tgrun_exit stage, int error);

#endif
