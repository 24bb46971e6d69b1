/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of events to the output, and what becomes of them when it fails. Where policies are
 * enforced the output must not decide whether they still are: lines are then discarded and
 * counted until the output works again.
 */
#ifndef TGRUN_DELIVERY_H
#define TGRUN_DELIVERY_H

#include <stdint.h>
#include "runtime/failure.h"
#include "runtime/output.h"

struct delivery {
	struct output output;
	const char *name;	   /* of the output, for messages */
	bool enforcing;		   /* goes on without an output */
	enum output_result result; /* of the last attempt to write */
	int error;		   /* errno of OUTPUT_ERROR */
	bool retry;		   /* the next lines are to be tried, whatever came before */
	bool torn;		   /* the output ends in the middle of a line */
	uint64_t discarded;	   /* events */
	uint64_t written;	   /* bytes */
};

/* `stop_fd` as of output_init(). The name is "standard output" until it is changed. */
void delivery_init(struct delivery *d, int fd, int stop_fd, bool enforcing);

/*
 * Whole lines, one an event: they are written, or discarded and counted. Returns how many bytes
 * are done with: all, but for an impatient output, to which the rest is to be offered again.
 */
size_t delivery_write(struct delivery *d, const char *lines, size_t size);

/* To be called from time to time: lets the next lines find out whether the output works. */
void delivery_retry(struct delivery *d);

/* Whether there is a reason to relay on. */
bool delivery_goes_on(const struct delivery *d);

/* 0, or -1 when the output ended what would have gone on. */
int delivery_result(const struct delivery *d, struct failure *why);

#endif
