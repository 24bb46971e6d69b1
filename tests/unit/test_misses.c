/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "runtime/losses.h"

Test(misses, the_count_is_taken_from_its_line)
{
	struct program_counts all = misses_parse(
		"pos:\t0\nrun_time_ns:\t512\nrun_cnt:\t7\nrecursion_misses:\t12\nx:\t3\n");

	cr_expect_eq(all.misses, 12);
	cr_expect_eq(all.runs, 7);
	cr_expect_eq(all.nanoseconds, 512);
	cr_expect_eq(misses_parse("pos:\t0\nrun_cnt:\t7\n").misses, 0);
	cr_expect_eq(misses_parse("not_recursion_misses:\t7\n").misses, 0);
	cr_expect_eq(misses_parse("").misses, 0);
}

static int load_program(void)
{
	static const struct bpf_insn return_zero[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL", return_zero, 2, NULL);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		cr_skip_test("this test needs CAP_BPF");
	cr_assert_geq(fd, 0);
	return fd;
}

/* The kernel's file has the line, and is still there when the loader's descriptor is not. */
Test(misses, a_program_is_watched_by_a_descriptor_of_its_own)
{
	char path[64], text[2048];
	int program = load_program(), fd;
	struct misses m;
	ssize_t n;

	cr_assert_eq(misses_open(&m, 2), 0);
	cr_assert_eq(misses_watch(&m, 1, program), 0);
	close(program);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", m.programs[1]);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	cr_assert_gt(n, 0);
	text[n] = '\0';
	cr_expect(strstr(text, "\nrecursion_misses:\t0\n"), "%s", text);
	cr_expect_eq(misses_read(&m, 1), 0);
	cr_expect_eq(misses_read(&m, 0), 0, "not watched");
	cr_expect_eq(misses_read(&m, 2), 0, "there are two");
	misses_close(&m);
	close(fd);
}

static const char strings[] = "\0hook\0policy";
static const struct tg_policy_entry policies[] = {{.name = 6}};
static const struct tg_view_entry views[] = {{.policy = 0, .hook = 1}};
static const struct tg_hook_entry hooks[] = {{.name = 1}, {.name = 1, .views = 1}};

Test(misses, what_changed_is_reported, .init = cr_redirect_stderr)
{
	static struct bundles bundles;
	uint64_t before[] = {4, 0}, now[] = {4, 3};
	struct losses l = {.misses = now, .missed = 7, .discarded = 2};
	struct losses old = {.misses = before, .missed = 4};

	bundles.count = 1;
	bundles.v[0].artifact = (struct artifact){.strings = strings,
						  .policies = policies,
						  .views = views,
						  .hooks = hooks,
						  .hook_count = 2};
	losses_report(&l, &old, &bundles);
	losses_report(&l, &l, &bundles);
	fflush(stderr);
	cr_expect_stderr_eq_str("tgrun: discarded 2 events because they could not be written\n"
				"tgrun: 3 calls of hook ran without their program because it was "
				"interrupted (policy policy)\n");
}
