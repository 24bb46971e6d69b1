// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/labels.h"

const char *labels_value(const struct labels *labels, const char *key)
{
	for (size_t i = 0; i < labels->n; i++)
		if (!strcmp(labels->v[i].key, key))
			return labels->v[i].value;
	return NULL;
}

static bool listed(const struct label_requirement *r, const char *value)
{
	for (size_t i = 0; value && i < r->value_count; i++)
		if (!strcmp(r->values[i], value))
			return true;
	return false;
}

static bool requirement_holds(const struct label_requirement *r, const char *value)
{
	switch (r->op) {
	case LABEL_IN:
		return listed(r, value);
	case LABEL_NOT_IN:
		return !listed(r, value);
	case LABEL_EXISTS:
		return value;
	case LABEL_ABSENT:
		return !value;
	default:
		return false;
	}
}

/* `more` is asked for what `labels` does not have. */
static bool all_hold(const struct label_requirements *s, const struct labels *labels,
		     const struct labels *more)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *value = labels_value(labels, s->v[i].key);

		if (!requirement_holds(&s->v[i], value ? value : labels_value(more, s->v[i].key)))
			return false;
	}
	return true;
}

bool labels_hold(const struct label_requirements *s, const struct labels *labels)
{
	static const struct labels none;

	return all_hold(s, labels, &none);
}

static bool pod_holds(const struct label_requirements *s, const struct workload *w)
{
	const struct label namespace = {LABEL_OF_NAMESPACE, w->namespace};

	return all_hold(s, &w->labels, &(struct labels){&namespace, 1});
}

static bool container_holds(const struct label_requirements *s, const struct workload *w)
{
	struct label v[2];
	struct labels labels = {v, 0};

	if (w->container)
		v[labels.n++] = (struct label){"name", w->container};
	if (w->repo)
		v[labels.n++] = (struct label){"repo", w->repo};
	return labels_hold(s, &labels);
}

enum workload_verdict workload_fits(const struct workload_rule *r, const struct workload *w)
{
	if (!w->in_pod)
		return r->host ? WORKLOAD_FITS : WORKLOAD_OF_HOST;
	if (!r->pods)
		return WORKLOAD_IN_POD;
	if (r->namespace && strcmp(r->namespace, w->namespace))
		return WORKLOAD_OF_OTHER_NAMESPACE;
	if (!pod_holds(&r->pod, w))
		return WORKLOAD_OF_OTHER_POD;
	return container_holds(&r->container, w) ? WORKLOAD_FITS : WORKLOAD_OF_OTHER_CONTAINER;
}
