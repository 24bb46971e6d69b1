// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "runtime/cri/owner.h"

#define RANDOM_SIZE 5 /* what Kubernetes appends to a generated name, behind a '-' */

static const char *label(const json_t *labels, const char *key)
{
	const char *value = json_string_value(json_object_get(labels, key));

	return value && value[0] ? value : NULL;
}

static void set(struct pod_owner *out, const char *name, size_t size, const char *kind)
{
	if (!size || size >= POD_OWNER_MAX)
		return;
	memcpy(out->name, name, size);
	out->name[size] = '\0';
	out->kind = kind;
}

/* The part before "-xxxxx"; 0: the name was not generated so. */
static size_t generated_from(const char *pod)
{
	size_t size = strlen(pod);

	return size > RANDOM_SIZE + 1 && pod[size - RANDOM_SIZE - 1] == '-' ? size - RANDOM_SIZE - 1
									    : 0;
}

/* "BASE-" and so many digits: the part before the '-'; 0: it ends otherwise. */
static size_t before_digits(const char *name, size_t least, size_t most)
{
	size_t size = strlen(name), digits = 0;

	while (digits < size && name[size - digits - 1] >= '0' && name[size - digits - 1] <= '9')
		digits++;
	if (digits < least || digits > most || digits + 1 >= size || name[size - digits - 1] != '-')
		return 0;
	return size - digits - 1;
}

static void of_replica_set(struct pod_owner *out, const char *pod, const char *hash)
{
	size_t stem = generated_from(pod), size = strlen(hash);

	if (stem > size + 1 && pod[stem - size - 1] == '-' &&
	    !memcmp(pod + stem - size, hash, size))
		set(out, pod, stem - size - 1, "Deployment");
}

/* A job that a cron job made is named after it and the minute. */
static void of_job(struct pod_owner *out, const char *job)
{
	size_t base = before_digits(job, 8, 10);

	if (base)
		set(out, job, base, "CronJob");
	else
		set(out, job, strlen(job), "Job");
}

void pod_owner_find(struct pod_owner *out, const char *pod, const json_t *labels)
{
	const char *hash = label(labels, "pod-template-hash");
	const char *config = label(labels, "deploymentconfig");
	const char *job = label(labels, "batch.kubernetes.io/job-name");

	*out = (struct pod_owner){0};
	job = job ? job : label(labels, "job-name");
	if (hash)
		of_replica_set(out, pod, hash);
	else if (config)
		set(out, config, strlen(config), "DeploymentConfig");
	else if (job)
		of_job(out, job);
	else if (label(labels, "statefulset.kubernetes.io/pod-name"))
		set(out, pod, before_digits(pod, 1, 10), "StatefulSet");
	else if (label(labels, "pod-template-generation"))
		set(out, pod, generated_from(pod), "DaemonSet");
}
