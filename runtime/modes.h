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

struct policy_mode {
	uint8_t is;	/* enum tg_policy_mode */
	uint8_t resume; /* the same, once it is no longer off; never TG_MODE_OFF */
	bool elsewhere; /* off because it is for other nodes */
	bool chosen;	/* the mode, by somebody while it was loaded */
	bool switched;	/* off or on, likewise */
	bool removed;	/* off for good, and not to be shown any more */
};

struct modes {
	struct policy_mode *policies;	/* owned */
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
