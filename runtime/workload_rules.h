/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a bundle asks of workloads and nodes, and the kernel's tables of what is so
 * (tg_workloads_layout.h): memory that stays mapped, so that containers can come and go while the
 * programs run, and without privileges.
 */
#ifndef TGRUN_WORKLOAD_RULES_H
#define TGRUN_WORKLOAD_RULES_H

#include <stdint.h>
#include "runtime/artifact.h"
#include "runtime/labels.h"

struct workload_rules {
	const struct artifact *artifact; /* borrowed; must outlive this */
	struct workload_rule *v;	 /* by index of the artifact's workloads */
	uint32_t count, words;
	struct label_requirement *requirements; /* of all; by index in the artifact */
	const char **values;
	/* The kernel's; NULL before workload_rules_map(). */
	volatile uint64_t *head, *tables;
	size_t head_size, tables_size;
};

/* A cgroup and what is in it. */
struct workload_place {
	uint64_t cgroup;
	const struct workload *is;
};

/* 0, or -1 when memory runs out. */
int workload_rules_init(struct workload_rules *r, const struct artifact *a);
/* Takes both descriptors of the loaded maps, -1 for none. 0, or -1 with errno. */
int workload_rules_map(struct workload_rules *r, int head_fd, int tables_fd);
/* The same of maps that somebody has looked at who may: one after the other in `known`. */
struct bpf_map_info;
int workload_rules_map_as(struct workload_rules *r, int head_fd, int tables_fd,
			  const struct bpf_map_info *known);
/*
 * Writes what is known, all at once as programs see it. -1: there is no room for one of the
 * cgroups, and everything is as it was.
 */
int workload_rules_write(struct workload_rules *r, const struct workload_place *v, size_t count);
/* Whether the policy is for a node with these labels. */
bool workload_rules_node(const struct workload_rules *r, uint32_t policy,
			 const struct labels *labels);
void workload_rules_free(struct workload_rules *r);

#endif
