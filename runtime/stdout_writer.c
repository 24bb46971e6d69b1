// SPDX-License-Identifier: Apache-2.0
#include "runtime/stdout_writer.h"

static size_t write_lines(void *state, const char *lines, size_t size, struct sink_counts *counts)
{
	struct delivery *d = state;
	size_t done = delivery_write(d, lines, size);

	counts->left_out[SINK_OUTPUT] = d->discarded;
	return done;
}

static void tick(void *state, uint64_t now)
{
	(void)now;
	delivery_retry(state);
}

static bool goes_on(const void *state)
{
	return delivery_goes_on(state);
}

static bool finished(const void *state)
{
	const struct delivery *d = state;

	return d->result != OUTPUT_STOPPED;
}

static void close_nothing(void *state)
{
	(void)state;
}

struct line_writer stdout_writer(struct delivery *d)
{
	static const struct line_writer_ops ops = {
		.name = "standard output",
		.write = write_lines,
		.tick = tick,
		.goes_on = goes_on,
		.finished = finished,
		.close = close_nothing,
	};

	return (struct line_writer){&ops, d};
}
