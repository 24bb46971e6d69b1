// SPDX-License-Identifier: Apache-2.0
/* Whose workload a process is (reference 1.4, 4.10). */
#include <string.h>
#include "internal.h"

#define NAMESPACE_LABEL "k8s:io.kubernetes.pod.namespace"

static const char *label_value(const struct eval_label *labels, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(labels[i].key, key))
			return labels[i].value;
	return NULL;
}

static bool requirement_holds(const struct ir_requirement *r, const char *value)
{
	bool listed = false;

	for (size_t i = 0; value && i < r->value_count; i++)
		listed |= !strcmp(r->values[i].s, value);
	switch (r->op) {
	case LABEL_IN:
		return listed;
	case LABEL_NOT_IN:
		return !listed;
	case LABEL_EXISTS:
		return value;
	default:
		return !value;
	}
}

bool labels_hold(const struct ir_label_selector *s, const struct eval_label *labels, size_t count)
{
	for (size_t i = 0; i < s->n; i++)
		if (!requirement_holds(&s->v[i], label_value(labels, count, s->v[i].key)))
			return false;
	return true;
}

bool eval_node_selected(const struct ir_policy *policy, const struct eval_label *labels,
			size_t count)
{
	return !policy->nodes || labels_hold(policy->nodes, labels, count);
}

/* A pod's own labels come first: only where it has no label of this name does its namespace. */
static bool pod_holds(struct evaluation *e, const struct ir_label_selector *s,
		      const struct eval_workload *w)
{
	struct eval_label *all = arena_array(e->arena, w->label_count + 1, sizeof(*all));

	if (w->label_count)
		memcpy(all, w->labels, w->label_count * sizeof(*all));
	all[w->label_count] = (struct eval_label){NAMESPACE_LABEL, w->namespace};
	return labels_hold(s, all, w->label_count + 1);
}

static bool container_holds(const struct ir_label_selector *s, const struct eval_workload *w)
{
	struct eval_label labels[2];
	size_t count = 0;

	if (w->container)
		labels[count++] = (struct eval_label){"name", w->container};
	if (w->repo)
		labels[count++] = (struct eval_label){"repo", w->repo};
	return labels_hold(s, labels, count);
}

bool workload_holds(struct evaluation *e, const struct ir_workload *want, const char *namespace)
{
	const struct eval_workload *w = &e->event->process.workload;

	if (!want)
		return true;
	if (w->unknown)
		return miss(e, "the process's cgroup cannot be told");
	if (!w->in_pod)
		return want->host || miss(e, "the process is in no pod");
	if (!want->pod)
		return miss(e, "the process is in a pod");
	if (namespace && strcmp(namespace, w->namespace))
		return miss(e, "the pod is in namespace `%s`", w->namespace);
	if (!pod_holds(e, want->pod, w))
		return miss(e, "the pod's labels do not fit");
	return container_holds(want->container, w) || miss(e, "the container does not fit");
}
