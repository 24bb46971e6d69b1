/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/notice.h"

#define MANY (1u << 20)

static size_t read_all(int fd)
{
	char bytes[8192];
	size_t total = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		total += (size_t)n;
	return total;
}

Test(notice, a_full_pipe_is_not_waited_for, .timeout = 20)
{
	char *bytes = calloc(1, MANY);
	int ends[2];
	size_t taken;

	cr_assert_eq(pipe(ends), 0);
	notice_write(ends[1], bytes, MANY);
	notice_write(ends[1], bytes, MANY);
	cr_expect_eq(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0, "the descriptor is shared");
	close(ends[1]);
	taken = read_all(ends[0]);
	cr_expect_geq(taken, PIPE_BUF);
	cr_expect_lt(taken, MANY);
	free(bytes);
}

Test(notice, a_text_longer_than_a_pipe_takes_at_once_is_whole)
{
	char *bytes = calloc(1, 5 * PIPE_BUF);
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	notice_write(ends[1], bytes, 5 * PIPE_BUF);
	close(ends[1]);
	cr_expect_eq(read_all(ends[0]), 5 * PIPE_BUF);
	free(bytes);
}

Test(notice, a_file_takes_all)
{
	char path[] = "/tmp/tgrun-notice-XXXXXX", *bytes = calloc(1, MANY);
	int fd = mkstemp(path);

	unlink(path);
	notice_write(fd, bytes, MANY);
	cr_expect_eq(lseek(fd, 0, SEEK_CUR), MANY);
	free(bytes);
}

Test(notice, a_closed_descriptor_is_nothing)
{
	notice_write(-1, "x", 1);
	notice_write(open("/dev/full", O_WRONLY), "x", 1);
}
