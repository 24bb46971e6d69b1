// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "runtime/counters.h"

static int map_counters(struct counters *c, size_t offset)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (offset + c->entries * sizeof(uint64_t) + page - 1) & ~(page - 1);
	void *at = mmap(NULL, size, PROT_READ, MAP_SHARED, c->fd, 0);

	if (at == MAP_FAILED)
		return -1;
	c->mapped = (const volatile uint64_t *)((const char *)at + offset);
	c->memory = at;
	c->memory_size = size;
	return 0;
}

static int open_kind(struct counters *c, const struct bpf_map_info *info)
{
	int cpus;

	if (info->key_size != sizeof(uint32_t) || info->value_size != sizeof(uint64_t))
		return -1;
	c->entries = info->max_entries;
	if (info->type == BPF_MAP_TYPE_ARRAY && (info->map_flags & BPF_F_MMAPABLE))
		return map_counters(c, 0);
	if (info->type != BPF_MAP_TYPE_PERCPU_ARRAY)
		return -1;
	cpus = libbpf_num_possible_cpus();
	c->cpus = cpus > 0 ? (unsigned int)cpus : 0;
	return cpus > 0 ? 0 : -1;
}

int counters_open_as(struct counters *c, int fd, const struct bpf_map_info *info)
{
	*c = (struct counters){.fd = fd};
	if (fd >= 0 && !open_kind(c, info))
		return 0;
	counters_close(c);
	return -1;
}

int counters_open(struct counters *c, int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size))
		info = (struct bpf_map_info){0};
	return counters_open_as(c, fd, &info);
}

static int open_part(struct counters *c, size_t offset, const struct bpf_map_info *info)
{
	struct bpf_map_info own = {0};
	uint32_t size = sizeof(own);

	if (c->fd < 0 || (!info && bpf_obj_get_info_by_fd(c->fd, &own, &size)))
		return -1;
	info = info ? info : &own;
	if (info->type != BPF_MAP_TYPE_ARRAY || !(info->map_flags & BPF_F_MMAPABLE) ||
	    info->max_entries != 1 || info->value_size != offset + c->entries * sizeof(uint64_t))
		return -1;
	return map_counters(c, offset);
}

int counters_open_part(struct counters *c, int fd, size_t offset, uint32_t entries,
		       const struct bpf_map_info *info)
{
	*c = (struct counters){.fd = fd, .entries = entries};
	if (!open_part(c, offset, info))
		return 0;
	counters_close(c);
	return -1;
}

static int read_copies(const struct counters *c, uint32_t index, uint64_t *value)
{
	uint64_t *copies = calloc(c->cpus, sizeof(*copies));
	int result = copies ? bpf_map_lookup_elem(c->fd, &index, copies) : -1;

	*value = 0;
	for (unsigned int i = 0; !result && i < c->cpus; i++)
		*value += copies[i];
	free(copies);
	return result ? -1 : 0;
}

int counters_read(const struct counters *c, uint32_t index, uint64_t *value)
{
	if (c->fd < 0 || index >= c->entries)
		return -1;
	if (!c->mapped)
		return read_copies(c, index, value);
	*value = c->mapped[index];
	return 0;
}

void counters_close(struct counters *c)
{
	if (c->memory)
		munmap(c->memory, c->memory_size);
	if (c->fd >= 0)
		close(c->fd);
	*c = (struct counters){.fd = -1};
}
