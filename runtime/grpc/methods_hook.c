// SPDX-License-Identifier: Apache-2.0
/* A container runtime tells of a container that it is about to start. */
#include <stdlib.h>
#include <string.h>
#include "runtime/cgroup_path.h"
#include "runtime/grpc/methods.h"

#define CGROUP_TEXT_MAX 4096

static void put_known(struct json *j, const struct container *known)
{
	if (!known)
		return;
	json_open(j, "labels", '{');
	for (size_t i = 0; i < known->seen.label_count; i++)
		json_text_named(j, known->seen.labels[i].key, known->seen.labels[i].value);
	json_close(j, '}');
	if (known->workload)
		json_text(j, "workload", known->workload);
	if (known->workload_kind)
		json_text(j, "workload_kind", known->workload_kind);
}

/* In the form of the file of workloads; what is known of the pod already is so of this container.
 */
static void put_pod(struct json *j, const json_t *c, const char *cgroup,
		    const struct container *known)
{
	const char *name = request_text(c, "containerName"), *id = request_text(c, "containerID");

	json_open(j, NULL, '{');
	json_open(j, "pods", '[');
	json_open(j, NULL, '{');
	json_text(j, "namespace", request_text(c, "podNamespace"));
	json_text(j, "name", request_text(c, "podName"));
	json_text_unless_empty(j, "uid", request_text(c, "podUID"));
	put_known(j, known);
	json_open(j, "containers", '[');
	json_open(j, NULL, '{');
	json_text(j, "name", name[0] ? name : id);
	json_text_unless_empty(j, "id", id);
	json_text_unless_empty(j, "image", request_text(c, "containerImage"));
	json_text(j, "cgroup", cgroup);
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
}

static enum grpc_status add(struct workloads *w, const json_t *c, struct failure *why)
{
	struct buffer cgroup = {0}, text = {0};
	struct json j = {.out = &text};
	int result = -1;

	cgroup_path_put(&cgroup, request_text(c, "cgroupsPath"));
	if (!cgroup.failed)
		put_pod(&j, c, cgroup.data,
			workloads_find_pod(w, request_text(c, "podNamespace"),
					   request_text(c, "podName")));
	if (cgroup.failed || text.failed)
		grpc_refuse(why, GRPC_INTERNAL, "out of memory");
	else
		result = workloads_add(w, text.data, text.size, why->text, sizeof(why->text));
	buffer_free(&cgroup);
	buffer_free(&text);
	return result ? GRPC_FAILED_PRECONDITION : GRPC_OK;
}

/* A container of no pod is nothing to policies: its processes are the host's. */
GRPC_ANSWER(answer_runtime_hook)
{
	const json_t *c = json_object_get(request, "createContainer");

	(void)reply;
	if (!c)
		return grpc_refuse(why, GRPC_INVALID_ARGUMENT, "the request has no container");
	if (!request_text(c, "podName")[0] || !request_text(c, "podNamespace")[0])
		return GRPC_OK;
	if (!node->workloads)
		return grpc_refuse(why, GRPC_FAILED_PRECONDITION,
				   "tgrun runs without --workloads and --enable-cri, so containers "
				   "are all the same to it");
	if (strlen(request_text(c, "cgroupsPath")) > CGROUP_TEXT_MAX)
		return grpc_refuse(why, GRPC_INVALID_ARGUMENT, "cgroupsPath is too long");
	return add(node->workloads, c, why);
}
