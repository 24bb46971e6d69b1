// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "compiler/base/arena.h"
#include "manifest.h"

/* ---- strings ---- */

static const char *pool(const struct manifest *m)
{
	return m->sections[TG_SEC_STRINGS].entries;
}

static uint32_t append_string(struct manifest *m, const char *s)
{
	struct manifest_table *t = &m->sections[TG_SEC_STRINGS];
	size_t size = strlen(s) + 1, offset = t->count;

	if (t->room - t->count < size) {
		char *moved;

		t->room = 2 * (t->room + size);
		moved = arena_alloc(m->arena, t->room);
		if (t->count)
			memcpy(moved, t->entries, t->count);
		t->entries = moved;
	}
	memcpy((char *)t->entries + offset, s, size);
	t->count += size;
	return (uint32_t)offset;
}

static uint64_t hash_string(const char *s)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3u;
	return hash;
}

/* Where `s` is, or the free place where it belongs. */
static uint32_t *find_interned(const struct manifest *m, const char *s)
{
	size_t mask = m->interned_room - 1, i = hash_string(s) & mask;

	while (m->interned[i] && strcmp(pool(m) + m->interned[i], s) != 0)
		i = (i + 1) & mask;
	return &m->interned[i];
}

static void grow_interned(struct manifest *m)
{
	uint32_t *old = m->interned;
	size_t old_room = m->interned_room;

	m->interned_room = old_room ? 2 * old_room : 64;
	m->interned = arena_array(m->arena, m->interned_room, sizeof(*m->interned));
	for (size_t i = 0; i < old_room; i++)
		if (old[i])
			*find_interned(m, pool(m) + old[i]) = old[i];
}

uint32_t manifest_string(struct manifest *m, const char *s)
{
	uint32_t *place;

	if (!s || !*s)
		return 0;
	if (4 * (m->interned_count + 1) > 3 * m->interned_room)
		grow_interned(m);
	place = find_interned(m, s);
	if (*place)
		return *place;
	m->interned_count++;
	return *place = append_string(m, s);
}

/* ---- entries ---- */

void manifest_init(struct manifest *m, struct arena *arena)
{
	memset(m, 0, sizeof(*m));
	m->arena = arena;
	append_string(m, "");
}

static uint32_t add(struct manifest *m, enum tg_section_kind kind, const void *entry)
{
	struct manifest_table *t = &m->sections[kind];
	size_t size = artifact_entry_size(kind);

	t->entries = arena_grow(m->arena, t->entries, t->count, &t->room, size);
	memcpy((char *)t->entries + t->count * size, entry, size);
	return (uint32_t)t->count++;
}

static struct tg_hook_entry *hook_at(struct manifest *m, uint32_t hook)
{
	struct tg_hook_entry *hooks = m->sections[TG_SEC_HOOKS].entries;

	return &hooks[hook];
}

static struct tg_view_entry *view_at(struct manifest *m, uint32_t view)
{
	struct tg_view_entry *views = m->sections[TG_SEC_VIEWS].entries;

	return &views[view];
}

/* Puts entry `index` into an owner's range. */
static void extend(uint32_t *first, uint32_t *count, uint32_t index)
{
	if (*count == 0)
		*first = index;
	++*count;
}

uint32_t manifest_add_policy(struct manifest *m, const char *name, const char *source,
			     uint32_t line, uint32_t flags)
{
	struct tg_policy_entry entry = {
		.name = manifest_string(m, name),
		.source = manifest_string(m, source),
		.line = line,
		.flags = flags,
	};

	return add(m, TG_SEC_POLICIES, &entry);
}

struct tg_policy_entry *manifest_policy(struct manifest *m, uint32_t policy)
{
	return (struct tg_policy_entry *)m->sections[TG_SEC_POLICIES].entries + policy;
}

struct tg_workload_entry *manifest_add_workload(struct manifest *m, const char *namespace,
						uint32_t flags)
{
	struct tg_workload_entry entry = {
		.flags = flags,
		.namespace = manifest_string(m, namespace),
	};
	uint32_t index = add(m, TG_SEC_WORKLOADS, &entry);

	return (struct tg_workload_entry *)m->sections[TG_SEC_WORKLOADS].entries + index;
}

uint32_t manifest_add_requirement(struct manifest *m, const char *key, enum label_op op)
{
	struct tg_requirement_entry entry = {.key = manifest_string(m, key), .op = op};

	return add(m, TG_SEC_REQUIREMENTS, &entry);
}

void manifest_add_label_value(struct manifest *m, const char *value)
{
	struct tg_label_value_entry entry = {.text = manifest_string(m, value)};
	const struct manifest_table *t = &m->sections[TG_SEC_REQUIREMENTS];
	struct tg_requirement_entry *last =
		(struct tg_requirement_entry *)t->entries + t->count - 1;

	extend(&last->first_value, &last->values, add(m, TG_SEC_LABEL_VALUES, &entry));
}

uint32_t manifest_add_hook(struct manifest *m, enum tg_hook_kind kind, const char *name,
			   const char *subsystem)
{
	struct tg_hook_entry entry = {
		.kind = kind,
		.name = manifest_string(m, name),
		.subsystem = manifest_string(m, subsystem),
	};

	return add(m, TG_SEC_HOOKS, &entry);
}

