/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An array of counters that BPF programs keep, one u64 each. A mappable array is read as
 * memory; a per-CPU array through bpf(2), which kernels before 6.0 deny a process without
 * CAP_BPF where unprivileged BPF is disabled.
 */
#ifndef TGRUN_COUNTERS_H
#define TGRUN_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counters {
	int fd; /* owned; -1 none */
	uint32_t entries;
	unsigned int cpus;		 /* copies of each counter; 0 when mapped */
	const volatile uint64_t *mapped; /* or NULL */
	void *memory;			 /* that `mapped` lies in */
	size_t memory_size;
};

/* Takes over `fd`, also when it fails. 0, or -1 when the map is no array of u64. */
int counters_open(struct counters *c, int fd);
/* The same of a map that somebody has looked at who may. */
struct bpf_map_info;
int counters_open_as(struct counters *c, int fd, const struct bpf_map_info *info);
/* The same for `entries` counters that end the one value of a mappable array, behind `offset`
 * bytes; without `info` the map is looked at. */
int counters_open_part(struct counters *c, int fd, size_t offset, uint32_t entries,
		       const struct bpf_map_info *info);
/* 0, or -1 when the counter cannot be read. */
int counters_read(const struct counters *c, uint32_t index, uint64_t *value);
void counters_close(struct counters *c);

#endif
