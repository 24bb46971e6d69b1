/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "runtime/output.h"

#define MANY (1u << 20)

struct ends {
	int pipe[2], stop;
	size_t written;
	struct output out;
};

static void open_ends(struct ends *e)
{
	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(e->pipe), 0);
	e->stop = eventfd(0, 0);
	output_init(&e->out, e->pipe[1], e->stop);
}

static void ask_to_stop(const struct ends *e)
{
	uint64_t one = 1;

	cr_assert_eq(write(e->stop, &one, sizeof(one)), (ssize_t)sizeof(one));
}

Test(output, a_reader_that_has_gone, .timeout = 20)
{
	struct ends e;

	open_ends(&e);
	close(e.pipe[0]);
	cr_expect_eq(output_write(&e.out, "x", 1, &e.written), OUTPUT_CLOSED);
}

Test(output, a_reader_that_does_not_read_cannot_hold_up_the_end, .timeout = 20)
{
	char *bytes = calloc(1, MANY);
	struct ends e;

	open_ends(&e);
	ask_to_stop(&e);
	cr_expect_eq(output_write(&e.out, bytes, MANY, &e.written), OUTPUT_STOPPED);
	cr_expect_gt(e.written, 0);
	cr_expect_lt(e.written, MANY);
	free(bytes);
}

Test(output, asked_to_stop_it_still_writes_for_a_reader_that_reads, .timeout = 20)
{
	char *bytes = calloc(1, MANY), chunk[8192];
	size_t total = 0;
	struct ends e;
	ssize_t n;

	open_ends(&e);
	ask_to_stop(&e);
	if (fork() == 0) {
		close(e.pipe[0]);
		_exit(output_write(&e.out, bytes, MANY, &e.written));
	}
	close(e.pipe[1]);
	while ((n = read(e.pipe[0], chunk, sizeof(chunk))) > 0)
		total += (size_t)n;
	cr_expect_eq(total, MANY);
	wait(NULL);
	free(bytes);
}

Test(output, a_full_disk_is_an_error)
{
	struct output out;
	size_t written;

	output_init(&out, open("/dev/full", O_WRONLY), eventfd(0, 0));
	cr_expect_eq(output_write(&out, "x", 1, &written), OUTPUT_ERROR);
	cr_expect_eq(written, 0);
}
