/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include "runtime/delivery.h"

static void write_text(struct delivery *d, const char *text)
{
	delivery_write(d, text, strlen(text));
}

/* To a file that takes 10 bytes, which is a full disk's way to fail: not at the first byte. */
static int open_small_file(void)
{
	struct rlimit limit = {10, RLIM_INFINITY};
	char path[] = "/tmp/tgrun-delivery-XXXXXX";
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	unlink(path);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return fd;
}

static void make_room(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void expect_content(int fd, const char *expected)
{
	char bytes[128];
	ssize_t n = pread(fd, bytes, sizeof(bytes) - 1, 0);

	cr_assert_geq(n, 0);
	bytes[n] = '\0';
	cr_expect_str_eq(bytes, expected);
}

Test(delivery, enforcing_it_outlives_a_full_disk_and_comes_back)
{
	int fd = open_small_file();
	struct delivery d;

	delivery_init(&d, fd, eventfd(0, 0), true);
	write_text(&d, "one\ntwo\nthree\nfour\n");
	cr_expect(delivery_goes_on(&d));
	cr_expect_eq(d.discarded, 2, "the torn one too: %lu", (unsigned long)d.discarded);
	make_room();
	write_text(&d, "five\n");
	cr_expect_eq(d.discarded, 3, "not tried at each event");
	delivery_retry(&d);
	write_text(&d, "six\n");
	write_text(&d, "seven\n");
	cr_expect_eq(d.discarded, 3);
	expect_content(fd, "one\ntwo\nth\nsix\nseven\n");
}

Test(delivery, observing_it_ends_with_the_output)
{
	struct failure why = {0};
	struct delivery d;

	delivery_init(&d, open("/dev/full", O_WRONLY), eventfd(0, 0), false);
	write_text(&d, "one\n");
	delivery_retry(&d);
	write_text(&d, "two\n");
	cr_expect_not(delivery_goes_on(&d));
	cr_expect_eq(d.discarded, 2);
	cr_expect_eq(delivery_result(&d, &why), -1);
	cr_expect_eq(why.code, TGRUN_OUTPUT);
	cr_expect_str_eq(why.text, "cannot write events: No space left on device");
}

static int pipe_without_reader(void)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(ends), 0);
	close(ends[0]);
	return ends[1];
}

Test(delivery, observing_a_reader_that_has_gone_is_a_failure)
{
	struct failure why = {0};
	struct delivery d;

	delivery_init(&d, pipe_without_reader(), eventfd(0, 0), false);
	write_text(&d, "one\n");
	cr_expect_not(delivery_goes_on(&d));
	cr_expect_eq(delivery_result(&d, &why), -1);
	cr_expect_eq(why.code, TGRUN_OUTPUT);
}

Test(delivery, it_says_once_that_the_output_is_gone, .init = cr_redirect_stderr)
{
	struct failure why = {0};
	struct delivery d;

	delivery_init(&d, pipe_without_reader(), eventfd(0, 0), true);
	for (int i = 0; i < 5; i++) {
		write_text(&d, "a\nb\n");
		delivery_retry(&d);
	}
	cr_expect(delivery_goes_on(&d));
	cr_expect_eq(d.discarded, 10);
	cr_expect_eq(delivery_result(&d, &why), 0);
	fflush(stderr);
	cr_expect_stderr_eq_str("tgrun: standard output is gone: its reader has gone; events are "
				"discarded, enforcement goes on\n");
}

Test(delivery, a_request_to_stop_ends_it_although_it_enforces, .timeout = 20)
{
	char *lines = malloc(1 << 20);
	struct failure why = {0};
	struct delivery d;
	int ends[2];

	memset(lines, '\n', 1 << 20);
	cr_assert_eq(pipe(ends), 0);
	delivery_init(&d, ends[1], eventfd(1, 0), true);
	delivery_write(&d, lines, 1 << 20);
	cr_expect_not(delivery_goes_on(&d));
	cr_expect_eq(delivery_result(&d, &why), 0);
	delivery_retry(&d);
	cr_expect_not(d.retry);
	free(lines);
}

/* With other outputs beside it, a full pipe is left alone; the rest goes on where it was. */
Test(delivery, an_impatient_one_takes_what_there_is_room_for)
{
	enum { LINES = 40000 };
	char *lines = malloc(LINES * 10), *back = malloc(LINES * 10);
	size_t size = 0, done = 0, read_back = 0;
	struct delivery d;
	int fds[2];

	for (int i = 0; i < LINES; i++)
		size += (size_t)sprintf(lines + size, "%08d\n", i);
	cr_assert_eq(pipe(fds), 0);
	delivery_init(&d, fds[1], eventfd(0, 0), false);
	d.output.impatient = true;
	done = delivery_write(&d, lines, size);
	cr_assert_lt(done, size);
	cr_expect_eq(delivery_write(&d, lines + done, size - done), 0);
	while (read_back < size) {
		ssize_t n = read(fds[0], back + read_back, 5000);

		cr_assert_gt(n, 0);
		read_back += (size_t)n;
		done += delivery_write(&d, lines + done, size - done);
	}
	cr_expect_eq(done, size);
	cr_expect_eq(memcmp(lines, back, size), 0);
	cr_expect_eq(d.discarded, 0);
	cr_expect(delivery_goes_on(&d));
	free(lines);
	free(back);
}
