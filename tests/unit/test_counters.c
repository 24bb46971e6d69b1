/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/counters.h"

static int make_map(enum bpf_map_type type, uint32_t value_size, uint32_t flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	int fd = bpf_map_create(type, "counters", sizeof(uint32_t), value_size, 3, &opts);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		cr_skip_test("this test needs CAP_BPF");
	cr_assert_geq(fd, 0);
	return fd;
}

Test(counters, copies_of_all_cpus_are_added)
{
	int fd = make_map(BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint64_t), 0);
	int cpus = libbpf_num_possible_cpus();
	uint64_t *copies = calloc((size_t)cpus, sizeof(*copies)), value;
	uint32_t index = 2;
	struct counters c;

	for (int i = 0; i < cpus; i++)
		copies[i] = 10 + (uint64_t)i;
	cr_assert_eq(bpf_map_update_elem(fd, &index, copies, BPF_ANY), 0);
	cr_assert_eq(counters_open(&c, fd), 0);
	cr_assert_eq(counters_read(&c, index, &value), 0);
	cr_expect_eq(value, (uint64_t)cpus * 10 + (uint64_t)cpus * (uint64_t)(cpus - 1) / 2);
	cr_expect_eq(counters_read(&c, 3, &value), -1, "there are three");
	counters_close(&c);
	cr_expect_eq(counters_read(&c, 0, &value), -1, "closed");
	free(copies);
}

Test(counters, a_mappable_array_is_read_as_memory)
{
	int fd = make_map(BPF_MAP_TYPE_ARRAY, sizeof(uint64_t), BPF_F_MMAPABLE);
	uint64_t value = 7;
	uint32_t index = 1;
	struct counters c;

	cr_assert_eq(counters_open(&c, fd), 0);
	cr_assert_not_null(c.mapped);
	cr_assert_eq(bpf_map_update_elem(fd, &index, &value, BPF_ANY), 0);
	value = 0;
	cr_assert_eq(counters_read(&c, index, &value), 0);
	cr_expect_eq(value, 7);
	counters_close(&c);
}

/* Behind something else in the one value of a map, which they end. */
Test(counters, a_part_of_a_mappable_array_is_read_as_memory)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	uint64_t values[] = {1, 2, 3, 4}, value = 0;
	uint32_t zero = 0;
	struct counters c;
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "part", sizeof(zero), sizeof(values), 1, &opts);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		cr_skip_test("this test needs CAP_BPF");
	cr_assert_eq(bpf_map_update_elem(fd, &zero, values, BPF_ANY), 0);
	cr_assert_eq(counters_open_part(&c, fd, 16, 2, NULL), 0);
	cr_assert_eq(counters_read(&c, 1, &value), 0);
	cr_expect_eq(value, 4);
	cr_expect_eq(counters_read(&c, 2, &value), -1, "there are two");
	cr_expect_eq(counters_open_part(&(struct counters){0}, dup(fd), 16, 3, NULL), -1,
		     "not so large");
	cr_expect_eq(counters_open_part(&(struct counters){0}, dup(fd), 8, 2, NULL), -1,
		     "not their end");
	counters_close(&c);
}

Test(counters, other_maps_are_refused)
{
	struct counters c;

	cr_expect_eq(counters_open(&c, make_map(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 0)), -1);
	cr_expect_eq(counters_open(&c, make_map(BPF_MAP_TYPE_HASH, 8, 0)), -1);
	cr_expect_eq(counters_open(&c, -1), -1);
}
