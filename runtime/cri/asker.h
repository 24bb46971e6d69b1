/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process `tgrun-cri`: asks the container runtime, over its socket, what pods and containers
 * there are, again and again, and tells the relay. Who may use that socket may run anything as
 * root, so it is not for the relay. The relay sends nothing: whoever takes it over cannot have
 * this process ask for anything.
 */
#ifndef TGRUN_CRI_ASKER_H
#define TGRUN_CRI_ASKER_H

#include <stdint.h>
#include "runtime/cri/table.h"
#include "runtime/grpc/h2.h"

#define CRI_MAGIC 0x31697263u

/* Why the runtime could not be asked; as in enum channel_result, without OK and OWNER. */
enum cri_failure {
	CRI_UNREACHABLE,
	CRI_REFUSED,
	CRI_TIMEOUT,
	CRI_TOO_LARGE,
	CRI_PROTOCOL,
	CRI_FAILURE_COUNT,
};

struct cri_counts {
	uint64_t connects; /* how often it has begun to answer */
	uint64_t failures[CRI_FAILURE_COUNT];
	uint64_t events; /* that the runtime has sent by itself */
	uint64_t pods, containers, left_out;
};

/* To the relay, one message. With a state comes a descriptor: memory with its text. */
struct cri_report {
	uint32_t magic;
	uint32_t connected; /* 1: it answers now */
	uint64_t size;	    /* bytes of the text; 0: nothing has changed */
	struct cri_counts counts;
};

struct asker_options {
	const char *endpoint;	     /* a path; NULL: the first that answers of the usual ones */
	unsigned int interval;	     /* milliseconds between two questions, without events */
	const struct h2_library *h2; /* loaded */
};

/* Never returns. `socket`: to the relay; it ends when that is closed. Nothing else is open. */
_Noreturn void asker_run(const struct asker_options *o, int socket);

#endif
