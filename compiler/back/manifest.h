/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sections of a bundle while they are being made (runtime/artifact.h has their entries and
 * rules). Filled by the plan, packed by pack_payload(); everything lives in the arena.
 *
 * Entries are added hook by hook: all programs of one hook before those of the next, and so
 * with its slots, views and selectors (bits rising), and with the arguments and tags of a view.
 * The ranges of hooks and views follow from that; pack_payload() refuses any other order.
 */
#ifndef TGC_MANIFEST_H
#define TGC_MANIFEST_H

#include <stddef.h>
#include <stdint.h>
#include "runtime/artifact.h"
#include "runtime/labels.h"

struct arena;

struct manifest_table {
	void *entries; /* artifact_entry_size() bytes each */
	size_t count, room;
};

struct manifest {
	struct arena *arena;			      /* borrowed */
	struct manifest_table sections[TG_SEC_COUNT]; /* by kind; OBJECT stays empty */
	uint32_t *interned; /* hash table of string offsets, 0 free; a power of two */
	size_t interned_room, interned_count;
};

struct manifest_target { /* struct tg_target_entry with its strings; NULL: none */
	enum tg_place place;
	const char *name, *path, *digests;
	uint64_t offset, counter;
	uint32_t flags;
};

void manifest_init(struct manifest *m, struct arena *arena);

/* The offset of a string, the same for equal ones; 0 for NULL and "". */
uint32_t manifest_string(struct manifest *m, const char *s);

/* Each returns the index of the new entry. */
uint32_t manifest_add_policy(struct manifest *m, const char *name, const char *source,
			     uint32_t line, uint32_t flags);
/* To be filled in: what it is for. */
struct tg_policy_entry *manifest_policy(struct manifest *m, uint32_t policy);
/* After all policies; the requirements of each before those of the next. */
struct tg_workload_entry *manifest_add_workload(struct manifest *m, const char *namespace,
						uint32_t flags);
uint32_t manifest_add_requirement(struct manifest *m, const char *key, enum label_op op);
/* Of the last requirement. */
void manifest_add_label_value(struct manifest *m, const char *value);
uint32_t manifest_add_hook(struct manifest *m, enum tg_hook_kind kind, const char *name,
			   const char *subsystem);
uint32_t manifest_add_program(struct manifest *m, uint32_t hook, enum tg_attach attach,
			      const char *name, const char *target);
uint32_t manifest_add_view(struct manifest *m, uint32_t policy, uint32_t hook, uint64_t selectors,
			   const char *message);
uint32_t manifest_add_view_arg(struct manifest *m, uint32_t view, uint32_t slot, const char *label,
			       uint32_t place);
uint32_t manifest_add_target(struct manifest *m, uint32_t hook,
			     const struct manifest_target *target);
/* Makes two hooks that were added the halves of one. */
void manifest_join_hooks(struct manifest *m, uint32_t entry, uint32_t at_return);
void manifest_hook_may_miss(struct manifest *m, uint32_t hook);
/* The hook is only for kernels that have a function, record or member of this name, or lack it. */
uint32_t manifest_add_kernel_name(struct manifest *m, uint32_t hook, const char *name, bool lacks);
/* The same for `data`, after all arguments. */
uint32_t manifest_add_view_data(struct manifest *m, uint32_t view, uint32_t slot,
				const char *label);
uint32_t manifest_add_tag(struct manifest *m, uint32_t view, const char *text);
uint32_t manifest_add_selector(struct manifest *m, uint32_t hook, uint32_t bit, uint32_t policy,
			       enum tg_action action, uint32_t line);
/* To set its flags. */
struct tg_selector_entry *manifest_selector(struct manifest *m, uint32_t selector);
uint32_t manifest_add_digest(struct manifest *m, enum tg_digest_kind kind, const char *name,
			     const uint8_t sha256[32]);
/* This one returns the index among its hook's slots, which is what view arguments want. */
uint32_t manifest_add_slot(struct manifest *m, uint32_t hook, enum tg_arg_type type,
			   uint32_t position);

#endif
