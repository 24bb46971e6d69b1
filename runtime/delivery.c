// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "runtime/delivery.h"
#include "runtime/notice.h"

void delivery_init(struct delivery *d, int fd, int stop_fd, bool enforcing)
{
	*d = (struct delivery){.enforcing = enforcing, .name = "standard output"};
	output_init(&d->output, fd, stop_fd);
}

static const char *reason(const struct delivery *d)
{
	return d->result == OUTPUT_CLOSED ? "its reader has gone" : strerror(d->error);
}

static void discard(struct delivery *d, const char *lines, size_t size)
{
	for (size_t i = 0; i < size; i++)
		d->discarded += lines[i] == '\n';
}

/* A line that was torn is ended first, so that only that one is spoilt. */
static enum output_result attempt(struct delivery *d, const char *lines, size_t size,
				  size_t *written)
{
	enum output_result result = OUTPUT_OK;
	size_t ended = 0;

	*written = 0;
	if (d->torn)
		result = output_write(&d->output, "\n", 1, &ended);
	if (ended)
		d->torn = false;
	if (result == OUTPUT_OK)
		result = output_write(&d->output, lines, size, written);
	d->error = result == OUTPUT_ERROR ? errno : 0;
	d->written += *written + ended;
	/* What a busy output has not taken comes again and goes on in the same line. */
	if (*written)
		d->torn = lines[*written - 1] != '\n' && result != OUTPUT_BUSY;
	return result;
}

/* Once for each time that the output fails. */
static void tell_change(const struct delivery *d, enum output_result before)
{
	if (!d->enforcing || d->result == OUTPUT_STOPPED)
		return;
	if (d->result != OUTPUT_OK && before == OUTPUT_OK)
		notice("tgrun: %s is gone: %s; events are discarded, enforcement goes on\n",
		       d->name, reason(d));
	if (d->result == OUTPUT_OK && before != OUTPUT_OK)
		notice("tgrun: %s is back; %" PRIu64 " events were discarded\n", d->name,
		       d->discarded);
}

size_t delivery_write(struct delivery *d, const char *lines, size_t size)
{
	enum output_result before = d->result, now;
	size_t written = 0;

	if (!size)
		return 0;
	if (before == OUTPUT_OK || d->retry) {
		now = attempt(d, lines, size, &written);
		if (now == OUTPUT_BUSY)
			return written;
		d->result = now;
		d->retry = false;
	}
	discard(d, lines + written, size - written);
	tell_change(d, before);
	return size;
}

void delivery_retry(struct delivery *d)
{
	d->retry = d->enforcing && d->result != OUTPUT_STOPPED;
}

bool delivery_goes_on(const struct delivery *d)
{
	return d->result == OUTPUT_OK || (d->enforcing && d->result != OUTPUT_STOPPED);
}

int delivery_result(const struct delivery *d, struct failure *why)
{
	if (delivery_goes_on(d) || d->result == OUTPUT_STOPPED)
		return 0;
	return failure_set(why, TGRUN_OUTPUT, "cannot write events: %s", reason(d));
}
