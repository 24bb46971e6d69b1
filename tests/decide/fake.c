// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <dlfcn.h>
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake_map.h"

#define KERNEL_BIT (1ull << 63)
#define STACK	   (64u << 10)

struct fake_outcome fake_outcome;
struct fake_conditions fake_conditions;

static struct tg_scratch scratch[TG_SCRATCH_LEVELS];
static struct tg_proc process = {.ktime = FAKE_START};
static struct {
	void *library, *scratch, *users, *proc, *known, *lost, *ring, *held, *missed;
} maps;

/* Tables that last from call to call. */
#define TABLES	  4
#define ENTRIES	  64
#define VALUE_MAX 64

static const struct {
	const char *name;
	size_t key, value;
} table_kinds[TABLES] = {{"tg_rates", sizeof(struct tg_rate), 8},
			 {"tg_pending", 8, sizeof(struct tg_notice)},
			 {"tg_calls", sizeof(struct tg_call_key), sizeof(struct tg_call)},
			 {"tg_socks", sizeof(struct tg_sock_key), sizeof(struct tg_owner)}};
_Static_assert(sizeof(struct tg_call) <= VALUE_MAX, "the largest value of a table");

static struct table {
	struct entry {
		bool used;
		unsigned char key[24], value[VALUE_MAX] __attribute__((aligned(8)));
	} v[ENTRIES];
} tables[TABLES], kept[TABLES];
static void *table_maps[TABLES];

void fake_attach(void *library)
{
	if (library == maps.library)
		return;
	maps.library = library;
	if (!library) {
		fake_map_detach();
		return;
	}
	maps.scratch = dlsym(library, "tg_scratch");
	maps.users = dlsym(library, "tg_users");
	maps.proc = dlsym(library, "tg_proc");
	maps.known = dlsym(library, "tg_known");
	maps.lost = dlsym(library, "tg_lost");
	maps.ring = dlsym(library, "tg_ring");
	maps.held = dlsym(library, "tg_held");
	maps.missed = dlsym(library, "tg_missed");
	fake_map_attach(library);
	for (int i = 0; i < TABLES; i++)
		table_maps[i] = dlsym(library, table_kinds[i].name);
}

void fake_tables_clear(void)
{
	memset(tables, 0, sizeof(tables));
	fake_tables_keep();
}

void fake_tables_keep(void)
{
	memcpy(kept, tables, sizeof(kept));
}

void fake_tables_restore(void)
{
	memcpy(tables, kept, sizeof(tables));
}

static struct table *table_of(const void *map)
{
	for (int i = 0; i < TABLES; i++)
		if (map && map == table_maps[i])
			return &tables[i];
	return NULL;
}

static struct entry *find_entry(struct table *t, const void *key)
{
	for (int i = 0; i < ENTRIES; i++)
		if (t->v[i].used && !memcmp(t->v[i].key, key, table_kinds[t - tables].key))
			return &t->v[i];
	return NULL;
}

static long update_entry(struct table *t, const void *key, const void *value,
			 unsigned long long flags)
{
	struct entry *e = find_entry(t, key);

	if (e && flags == BPF_NOEXIST)
		return -EEXIST;
	for (int i = 0; i < ENTRIES && !e; i++)
		if (!t->v[i].used)
			e = &t->v[i];
	if (!e)
		return -E2BIG;
	e->used = true;
	memcpy(e->key, key, table_kinds[t - tables].key);
	memcpy(e->value, value, table_kinds[t - tables].value);
	return 0;
}

void fake_restart(void)
{
	fake_outcome.records = fake_outcome.signal_count = 0;
	memset(fake_outcome.lost, 0, fake_outcome.lost_count * sizeof(fake_outcome.lost[0]));
	fake_outcome.lost_count = 0;
	fake_outcome.users = 0;
	fake_outcome.held = fake_outcome.missed = 0;
	fake_outcome.override = 0;
	fake_map_restart();
}

void fake_reset(void)
{
	fake_forget();
	memset(&fake_conditions, 0, sizeof(fake_conditions));
	fake_restart();
}

/* ---- helpers --------------------------------------------------------------------------- */

static bool within(const unsigned char *p, const void *start, unsigned long size)
{
	const unsigned char *from = start;

	return p >= from && p < from + size;
}

/* Another program on this CPU uses the scratch memory, in the middle of a read. */
static void disturb(void)
{
	if (!fake_conditions.disturbances)
		return;
	fake_conditions.disturbances--;
	for (int i = 0; i < TG_SCRATCH_LEVELS; i++) {
		scratch[i].owner++;
		memset(scratch[i].text, 'x', sizeof(scratch[i].text));
		scratch[i].read.len = 4;
		scratch[i].read.start = 0;
		scratch[i].live = ~0ull;
	}
}

/* Programs copy from their own stack, too. */
static bool on_stack(const void *p)
{
	return within(p, __builtin_frame_address(0), STACK);
}

long bpf_probe_read_kernel(void *dst, unsigned int size, const void *from)
{
	from = (const void *)((unsigned long long)from & ~KERNEL_BIT);
	if (fake_holds(from) || on_stack(from) || within(from, scratch, sizeof(scratch))) {
		memcpy(dst, from, size);
		disturb();
		return 0;
	}
	memset(dst, 0, size);
	return size ? -EFAULT : 0;
}

/* What lies behind a program's own objects may be read; it is anything. */
long bpf_probe_read_user(void *dst, unsigned int size, const void *from)
{
	const unsigned char *at = from;
	unsigned char *to = dst;

	if (!fake_holds(from))
		return bpf_probe_read_kernel(dst, size, from);
	if (!fake_holds_string(from)) {
		memset(dst, 0, size);
		return -EFAULT;
	}
	for (unsigned int i = 0; i < size; i++)
		to[i] = __asan_address_is_poisoned(at + i) ? 0xee : at[i];
	disturb();
	return 0;
}

