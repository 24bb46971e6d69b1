// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
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
	case TG_ATTACH_FEXIT:
	case TG_ATTACH_FMOD_RET:
	case TG_ATTACH_TP_BTF:
		return bpf_program__attach_trace(program);
	case TG_ATTACH_LSM:
	case TG_ATTACH_LSM_SLEEPABLE:
		return bpf_program__attach_lsm(program);
	case TG_ATTACH_KPROBE:
	case TG_ATTACH_KPROBE_OVERRIDE:
		return bpf_program__attach_kprobe(program, false, target);
	case TG_ATTACH_KRETPROBE:
		return bpf_program__attach_kprobe(program, true, target);
	case TG_ATTACH_TRACEPOINT:
		return attach_tracepoint(program, target);
	case TG_ATTACH_KPROBE_MULTI: /* of targets only */
	case TG_ATTACH_KRETPROBE_MULTI:
	case TG_ATTACH_UPROBE:
	case TG_ATTACH_URETPROBE:
	case TG_ATTACH_UPROBE_REGISTERS:
	case TG_ATTACH_UPROBE_MEMORY:
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

static int keep_link(struct links *links, struct bpf_link *link)
{
	if (!link)
		return -1;
	links->v[links->count++] = link;
	return 0;
}

int attach_program(struct links *links, const struct bpf_program *program, enum tg_attach attach,
		   const char *target)
{
	if (reserve_link(links))
		return -1;
	return keep_link(links, attach_by_kind(program, attach, target));
}

/* ---- lists of functions ------------------------------------------------------------------- */

/* A kernel without cookies has programs that look at the address. */
static struct bpf_link *attach_one(const struct bpf_program *program, bool at_return,
				   const char *function, uint64_t cookie)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .bpf_cookie = cookie, .retprobe = at_return);
	struct bpf_link *link = bpf_program__attach_kprobe_opts(program, function, &opts);

	if (link || errno != EOPNOTSUPP)
		return link;
	opts.bpf_cookie = 0;
	return bpf_program__attach_kprobe_opts(program, function, &opts);
}

static int attach_each(struct links *links, const struct bpf_program *program, bool at_return,
		       const struct artifact *a, uint32_t hook, const struct targets *t)
{
	const struct tg_hook_entry *h = &a->hooks[hook];

	for (uint32_t i = 0; i < h->targets; i++) {
		const struct tg_target_entry *target = &a->targets[h->first_target + i];

		if (t->absent[h->first_target + i])
			continue;
		if (reserve_link(links) ||
		    keep_link(links,
			      attach_one(program, at_return, artifact_string(a, target->name), i)))
			return -1;
	}
	return 0;
}

static int attach_multi(struct links *links, const struct bpf_program *program, bool at_return,
			const struct artifact *a, uint32_t hook, const struct targets *t)
{
	const struct tg_hook_entry *h = &a->hooks[hook];
	const char **names = calloc(h->targets, sizeof(*names));
	__u64 *cookies = calloc(h->targets, sizeof(*cookies));
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = names, .cookies = cookies,
		    .retprobe = at_return);
	int result = -1;

	for (uint32_t i = 0; names && cookies && i < h->targets; i++) {
		if (t->absent[h->first_target + i])
			continue;
		names[opts.cnt] = artifact_string(a, a->targets[h->first_target + i].name);
		cookies[opts.cnt++] = i;
	}
	if (opts.cnt && !reserve_link(links))
		result = keep_link(links,
				   bpf_program__attach_kprobe_multi_opts(program, NULL, &opts));
	free(names);
	free(cookies);
	return result;
}

/* ---- user programs ------------------------------------------------------------------------ */

/* By the descriptor that was checked, not by the path again. */
static int attach_place(struct links *links, const struct bpf_program *program, bool at_return,
			const struct artifact *a, uint32_t index, const struct targets *t)
{
	const struct tg_target_entry *target = &a->targets[index];
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .ref_ctr_offset = target->counter,
		    .retprobe = at_return);
	char path[64];

	if (target->place == TG_PLACE_SYMBOL)
		opts.func_name = artifact_string(a, target->name);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", t->files[index]);
	if (reserve_link(links))
		return -1;
	return keep_link(links, bpf_program__attach_uprobe_opts(program, -1, path,
								t->offsets[index], &opts));
}

int attach_targets(struct links *links, const struct bpf_program *program, enum tg_attach attach,
		   const struct artifact *a, uint32_t hook, const struct targets *t)
{
	switch (attach) {
	case TG_ATTACH_KPROBE_MULTI:
	case TG_ATTACH_KRETPROBE_MULTI:
		return attach_multi(links, program, attach == TG_ATTACH_KRETPROBE_MULTI, a, hook,
				    t);
	case TG_ATTACH_KPROBE:
	case TG_ATTACH_KRETPROBE:
		return attach_each(links, program, attach == TG_ATTACH_KRETPROBE, a, hook, t);
	case TG_ATTACH_UPROBE:
	case TG_ATTACH_UPROBE_REGISTERS:
	case TG_ATTACH_UPROBE_MEMORY:
	case TG_ATTACH_URETPROBE:
		return attach_place(links, program, attach == TG_ATTACH_URETPROBE, a,
				    a->hooks[hook].first_target, t);
	default:
		errno = EINVAL;
		return -1;
	}
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

int links_open(struct links *links, const char *path)
{
	if (reserve_link(links))
		return -1;
	return keep_link(links, bpf_link__open(path));
}

int links_fd(const struct links *links, size_t index)
{
	return bpf_link__fd(links->v[index]);
}

void links_leave(struct links *links)
{
	for (size_t i = 0; i < links->count; i++)
		bpf_link__disconnect(links->v[i]);
	links_detach(links);
}

void links_detach(struct links *links)
{
	while (links->count)
		bpf_link__destroy(links->v[--links->count]);
	free(links->v);
	*links = (struct links){0};
}
