// SPDX-License-Identifier: Apache-2.0
/* Whose workload a process is (reference 1.4, 4.10). */
#include "internal.h"

static struct label_requirements selector_of(struct arena *a, const struct ir_label_selector *s)
{
	size_t n = s ? s->n : 0;
	struct label_requirement *v = arena_array(a, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const struct ir_requirement *r = &s->v[i];
		const char **values = arena_array(a, r->value_count, sizeof(*values));

		for (size_t j = 0; j < r->value_count; j++)
			values[j] = r->values[j].s;
		v[i] = (struct label_requirement){r->key, r->op, values, r->value_count};
	}
	return (struct label_requirements){v, n};
}

bool eval_node_selected(struct arena *a, const struct ir_policy *policy,
			const struct labels *labels)
{
	struct label_requirements s = selector_of(a, policy->nodes);

	return labels_hold(&s, labels);
}

static struct workload_rule rule_of(struct arena *a, const struct ir_workload *want,
				    const char *namespace)
{
	return (struct workload_rule){
		.host = want->host,
		.pods = want->pod,
		.namespace = namespace,
		.pod = selector_of(a, want->pod),
		.container = selector_of(a, want->container),
	};
}

bool eval_workload_selected(struct arena *a, const struct ir_workload *want, const char *namespace,
			    const struct eval_workload *w)
{
	struct workload_rule rule = rule_of(a, want, namespace);

	return !w->unknown && workload_fits(&rule, &w->of) == WORKLOAD_FITS;
}

bool workload_holds(struct evaluation *e, const struct ir_workload *want, const char *namespace)
{
	const struct eval_workload *w = &e->event->process.workload;
	struct workload_rule rule;

	if (!want)
		return true;
	if (w->unknown)
		return miss(e, "the process's cgroup cannot be told");
	rule = rule_of(e->arena, want, namespace);
	switch (workload_fits(&rule, &w->of)) {
	case WORKLOAD_FITS:
		return true;
	case WORKLOAD_OF_HOST:
		return miss(e, "the process is in no pod");
	case WORKLOAD_IN_POD:
		return miss(e, "the process is in a pod");
	case WORKLOAD_OF_OTHER_NAMESPACE:
		return miss(e, "the pod is in namespace `%s`", w->of.namespace);
	case WORKLOAD_OF_OTHER_POD:
		return miss(e, "the pod's labels do not fit");
	default:
		return miss(e, "the container does not fit");
	}
}
