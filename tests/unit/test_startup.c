/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>
#include "runtime/startup.h"

static int make_table(uint32_t entries)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "tg_proc", sizeof(uint32_t),
				sizeof(struct tg_proc), entries, NULL);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		cr_skip_test("this test needs CAP_BPF");
	cr_assert_geq(fd, 0);
	return fd;
}

/* The kernel's own entry takes the only room; at least this process finds none. */
Test(startup, a_full_table_is_counted_and_no_failure)
{
	struct procs *procs = procs_new(PROCS_CAPACITY);
	struct failure why = {0};
	struct startup s;

	cr_assert_eq(startup_scan(&s, "/proc", make_table(1), NULL, procs, false, &why), 0, "%s",
		     why.text);
	cr_expect_gt(s.table_full, 0);
	cr_expect_gt(s.count, 0, "they are reported all the same");
	startup_free(&s);
	procs_free(procs);
}

Test(startup, a_table_with_room_loses_nothing)
{
	struct procs *procs = procs_new(PROCS_CAPACITY);
	struct failure why = {0};
	struct startup s;

	cr_assert_eq(startup_scan(&s, "/proc", make_table(65536), NULL, procs, false, &why), 0,
		     "%s", why.text);
	cr_expect_eq(s.table_full, 0);
	startup_free(&s);
	procs_free(procs);
}

Test(startup, another_error_is_a_failure)
{
	struct procs *procs = procs_new(PROCS_CAPACITY);
	struct failure why = {0};
	struct startup s;

	cr_expect_eq(startup_scan(&s, "/proc", -1, NULL, procs, false, &why), -1);
	cr_expect_eq(why.code, TGRUN_ENVIRONMENT);
	startup_free(&s);
	procs_free(procs);
}

/* Who a process is, a table that was kept knows; one that it is wrong about stays unknown. */
Test(startup, a_table_that_was_kept)
{
	int table = make_table(65536);
	struct startup_kept kept = {bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, 4096, NULL),
				    4096};
	struct tg_proc mine = {.ktime = UINT64_MAX / 2, .parent_pid = 1, .flags = TG_P_EXECVE};
	struct tg_proc old = {.ktime = 1, .flags = TG_P_EXECVE};
	struct tg_key key = {.pid = (uint32_t)getpid(), .ktime = mine.ktime};
	struct tg_key parent = {.pid = (uint32_t)getppid(), .ktime = 1};
	struct procs *procs = procs_new(PROCS_CAPACITY);
	struct failure why = {0};
	struct startup s;

	cr_assert_geq(kept.ring_fd, 0);
	cr_assert_eq(bpf_map_update_elem(table, &key.pid, &mine, BPF_ANY), 0);
	cr_assert_eq(bpf_map_update_elem(table, &parent.pid, &old, BPF_ANY), 0);
	cr_assert_eq(startup_scan(&s, "/proc", table, &kept, procs, false, &why), 0, "%s",
		     why.text);
	cr_assert(procs_find(procs, &key));
	cr_expect(procs_find(procs, &key)->flags & TG_P_EXECVE);
	cr_expect_not(procs_find(procs, &parent));
	startup_free(&s);
	procs_free(procs);
}
