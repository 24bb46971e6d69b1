/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The relay's side of the container runtime: a process of its own asks it (asker.h), and what it
 * says becomes known to policies and events. The relay waits for nothing but the first answer, at
 * the start, and for that not long.
 */
#ifndef TGRUN_CRI_CRI_H
#define TGRUN_CRI_CRI_H

#include <sys/types.h>
#include "runtime/cri/asker.h"
#include "runtime/relay.h"
#include "runtime/workloads.h"

/* Nanoseconds. */
#define CRI_INTERVAL	 1000000000ull
#define CRI_INTERVAL_MIN 100000000ull
#define CRI_INTERVAL_MAX 3600000000000ull

struct cri_options {
	bool enable;
	const char *endpoint; /* NULL: the usual ones */
	uint64_t interval;    /* within the limits above */
};

struct cri {
	int fd; /* -1: there is no such process (any more) */
	pid_t child;
	struct workloads *workloads; /* borrowed */
	struct cri_counts counts;
	bool connected;		   /* the runtime answers */
	uint64_t updates, refused; /* states that came; that could not be used */
};

#define CRI_NONE ((struct cri){.fd = -1, .child = -1})

/* "unix:///PATH" or "/PATH": the path; NULL: it is neither. */
const char *cri_endpoint_path(const char *endpoint);

/* Before anything is opened. 0, or -1 with a sentence. */
int cri_start(struct cri *c, const struct cri_options *o, struct workloads *w, struct failure *why);
/* Waits for the first answer, some seconds at most. */
void cri_wait(struct cri *c);
extern const struct relay_service cri_service;
void cri_stop(struct cri *c);

#endif