static long read_string(char *dst, unsigned int size, const unsigned char *from)
{
	unsigned int n = 0;

	disturb();
	for (; n + 1 < size; n++, from++) {
		if (!fake_holds_string(from)) {
			memset(dst, 0, size);
			return -EFAULT;
		}
		dst[n] = (char)*from;
		if (!*from)
			return n + 1;
	}
	dst[n] = '\0';
	return size;
}

long bpf_probe_read_user_str(void *dst, unsigned int size, const void *from)
{
	return read_string(dst, size, from);
}

long bpf_probe_read_kernel_str(void *dst, unsigned int size, const void *from)
{
	unsigned long long at = (unsigned long long)from & ~KERNEL_BIT;

	return read_string(dst, size, (const void *)at);
}

static void *lost_counter(unsigned int policy)
{
	if (policy >= FAKE_POLICIES || fake_outcome.lost_count == FAKE_POLICIES)
		return NULL;
	return &fake_outcome.lost[fake_outcome.lost_count++];
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	unsigned int index = *(const unsigned int *)key;
	struct table *t = table_of(map);

	if (t) {
		struct entry *e = find_entry(t, key);

		return e ? e->value : NULL;
	}
	if (map == maps.held)
		return &fake_outcome.held;
	if (map == maps.missed)
		return &fake_outcome.missed;
	if (map == maps.scratch)
		return index < TG_SCRATCH_LEVELS ? &scratch[index] : NULL;
	if (map == maps.users)
		return index == 0 ? &fake_outcome.users : NULL;
	if (map == maps.known)
		return NULL; /* always by way of the table */
	if (map == maps.proc)
		return index == FAKE_TGID && !fake_conditions.unknown_process ? &process : NULL;
	if (fake_map_known(map))
		return fake_map_lookup(map, key);
	if (map == maps.lost)
		return lost_counter(index);
	fprintf(stderr, "an unknown map is looked into\n");
	exit(3);
}

long bpf_map_update_elem(void *map, const void *key, const void *value, unsigned long long flags)
{
	struct table *t = table_of(map);

	if (t)
		return update_entry(t, key, value, flags);
	if (!fake_map_known(map)) {
		fprintf(stderr, "an unknown map is written to\n");
		exit(3);
	}
	return fake_map_update(map, key, value, flags);
}

long bpf_map_delete_elem(void *map, const void *key)
{
	struct table *t = table_of(map);
	struct entry *e = t ? find_entry(t, key) : NULL;

	if (!t && !fake_map_known(map)) {
		fprintf(stderr, "an unknown map is deleted from\n");
		exit(3);
	}
	if (!t)
		return fake_map_delete(map, key);
	if (!e)
		return -ENOENT;
	e->used = false;
	return 0;
}

unsigned int bpf_get_prandom_u32(void)
{
	return 0x5eed;
}

/* Two frames. */
long bpf_get_stack(void *ctx, void *buf, unsigned int size, unsigned long long flags)
{
	const unsigned long long frames[] = {0xffffffff81000000 + flags, 0xffffffff82000000};

	(void)ctx;
	if (size < sizeof(frames))
		return -EFAULT;
	memcpy(buf, frames, sizeof(frames));
	return sizeof(frames);
}

long bpf_override_return(void *ctx, unsigned long long value)
{
	(void)ctx;
	fake_outcome.override = (int)value;
	return 0;
}

unsigned long long bpf_get_current_pid_tgid(void)
{
	unsigned tid = fake_conditions.tid ? fake_conditions.tid : FAKE_TID;

	return (unsigned long long)FAKE_TGID << 32 | tid;
}

unsigned long long bpf_get_current_task(void)
{
	return (unsigned long long)fake_conditions.task;
}

struct task_struct *bpf_get_current_task_btf(void)
{
	return fake_conditions.task;
}

unsigned long long bpf_get_current_cgroup_id(void)
{
	return fake_conditions.cgroup;
}

unsigned long long bpf_get_current_ancestor_cgroup_id(int level)
{
	return level == 1 ? fake_conditions.cgroup : 0;
}

long bpf_get_func_ret(void *ctx, unsigned long long *value)
{
	(void)ctx;
	*value = fake_conditions.result;
	return 0;
}

unsigned long long bpf_ktime_get_boot_ns(void)
{
	return 123456789 + fake_conditions.time * 1000000;
}

long bpf_send_signal(unsigned int sig)
{
	if (fake_outcome.signal_count < FAKE_SIGNALS)
		fake_outcome.signals[fake_outcome.signal_count++] = sig;
	return 0;
}

void *bpf_ringbuf_reserve(void *ring, unsigned long long size, unsigned long long flags)
{
	struct fake_record *r = &fake_outcome.record[fake_outcome.records % FAKE_RECORDS];

	if (ring != maps.ring || flags || size > sizeof(r->bytes)) {
		fprintf(stderr, "a bad record of %llu bytes\n", size);
		exit(3);
	}
	r->size = size;
	memset(r->bytes, 0xa5, size); /* what an earlier record left there */
	return fake_conditions.ring_full ? NULL : r->bytes;
}

void bpf_ringbuf_submit(void *record, unsigned long long flags)
{
	(void)record;
	(void)flags;
	fake_outcome.records++;
}

long bpf_ringbuf_output(void *ring, void *data, unsigned long long size, unsigned long long flags)
{
	void *record = bpf_ringbuf_reserve(ring, size, flags);

	if (!record)
		return -EAGAIN;
	memcpy(record, data, size);
	bpf_ringbuf_submit(record, 0);
	return 0;
}
