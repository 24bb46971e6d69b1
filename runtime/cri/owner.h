/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pod belongs to. The container runtime does not know a pod's owner; the labels that
 * Kubernetes' own controllers give their pods, with the pod's name, say it.
 */
#ifndef TGRUN_CRI_OWNER_H
#define TGRUN_CRI_OWNER_H

#include <jansson.h>

#define POD_OWNER_MAX 256

struct pod_owner {
	char name[POD_OWNER_MAX];
	const char *kind; /* NULL: none can be told, the pod stands for itself */
};

/* `labels`: an object of texts, or NULL. */
void pod_owner_find(struct pod_owner *out, const char *pod, const json_t *labels);

#endif