uint32_t manifest_add_program(struct manifest *m, uint32_t hook, enum tg_attach attach,
			      const char *name, const char *target)
{
	struct tg_program_entry entry = {
		.hook = hook,
		.attach = attach,
		.name = manifest_string(m, name),
		.target = manifest_string(m, target),
	};
	uint32_t index = add(m, TG_SEC_PROGRAMS, &entry);

	if (hook != TG_NO_HOOK)
		extend(&hook_at(m, hook)->first_program, &hook_at(m, hook)->programs, index);
	return index;
}

uint32_t manifest_add_slot(struct manifest *m, uint32_t hook, enum tg_arg_type type,
			   uint32_t position)
{
	struct tg_slot_entry entry = {.type = type, .position = position};
	uint32_t index = add(m, TG_SEC_SLOTS, &entry);

	extend(&hook_at(m, hook)->first_slot, &hook_at(m, hook)->slots, index);
	return index - hook_at(m, hook)->first_slot;
}

uint32_t manifest_add_view(struct manifest *m, uint32_t policy, uint32_t hook, uint64_t selectors,
			   const char *message)
{
	struct tg_view_entry entry = {
		.policy = policy,
		.hook = hook,
		.selectors = selectors,
		.message = manifest_string(m, message),
	};
	uint32_t index = add(m, TG_SEC_VIEWS, &entry);

	extend(&hook_at(m, hook)->first_view, &hook_at(m, hook)->views, index);
	return index;
}

uint32_t manifest_add_view_arg(struct manifest *m, uint32_t view, uint32_t slot, const char *label,
			       uint32_t place)
{
	struct tg_view_arg_entry entry = {
		.slot = slot, .label = manifest_string(m, label), .place = place};
	uint32_t index = add(m, TG_SEC_VIEW_ARGS, &entry);

	extend(&view_at(m, view)->first_arg, &view_at(m, view)->args, index);
	return index;
}

uint32_t manifest_add_target(struct manifest *m, uint32_t hook,
			     const struct manifest_target *target)
{
	struct tg_target_entry entry = {
		.place = target->place,
		.name = manifest_string(m, target->name),
		.path = manifest_string(m, target->path),
		.digests = manifest_string(m, target->digests),
		.offset = target->offset,
		.counter = target->counter,
		.flags = target->flags,
	};
	uint32_t index = add(m, TG_SEC_TARGETS, &entry);

	extend(&hook_at(m, hook)->first_target, &hook_at(m, hook)->targets, index);
	return index;
}

void manifest_join_hooks(struct manifest *m, uint32_t entry, uint32_t at_return)
{
	hook_at(m, entry)->peer = at_return + 1;
	hook_at(m, at_return)->peer = entry + 1;
	hook_at(m, at_return)->flags |= TG_HOOK_AT_RETURN;
}

void manifest_hook_may_miss(struct manifest *m, uint32_t hook)
{
	hook_at(m, hook)->flags |= TG_HOOK_MAY_MISS;
}

uint32_t manifest_add_kernel_name(struct manifest *m, uint32_t hook, const char *name, bool lacks)
{
	struct tg_kernel_name_entry entry = {
		.name = manifest_string(m, name),
		.flags = lacks ? TG_KERNEL_NAME_LACKS : 0,
	};
	uint32_t index = add(m, TG_SEC_KERNEL_NAMES, &entry);

	extend(&hook_at(m, hook)->first_kernel_name, &hook_at(m, hook)->kernel_names, index);
	return index;
}

uint32_t manifest_add_view_data(struct manifest *m, uint32_t view, uint32_t slot, const char *label)
{
	view_at(m, view)->data++;
	return manifest_add_view_arg(m, view, slot, label, 0);
}

uint32_t manifest_add_tag(struct manifest *m, uint32_t view, const char *text)
{
	struct tg_tag_entry entry = {.text = manifest_string(m, text)};
	uint32_t index = add(m, TG_SEC_TAGS, &entry);

	extend(&view_at(m, view)->first_tag, &view_at(m, view)->tags, index);
	return index;
}

uint32_t manifest_add_selector(struct manifest *m, uint32_t hook, uint32_t bit, uint32_t policy,
			       enum tg_action action, uint32_t line)
{
	struct tg_selector_entry entry = {
		.hook = hook,
		.bit = bit,
		.policy = policy,
		.action = action,
		.line = line,
	};

	return add(m, TG_SEC_SELECTORS, &entry);
}

struct tg_selector_entry *manifest_selector(struct manifest *m, uint32_t selector)
{
	return (struct tg_selector_entry *)m->sections[TG_SEC_SELECTORS].entries + selector;
}

uint32_t manifest_add_digest(struct manifest *m, enum tg_digest_kind kind, const char *name,
			     const uint8_t sha256[32])
{
	struct tg_digest_entry entry = {.kind = kind, .name = manifest_string(m, name)};

	memcpy(entry.sha256, sha256, sizeof(entry.sha256));
	return add(m, TG_SEC_DIGESTS, &entry);
}
