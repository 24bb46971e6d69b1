// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/attach.h"

static struct bpf_link *attach_tracepoint(const struct bpf_program *program, const char *target)
{
	const char *slash = strchr(target, '/');
	char subsystem[128];

	if (!slash || (size_t)(slash - target) >= sizeof(subsystem)) {
		errno = EINVAL;
		return NULL;
	}
	memcpy(subsystem, target, (size_t)(slash - target));
	subsystem[slash - target] = '\0';
	return bpf_program__attach_tracepoint(program, subsystem, slash + 1);
}

static struct bpf_link *attach_by_kind(const struct bpf_program *program, enum tg_attach attach,
				       const char *target)
{
	switch (attach) {
	case TG_ATTACH_FENTRY:
	case TG_ATTACH_FMOD_RET:
	case TG_ATTACH_TP_BTF:
		return bpf_program__attach_trace(program);
	case TG_ATTACH_LSM:
		return bpf_program__attach_lsm(program);
	case TG_ATTACH_KPROBE:
	case TG_ATTACH_KPROBE_OVERRIDE:
		return bpf_program__attach_kprobe(program, false, target);
	case TG_ATTACH_TRACEPOINT:
		return attach_tracepoint(program, target);
	case TG_ATTACH_ITER_TASK:
	case TG_ATTACH_COUNT:
		break;
	}
	errno = EINVAL;
	return NULL;
}

static int reserve_link(struct links *links)
{
	size_t capacity = links->capacity ? links->capacity * 2 : 8;
	struct bpf_link **v;

	if (links->count < links->capacity)
		return 0;
	v = realloc(links->v, capacity * sizeof(*v));
	if (!v)
		return -1;
	links->v = v;
	links->capacity = capacity;
	return 0;
}

int attach_program(struct links *links, const struct bpf_program *program, enum tg_attach attach,
		   const char *target)
{
	struct bpf_link *link;

	if (reserve_link(links))
		return -1;
	link = attach_by_kind(program, attach, target);
	if (!link)
		return -1;
	links->v[links->count++] = link;
	return 0;
}

static int read_to_end(int fd)
{
	char bytes[4096];
	ssize_t n;

	do {
		n = read(fd, bytes, sizeof(bytes));
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	return n < 0 ? -1 : 0;
}

int attach_run_iterator(const struct bpf_program *program)
{
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	int fd, result = -1, error;

	if (!link)
		return -1;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0) {
		result = read_to_end(fd);
		error = errno;
		close(fd);
		errno = error;
	}
	error = errno;
	bpf_link__destroy(link);
	errno = error;
	return result;
}

void links_detach(struct links *links)
{
	while (links->count)
		bpf_link__destroy(links->v[--links->count]);
	free(links->v);
	*links = (struct links){0};
}
