/* SPDX-License-Identifier: Apache-2.0 */
/* Attaching loaded programs. The links outlive the object the programs came from. */
#ifndef TGRUN_ATTACH_H
#define TGRUN_ATTACH_H

#include <stddef.h>
#include "runtime/artifact.h"
#include "runtime/targets.h"

struct bpf_link;
struct bpf_program;

struct links {
	struct bpf_link **v;
	size_t count, capacity;
};

/* 0, or -1 with errno set; libbpf's text is in the log (bpf_log.h). */
int attach_program(struct links *links, const struct bpf_program *program, enum tg_attach attach,
		   const char *target);

/*
 * Attaches to every target of a hook that is there, by one link or one for each; which one was
 * called is the link's cookie, where the kernel has cookies. 0, or -1 as above.
 */
int attach_targets(struct links *links, const struct bpf_program *program, enum tg_attach attach,
		   const struct artifact *a, uint32_t hook, const struct targets *t);

/* Runs an iterator program over all there is, once. 0, or -1 with errno set. */
int attach_run_iterator(const struct bpf_program *program);

/* One that is pinned. 0, or -1 with errno set. */
int links_open(struct links *links, const char *path);
int links_fd(const struct links *links, size_t index);
/* Detaches in the reverse order. */
void links_detach(struct links *links);
/* What is pinned stays attached; the rest ends with the process. */
void links_leave(struct links *links);

#endif
