// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/fdinfo.h"
#include "runtime/misses.h"

int misses_open(struct misses *m, size_t hooks)
{
	*m = (struct misses){.programs = calloc(hooks + 1, sizeof(*m->programs))};
	if (!m->programs)
		return -1;
	while (m->count < hooks)
		m->programs[m->count++] = -1;
	return 0;
}

int misses_watch(struct misses *m, size_t hook, int program)
{
	m->programs[hook] = fcntl(program, F_DUPFD_CLOEXEC, 3);
	return m->programs[hook] < 0 ? -1 : 0;
}

struct program_counts misses_parse(const char *fdinfo)
{
	return (struct program_counts){.misses = fdinfo_number(fdinfo, "recursion_misses"),
				       .runs = fdinfo_number(fdinfo, "run_cnt"),
				       .nanoseconds = fdinfo_number(fdinfo, "run_time_ns")};
}

uint64_t misses_read(const struct misses *m, size_t hook)
{
	return misses_counts(m, hook).misses;
}

struct program_counts misses_counts(const struct misses *m, size_t hook)
{
	char text[FDINFO_MAX];

	if (!misses_watched(m, hook))
		return (struct program_counts){0};
	fdinfo_read(m->programs[hook], text);
	return misses_parse(text);
}

void misses_close(struct misses *m)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->programs[i] >= 0)
			close(m->programs[i]);
	}
	free(m->programs);
	*m = (struct misses){0};
}
