/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pods and containers of the node, as a file tells them (docs/workloads.md). A container is
 * counted by its users, for processes name it longer than the file does.
 */
#ifndef TGRUN_WORKLOAD_FILE_H
#define TGRUN_WORKLOAD_FILE_H

#include <stdint.h>
#include "runtime/event_view.h"
#include "runtime/labels.h"

#define WORKLOAD_FILE_MAX (32u << 20) /* bytes */

/* A container and its pod; or what else is in the pod's cgroup. Texts are NULL when not given. */
struct container {
	uint32_t users;
	struct workload is; /* always in a pod */
	const char *pod_name, *pod_uid, *workload, *workload_kind;
	const char *id, *image, *image_id, *start_time; /* id: with the runtime's scheme */
	bool privileged;
	struct event_pod seen; /* by filters: the same */
	const char *cgroup;    /* its path below the root; NULL: only the number is given */
	uint64_t cgroup_id;    /* 0: not known yet */
	struct label labels[]; /* of the pod; texts follow */
};

struct workload_set {
	struct container **v;
	size_t count;
	struct label *node_labels; /* NULL: the file does not have them */
	size_t node_label_count;
};

/* What the pod belongs to; a pod alone is its own workload. */
static inline const char *container_workload(const struct container *c)
{
	return c->workload ? c->workload : c->pod_name;
}

void container_hold(struct container *c);
void container_drop(struct container *c); /* NULL: nothing */

/*
 * Reads a file's bytes, which may be anything. 0; or -1 with a sentence in `why`. Cgroups that are
 * given as paths have the number 0.
 */
int workload_set_parse(struct workload_set *out, const char *text, size_t size, char *why,
		       size_t why_size);
void workload_set_free(struct workload_set *s);

#endif
