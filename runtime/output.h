/* SPDX-License-Identifier: Apache-2.0 */
/* Where events are written to: standard output, of whatever kind it is. */
#ifndef TGRUN_OUTPUT_H
#define TGRUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

enum output_result {
	OUTPUT_OK,
	OUTPUT_CLOSED,	/* the reader has gone */
	OUTPUT_STOPPED, /* asked to stop while the reader did not read */
	OUTPUT_BUSY,	/* the reader does not read, and is not waited for */
	OUTPUT_ERROR,	/* errno says why */
};

struct output {
	int fd;
	bool pollable;	/* may block, and says when it will not */
	bool impatient; /* does not wait for the reader, but at the end */
	int stop_fd;	/* readable: give up rather than wait on */
};

/* Patient, until `impatient` is set. */
void output_init(struct output *o, int fd, int stop_fd);

/*
 * Writes all bytes, or else says in `written` how many. After `stop_fd` has become readable
 * waits OUTPUT_GRACE_MS at most.
 */
#define OUTPUT_GRACE_MS 1000
enum output_result output_write(const struct output *o, const char *bytes, size_t size,
				size_t *written);

#endif
