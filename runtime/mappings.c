// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "runtime/mappings.h"

static int open_event(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.mmap = 1,
		.mmap2 = 1,
		.build_id = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

int mappings_open(struct mappings *m)
{
	int cpus = libbpf_num_possible_cpus();

	*m = (struct mappings){.events =
				       cpus > 0 ? calloc((size_t)cpus, sizeof(*m->events)) : NULL};
	if (!m->events)
		return -1;
	for (int i = 0; i < cpus; i++) {
		int fd = open_event(i);

		if (fd >= 0) {
			m->events[m->count++] = fd;
		} else if (errno != ENODEV) { /* it is switched off */
			int error = errno;

			mappings_close(m);
			errno = error;
			return -1;
		}
	}
	return 0;
}

void mappings_close(struct mappings *m)
{
	while (m->count)
		close(m->events[--m->count]);
	free(m->events);
	*m = (struct mappings){0};
}

/* ---- each file once ----------------------------------------------------------------------- */

static bool is_file(const struct mapped_file *f, uint32_t pid, const char *path, size_t size)
{
	return f->pid == pid && f->size == size && (!size || !memcmp(f->path, path, size));
}

static void drop(struct mapped_file *f)
{
	free(f->path);
	*f = (struct mapped_file){0};
}

bool mapped_first(struct mapped *m, uint32_t pid, const char *path, size_t size)
{
	struct mapped_file *oldest;

	if (!m->files)
		m->files = calloc(MAPPED_FILES, sizeof(*m->files));
	if (!m->files || !pid)
		return true;
	oldest = m->files;
	for (size_t i = 0; i < MAPPED_FILES; i++) {
		struct mapped_file *f = &m->files[i];

		if (is_file(f, pid, path, size)) {
			f->used = ++m->clock;
			return false;
		}
		if (f->used < oldest->used)
			oldest = f;
	}
	drop(oldest);
	oldest->path = malloc(size + 1);
	if (!oldest->path)
		return true;
	if (size)
		memcpy(oldest->path, path, size);
	oldest->pid = pid;
	oldest->size = (uint32_t)size;
	oldest->used = ++m->clock;
	return true;
}

void mapped_forget(struct mapped *m, uint32_t pid)
{
	for (size_t i = 0; m->files && i < MAPPED_FILES; i++)
		if (m->files[i].pid == pid)
			drop(&m->files[i]);
}

void mapped_free(struct mapped *m)
{
	for (size_t i = 0; m->files && i < MAPPED_FILES; i++)
		free(m->files[i].path);
	free(m->files);
	*m = (struct mapped){0};
}
