// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <unistd.h>
#include "progress.h"

#define QUIET_MS 1000

void progress_begin(struct progress *p, bool asked)
{
	*p = (struct progress){.lines = asked, .terminal = !asked && isatty(STDERR_FILENO)};
	clock_gettime(CLOCK_MONOTONIC, &p->start);
}

bool progress_wanted(const struct progress *p)
{
	return p->lines || p->terminal;
}

static long elapsed_ms(const struct progress *p)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - p->start.tv_sec) * 1000 + (now.tv_nsec - p->start.tv_nsec) / 1000000;
}

void progress_tell(struct progress *p, const char *words, size_t done, size_t total)
{
	if (!progress_wanted(p) || elapsed_ms(p) < QUIET_MS ||
	    (p->lines && total && p->last == done + 1))
		return;
	p->last = total ? done + 1 : 0;
	p->shown = p->terminal;
	fprintf(stderr, "%stgc: %s", p->terminal ? "\r\033[K" : "", words);
	if (total)
		fprintf(stderr, ", %zu of %zu", done, total);
	fputs(p->terminal ? "" : "\n", stderr);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
