// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include "compiler/base/arena.h"
#include "linking.h"

struct linking {
	struct arena *arena;
	struct bpf_linker *linker; /* NULL: there is none, or it refused */
	int output;
};

/* The linker knows files by their paths only. */
static const char *path_of(const struct linking *l, int fd)
{
	return arena_printf(l->arena, "/proc/self/fd/%d", fd);
}

struct linking *linking_start(struct arena *a)
{
	struct linking *l = arena_alloc(a, sizeof(*l));

	l->arena = a;
	l->output = memfd_create("linked", MFD_CLOEXEC);
	if (l->output >= 0)
		l->linker = bpf_linker__new(path_of(l, l->output), NULL);
	return l;
}

static void drop_linker(struct linking *l)
{
	bpf_linker__free(l->linker);
	l->linker = NULL;
}

static bool write_all(int fd, struct bytes data)
{
	while (data.size) {
		ssize_t n = write(fd, data.at, data.size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data.at += n;
		data.size -= (size_t)n;
	}
	return true;
}

void linking_add(struct linking *l, struct bytes object)
{
	int fd = l->linker ? memfd_create("object", MFD_CLOEXEC) : -1;

	if (l->linker && (fd < 0 || !write_all(fd, object) ||
			  bpf_linker__add_file(l->linker, path_of(l, fd), NULL)))
		drop_linker(l);
	if (fd >= 0)
		close(fd);
}

static bool read_output(const struct linking *l, struct bytes *out)
{
	struct stat st;
	uint8_t *at;

	if (fstat(l->output, &st) || st.st_size <= 0)
		return false;
	at = arena_alloc(l->arena, (size_t)st.st_size);
	*out = (struct bytes){at, (size_t)st.st_size};
	return pread(l->output, at, out->size, 0) == st.st_size;
}

bool linking_finish(struct linking *l, struct bytes *out)
{
	bool ok = l->linker && !bpf_linker__finalize(l->linker) && read_output(l, out);

	linking_end(l);
	return ok;
}

void linking_end(struct linking *l)
{
	if (!l)
		return;
	drop_linker(l);
	if (l->output >= 0)
		close(l->output);
	l->output = -1;
}
