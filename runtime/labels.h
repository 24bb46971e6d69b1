/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Label selectors, as Kubernetes defines them, and which workloads a policy is for. One matcher for
 * tgrun and for tgc's reference evaluator. Owns nothing, allocates nothing.
 */
#ifndef TG_LABELS_H
#define TG_LABELS_H

#include <stdbool.h>
#include <stddef.h>

/* A pod's namespace as a label, where it has none of its own with this name. */
#define LABEL_OF_NAMESPACE "k8s:io.kubernetes.pod.namespace"

struct label {
	const char *key, *value;
};

struct labels {
	const struct label *v;
	size_t n;
};

enum label_op {
	LABEL_IN,     /* the label is there, with one of the values */
	LABEL_NOT_IN, /* it has none of the values, or is not there */
	LABEL_EXISTS,
	LABEL_ABSENT,
	LABEL_OP_COUNT,
};

struct label_requirement {
	const char *key;
	enum label_op op;
	const char *const *values;
	size_t value_count;
};

struct label_requirements { /* all must hold; none: everything fits */
	const struct label_requirement *v;
	size_t n;
};

/* The value of a label, or NULL. */
const char *labels_value(const struct labels *labels, const char *key);

bool labels_hold(const struct label_requirements *s, const struct labels *labels);

/* Where a process is. */
struct workload {
	bool in_pod;	       /* else it is one of the host's, and the rest is not looked at */
	const char *namespace; /* not NULL in a pod */
	struct labels labels;
	const char *container, *repo; /* its name and image; NULL: not known */
};

/* Which workloads are meant. */
struct workload_rule {
	bool host;	       /* processes outside of pods */
	bool pods;	       /* processes in pods, if what follows holds */
	const char *namespace; /* of the pod; NULL: any */
	struct label_requirements pod, container;
};

enum workload_verdict {
	WORKLOAD_FITS,
	WORKLOAD_OF_HOST, /* only pods are meant */
	WORKLOAD_IN_POD,  /* only the host is meant */
	WORKLOAD_OF_OTHER_NAMESPACE,
	WORKLOAD_OF_OTHER_POD,
	WORKLOAD_OF_OTHER_CONTAINER,
};

enum workload_verdict workload_fits(const struct workload_rule *r, const struct workload *w);

#endif
