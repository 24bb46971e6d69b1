// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include "fake_map.h"

#define ENTRIES	  128
#define VALUE_MAX 1024

struct fake_map {
	const char *name, *size_name; /* of the map, and of the size of its values */
	const void *map;
	unsigned key_size, size, count;
	unsigned long long keys[ENTRIES];
	unsigned char values[ENTRIES][VALUE_MAX];
};

static struct fake_map all[] = {
	{.name = "tg_bits", .size_name = "tg_bits_size", .key_size = 4},
	{.name = "tg_recorded", .size_name = "tg_recorded_size", .key_size = 8},
};
#define ALL (sizeof(all) / sizeof(all[0]))

static struct {
	void *at;
	unsigned long size;
} seen;

void fake_map_attach(void *library)
{
	const unsigned *seen_size = dlsym(library, "tg_seen_size");

	for (unsigned i = 0; i < ALL; i++) {
		const unsigned *size = dlsym(library, all[i].size_name);

		all[i].map = dlsym(library, all[i].name);
		all[i].size = size ? *size : 0;
	}
	seen.at = dlsym(library, "tg_bits_seen");
	seen.size = seen_size ? *seen_size : 0;
}

void fake_map_detach(void)
{
	for (unsigned i = 0; i < ALL; i++)
		all[i].map = NULL;
	seen.at = NULL;
}

void fake_map_restart(void)
{
	for (unsigned i = 0; i < ALL; i++)
		all[i].count = 0;
	if (seen.at)
		memset(seen.at, 0, seen.size);
}

static struct fake_map *find(const void *map)
{
	for (unsigned i = 0; i < ALL; i++)
		if (all[i].map == map)
			return &all[i];
	return NULL;
}

bool fake_map_known(const void *map)
{
	return map && find(map);
}

static unsigned long long number_of(const struct fake_map *m, const void *key)
{
	unsigned long long number = 0;

	memcpy(&number, key, m->key_size);
	return number;
}

void *fake_map_lookup(const void *map, const void *key)
{
	struct fake_map *m = find(map);

	for (unsigned i = 0; i < m->count; i++)
		if (m->keys[i] == number_of(m, key))
			return m->values[i];
	return NULL;
}

long fake_map_update(const void *map, const void *key, const void *value, unsigned long long flags)
{
	struct fake_map *m = find(map);
	unsigned char *known = fake_map_lookup(map, key);

	if (known && flags == BPF_NOEXIST)
		return -EEXIST;
	if (!known && (m->count == ENTRIES || m->size > VALUE_MAX))
		return -E2BIG;
	if (!known) {
		m->keys[m->count] = number_of(m, key);
		known = m->values[m->count++];
	}
	memcpy(known, value, m->size);
	return 0;
}

long fake_map_delete(const void *map, const void *key)
{
	struct fake_map *m = find(map);
	unsigned char *known = fake_map_lookup(map, key);
	unsigned long at;

	if (!known)
		return -ENOENT;
	at = (unsigned long)(known - m->values[0]) / VALUE_MAX;
	m->keys[at] = m->keys[--m->count];
	memcpy(known, m->values[m->count], m->size);
	return 0;
}
