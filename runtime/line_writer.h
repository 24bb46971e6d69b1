/* SPDX-License-Identifier: Apache-2.0 */
/* What lines of events are written to: standard output, a file that rotates. */
#ifndef TGRUN_LINE_WRITER_H
#define TGRUN_LINE_WRITER_H

#include "runtime/sink.h"

struct line_writer_ops {
	const char *name;
	/*
	 * Takes whole lines, one an event, from the start; returns how many bytes are done with:
	 * written, or dropped and counted. What is left is offered again, with more behind it.
	 */
	size_t (*write)(void *state, const char *lines, size_t size, struct sink_counts *counts);
	void (*tick)(void *state, uint64_t now); /* or NULL */
	void (*reopen)(void *state);		 /* or NULL */
	bool (*goes_on)(const void *state);	 /* or NULL */
	bool (*finished)(const void *state);	 /* or NULL */
	void (*close)(void *state);
};

struct line_writer {
	const struct line_writer_ops *ops;
	void *state;
};

/* Counts the lines as left out for this cause. */
void line_writer_drop(struct sink_counts *counts, enum sink_cause cause, const char *lines,
		      size_t size);

#endif
