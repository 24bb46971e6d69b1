// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake_map.h"
#include <sanitizer/asan_interface.h>

#define MEMORY_SIZE (16u << 20)
#define RED_ZONE    32u
#define KERNEL_BIT  (1ull << 63)

struct fake_outcome fake_outcome;
struct fake_conditions fake_conditions;

static unsigned char memory[MEMORY_SIZE] __attribute__((aligned(64)));
static unsigned char unreadable[4096] __attribute__((aligned(4096))); /* all zero */
static unsigned long used;

static struct tg_scratch scratch[TG_SCRATCH_LEVELS];
static struct tg_proc process = {.ktime = FAKE_START};
static struct {
	void *scratch, *users, *proc, *lost, *ring;
} maps;

void fake_attach(void *library)
{
	maps.scratch = dlsym(library, "tg_scratch");
	maps.users = dlsym(library, "tg_users");
	maps.proc = dlsym(library, "tg_proc");
	fake_map_attach(library);
	maps.lost = dlsym(library, "tg_lost");
	maps.ring = dlsym(library, "tg_ring");
}

void fake_restart(void)
{
	fake_outcome.size = 0;
	fake_outcome.records = fake_outcome.signal_count = 0;
	memset(fake_outcome.lost, 0, fake_outcome.lost_count * sizeof(fake_outcome.lost[0]));
	fake_outcome.lost_count = 0;
	fake_outcome.users = 0;
	fake_map_restart();
}

void fake_reset(void)
{
	__asan_poison_memory_region(memory, used ? used : MEMORY_SIZE);
	used = 0;
	memset(&fake_conditions, 0, sizeof(fake_conditions));
	fake_restart();
}

void *fake_alloc(unsigned long size, unsigned long slack)
{
	unsigned char *at = memory + used + RED_ZONE;
	unsigned long step = (size + slack + 2 * RED_ZONE + 15) & ~15ul;

	if (used + step > MEMORY_SIZE) {
		fprintf(stderr, "out of fake memory\n");
		exit(3);
	}
	used += step;
	__asan_unpoison_memory_region(at, size + slack);
	memset(at, 0xa5, size + slack);
	return at;
}

void *fake_fault(void)
{
	return unreadable + 64;
}

unsigned long long fake_kernel_address(const void *p)
{
	return (unsigned long long)p | KERNEL_BIT;
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

long bpf_probe_read_kernel(void *dst, unsigned int size, const void *from)
{
	if (within(from, memory, used) || within(from, scratch, sizeof(scratch))) {
		memcpy(dst, from, size);
		disturb();
		return 0;
	}
	memset(dst, 0, size);
	return size ? -EFAULT : 0;
}

long bpf_probe_read_user(void *dst, unsigned int size, const void *from)
{
	return bpf_probe_read_kernel(dst, size, from);
}

static long read_string(char *dst, unsigned int size, const unsigned char *from)
{
	unsigned int n = 0;

	disturb();
	for (; n + 1 < size; n++, from++) {
		if (!within(from, memory, used) || __asan_address_is_poisoned(from)) {
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

	if (map == maps.scratch)
		return index < TG_SCRATCH_LEVELS ? &scratch[index] : NULL;
	if (map == maps.users)
		return index == 0 ? &fake_outcome.users : NULL;
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
	if (!fake_map_known(map)) {
		fprintf(stderr, "an unknown map is written to\n");
		exit(3);
	}
	return fake_map_update(map, key, value, flags);
}

long bpf_map_delete_elem(void *map, const void *key)
{
	if (!fake_map_known(map)) {
		fprintf(stderr, "an unknown map is deleted from\n");
		exit(3);
	}
	return fake_map_delete(map, key);
}

unsigned long long bpf_get_current_pid_tgid(void)
{
	return (unsigned long long)FAKE_TGID << 32 | FAKE_TID;
}

unsigned long long bpf_get_current_task(void)
{
	return (unsigned long long)fake_conditions.task;
}

struct task_struct *bpf_get_current_task_btf(void)
{
	return fake_conditions.task;
}

unsigned long long bpf_ktime_get_boot_ns(void)
{
	return 123456789;
}

long bpf_send_signal(unsigned int sig)
{
	if (fake_outcome.signal_count < 8)
		fake_outcome.signals[fake_outcome.signal_count++] = sig;
	return 0;
}

long bpf_ringbuf_output(void *ring, void *data, unsigned long long size, unsigned long long flags)
{
	if (ring != maps.ring || flags || size > sizeof(fake_outcome.record)) {
		fprintf(stderr, "a bad record of %llu bytes\n", size);
		exit(3);
	}
	if (fake_conditions.ring_full)
		return -EAGAIN;
	memcpy(fake_outcome.record, data, size);
	fake_outcome.size = size;
	fake_outcome.records++;
	return 0;
}
