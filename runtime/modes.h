/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modes of a bundle's policies: whether they enforce, only report, or do nothing. The kernel has
 * them as bits of selectors (struct tg_mode), in memory that stays mapped: a mode can be changed
 * while the programs run, and without privileges.
 */
#ifndef TGRUN_MODES_H
#define TGRUN_MODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/artifact.h"
#include "runtime/buffer.h"

enum tg_policy_mode {
	TG_MODE_ENFORCE,
	TG_MODE_MONITOR,      /* what would be done is reported */
	TG_MODE_MONITOR_ONLY, /* the same, for good: no action of the policy enforces */
	TG_MODE_OFF,
};

struct bpf_map_info;
struct tg_mode;

/* Also as it lies in a map that outlives tgrun (modes_keep); 1 or 0 where a bit would do. */
struct policy_mode {
	uint64_t name;	   /* a hash of the policy's; 0: no policy */
	uint8_t is;	   /* enum tg_policy_mode */
	uint8_t resume;	   /* the same, once it is no longer off; never TG_MODE_OFF */
	uint8_t elsewhere; /* off because it is for other nodes */
	uint8_t chosen;	   /* the mode, by somebody while it was loaded */
	uint8_t switched;  /* off or on, likewise */
	uint8_t removed;   /* off for good, and not to be shown any more */
	uint8_t pad[2];
};

struct modes {
	struct policy_mode *policies;	/* owned */
	size_t kept_size;		/* bytes, when they lie in a map; else 0 */
	volatile struct tg_mode *hooks; /* the kernel's; NULL before modes_map() */
	size_t mapped_size;
};

/* Those that the bundle asks for. 0, or -1 when memory runs out. */
int modes_init(struct modes *m, const struct artifact *a);
/* Takes the descriptor of the loaded map, and writes what was set so far. 0, or -1. */
int modes_map(struct modes *m, const struct artifact *a, int fd);
/* The same of a map that somebody has looked at who may. */
int modes_map_as(struct modes *m, const struct artifact *a, int fd,
		 const struct bpf_map_info *info);
/*
 * From now on the policies' modes lie in this map, an array that can be mapped, for the next tgrun;
 * it takes the descriptor. What was chosen for policies before counts, if the map says so; it is
 * looked at as hostile bytes. To be called before modes_map(). `info`: as with modes_map_as(), or
 * NULL. 0, or -1 with errno.
 */
int modes_keep(struct modes *m, const struct artifact *a, int fd, const struct bpf_map_info *info);
/* What was chosen for policies of these names in a bundle that this one replaces. */
void modes_inherit(struct modes *m, const struct artifact *a, const struct modes *from,
		   const struct artifact *old);
/* -1: the policy has nothing to enforce. */
int modes_set(struct modes *m, const struct artifact *a, uint32_t policy, enum tg_policy_mode mode);
/* Back to the mode that it had before it was off; nothing when it is not off. */
void modes_resume(struct modes *m, const struct artifact *a, uint32_t policy);
/* What it will be in when it is no longer off; at once when it is not. -1 as above. */
int modes_choose(struct modes *m, const struct artifact *a, uint32_t policy,
		 enum tg_policy_mode mode);
enum tg_policy_mode modes_get(const struct modes *m, uint32_t policy);
/* A line for each policy that does less than it says. */
void modes_note(const struct modes *m, const struct artifact *a, struct buffer *out);
void modes_free(struct modes *m);

#endif
