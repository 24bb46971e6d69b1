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
#include "runtime/keep.h"
#include "runtime/mappings.h"
#include "runtime/misses.h"
#include "runtime/modes.h"
#include "runtime/targets.h"
#include "runtime/workloads.h"

struct bpf_object;
struct bpf_program;
struct load_maps;

struct loaded {
	struct links links;
	struct counters lost;	   /* by policy; .fd is -1 when the bundle has none */
	struct counters held;	   /* by rate limits; likewise */
	struct counters missed;	   /* notifications that no enforcer acted on; likewise */
	struct counters forgotten; /* sockets that had too many others beside them; likewise */
	struct counters unchanged; /* changes of user programs that failed; likewise */
	struct misses misses;	   /* by hook, then by program: those of no hook */
	struct buffer notes;	   /* lines: hooks that do not use their first variant, and why */
	struct targets targets;
	struct mappings mappings; /* none without `loader` */
	uint64_t memory;	  /* bytes of its own programs and maps in the kernel */
	struct keep_set *kept;	  /* that it is, or NULL; see keep.h */
};

#define LOADED_NOTHING                                                                             \
	((struct loaded){.lost = {.fd = -1},                                                       \
			 .held = {.fd = -1},                                                       \
			 .missed = {.fd = -1},                                                     \
			 .forgotten = {.fd = -1},                                                  \
			 .unchanged = {.fd = -1}})

/*
 * What can change while programs run; it is the kernel's from before anything is attached. With
 * `share` somebody else does that: it is told of the maps, and nothing is attached until
 * it has returned 0; the rest is not looked at then.
 */
struct load_dynamic {
	struct modes *modes;
	struct workload_rules *rules;
	struct workloads *workloads;
	int (*share)(void *state, const struct load_maps *maps, const struct loaded *loaded);
	void *state;
	struct keep *keep; /* what is loaded outlives tgrun; NULL: it does not */
};

int load_bundle(struct loaded *out, const struct artifact *a, const struct base *base,
		struct features *f, const struct load_dynamic *dynamic, struct failure *why);
/* Detaches it, and keeps it no longer. */
void load_undo(struct loaded *l);
/* What is kept is not this process's any more, but stays attached. */
void load_leave(struct loaded *l);
/* After a failure: what was taken over stays as it was, and what is new is undone. */
void load_give_up(struct loaded *l);

/* The bundle's object, with tgrun's maps in place of its own and no program to be loaded yet. NULL
 * with errno. */
struct bpf_object *load_open(const struct artifact *a, const struct base *base, struct features *f);
/* Whether a map of this name is tgrun's own, the same for all bundles. */
bool load_shares_map(const char *name);
/* Why this kernel cannot take such a program, known without trying; NULL: it may. */
const char *load_impossible(const struct artifact *a, const struct tg_program_entry *p,
			    struct features *f);

/* What targets.h does not look at: hooks that are known by type information or in tracefs,
 * and those that only newer kernels can have at all. */
bool load_lacks_hook(const struct artifact *a, uint32_t hook, struct features *f);
/* Whether it is attached to many functions at once. */
bool load_is_multi(const struct tg_program_entry *p);
/* Has the program loaded, in the way that the entry is attached. 0, or negative. */
int load_enable(struct bpf_program *program, const struct tg_program_entry *entry);

/*
 * Whether an error says nothing about what this kernel can do, so that it must not make a
 * bundle fall back to another variant. `stage`: TGRUN_LOAD or TGRUN_ATTACH.
 */
bool load_error_is_passing(enum tgrun_exit stage, int error);

/* The counters of lost events, in the map of modes (tg_hook.h); takes over `fd`. Without `info` the
 * map is looked at. */
struct bpf_map_info;
int load_open_losses(struct counters *out, const struct artifact *a, int fd,
		     const struct bpf_map_info *info);

#endif
