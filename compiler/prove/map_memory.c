// SPDX-License-Identifier: Apache-2.0
/* The kernel's own sums (map_mem_usage in kernel/bpf), with the sizes of its structures. */
#include <linux/bpf.h>
#include "compiler/base/arena.h"
#include "map_memory.h"

enum {
	PAGE = 4096,
	MAP_HEAD = 264,	 /* struct bpf_array; others are like it */
	HASH_HEAD = 896, /* struct bpf_htab */
	HASH_LOCKS = 8,	 /* counters of each CPU, 4 bytes each */
	BUCKET = 16,
	ELEMENT = 48, /* before the key of a hash */
	NODE = 40,    /* before the key of a trie, or the value of a task */
	STACK_BUCKET = 24,
	RING_HEAD = 3 * PAGE,
};

enum form { FORM_OTHER, FORM_ARRAY, FORM_HASH, FORM_NODES, FORM_RING, FORM_STACKS };

static const struct map_type {
	const char *name;
	enum form form;
	bool per_cpu;
} types[] = {
#define MAP_TYPE(id, name, form, per_cpu) [id] = {name, form, per_cpu},
#include "map-types.def"
#undef MAP_TYPE
};

static struct map_type type_of(uint32_t type)
{
	return type < sizeof(types) / sizeof(types[0]) ? types[type] : (struct map_type){0};
}

const char *map_type_name(struct arena *a, uint32_t type)
{
	const char *name = type_of(type).name;

	return name ? name : arena_printf(a, "type %u", type);
}

static uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

static uint64_t power_of_two(uint32_t value)
{
	uint64_t power = 1;

	while (power < value)
		power *= 2;
	return power;
}

static void array_memory(struct object_map *m, uint32_t cpus)
{
	uint64_t values = m->entries * round_up(m->value_size, 8);

	if (m->per_cpu)
		m->loaded = MAP_HEAD + m->entries * 8ull + values * cpus;
	else if (m->flags & BPF_F_MMAPABLE)
		m->loaded = PAGE + round_up(values, PAGE);
	else
		m->loaded = MAP_HEAD + values;
	m->full = m->loaded;
}

static void hash_memory(struct object_map *m, uint32_t cpus)
{
	uint64_t value = round_up(m->value_size, 8);
	uint64_t element = ELEMENT + round_up(m->key_size, 8) + (m->per_cpu ? 8 : value);
	bool lru = m->type == BPF_MAP_TYPE_LRU_HASH || m->type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
	uint64_t count = m->entries;

	m->loaded = HASH_HEAD + power_of_two(m->entries) * BUCKET + (uint64_t)HASH_LOCKS * 4 * cpus;
	element += m->per_cpu ? value * cpus : 0;
	if (m->flags & BPF_F_NO_PREALLOC) {
		m->full = m->loaded + count * element;
		return;
	}
	if (!m->per_cpu && !lru) {
		count += cpus; /* a spare one for each, for replacing */
		m->loaded += 8ull * cpus;
	}
	m->loaded += count * element;
	m->full = m->loaded;
}

void map_memory(struct object_map *m, uint32_t cpus)
{
	struct map_type type = type_of(m->type);
	uint64_t entries = m->entries, data = (uint64_t)m->key_size + m->value_size;

	m->per_cpu = type.per_cpu;
	m->loaded = MAP_HEAD;
	switch (type.form) {
	case FORM_ARRAY:
		array_memory(m, cpus);
		return;
	case FORM_HASH:
		hash_memory(m, cpus);
		return;
	case FORM_RING:
		m->full = m->loaded = RING_HEAD + round_up(entries, PAGE);
		return;
	case FORM_STACKS:
		m->loaded += entries * (ELEMENT + STACK_BUCKET + m->value_size);
		m->full = m->loaded;
		return;
	case FORM_NODES:
	case FORM_OTHER:
		/* A trie has nodes between as well, one fewer than entries at most. */
		m->full = m->loaded + entries * (NODE + round_up(data, 8)) +
			  (m->type == BPF_MAP_TYPE_LPM_TRIE
				   ? entries * (NODE + round_up(m->key_size, 8))
				   : 0);
		return;
	}
}
