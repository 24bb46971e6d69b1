// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include "compiler/base/arena.h"
#include "jit_table.h"

#define ENTRIES 64
#define KEY_MAX 64

struct jit_table {
	int map;
	unsigned key_size, value_size, count;
	unsigned char *keys, *values;
};

struct jit_table *jit_table_open(struct arena *a, int map)
{
	struct bpf_map_info info = {0};
	__u32 size = sizeof(info);
	struct jit_table *t;

	if (map < 0 || bpf_obj_get_info_by_fd(map, &info, &size) || info.key_size > KEY_MAX)
		return NULL;
	t = arena_alloc(a, sizeof(*t));
	*t = (struct jit_table){
		.map = map, .key_size = info.key_size, .value_size = info.value_size};
	t->keys = arena_alloc(a, ENTRIES * (size_t)t->key_size);
	t->values = arena_alloc(a, ENTRIES * (size_t)t->value_size);
	return t;
}

void jit_table_keep(struct jit_table *t)
{
	unsigned char *last = NULL, *key = t->keys;

	for (t->count = 0; !bpf_map_get_next_key(t->map, last, key); t->count++) {
		if (t->count + 1 == ENTRIES) {
			printf("a table has more than %d entries\n", ENTRIES - 1);
			exit(3);
		}
		bpf_map_lookup_elem(t->map, key, t->values + t->count * t->value_size);
		last = key;
		key += t->key_size;
	}
}

void jit_table_restore(struct jit_table *t, bool empty)
{
	unsigned char key[KEY_MAX];

	if (empty)
		t->count = 0;
	while (!bpf_map_get_next_key(t->map, NULL, key))
		bpf_map_delete_elem(t->map, key);
	for (unsigned i = 0; i < t->count; i++)
		bpf_map_update_elem(t->map, t->keys + i * t->key_size,
				    t->values + i * t->value_size, BPF_ANY);
}
