/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the container runtime says of pods and containers, from its answers to the text that
 * workloads_found() takes: that of a file of workloads. The answers may be anything; what cannot
 * be used of them is left out and counted.
 */
#ifndef TGRUN_CRI_TABLE_H
#define TGRUN_CRI_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include "runtime/buffer.h"
#include "runtime/failure.h"

#define CRI_ITEMS_MAX  4096	  /* pods or containers of a list, ended ones too */
#define CRI_ITEM_BYTES (2u << 20) /* of one, in a list, with all its annotations */
#define CRI_INFO_BYTES (8u << 20) /* what a runtime says beyond the interface, JSON */
#define CRI_TEXT_BYTES (4u << 20) /* what is told of all */

/* All zeros: nothing is known. */
struct cri_table {
	json_t *pods, *containers; /* that are not over; as the lists have them */
	json_t *facts;		   /* by the id of either: what its status says */
	char runtime[64];	   /* its name, the scheme of containers' ids */
	size_t left_out;	   /* of the lists, the last time */
};

/* What was printed. */
struct cri_told {
	size_t pods, containers, left_out;
};

/* Each takes the body of an answer. 0, or -1 with a sentence; what was known is then unchanged. */
int cri_table_version(struct cri_table *t, const void *bytes, size_t size, struct failure *why);
int cri_table_pods(struct cri_table *t, const void *bytes, size_t size, struct failure *why);
/* After the pods: facts of what is in neither list any more are forgotten. */
int cri_table_containers(struct cri_table *t, const void *bytes, size_t size, struct failure *why);
int cri_table_status(struct cri_table *t, const char *id, bool pod, const void *bytes, size_t size,
		     struct failure *why);

/*
 * The next one whose status is to be asked for, pods first; the id is valid until the table
 * changes. `at`, 0 at first, counts them. NULL: there is none.
 */
const char *cri_table_unknown(const struct cri_table *t, size_t *at, bool *pod);

/* Appends the text of what is known. */
void cri_table_print(const struct cri_table *t, struct buffer *out, struct cri_told *told);
void cri_table_free(struct cri_table *t);

#endif
