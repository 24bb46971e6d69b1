/* SPDX-License-Identifier: Apache-2.0 */
/* From kernel records to printed events: keeps the process cache and resolves identities. */
#ifndef TGRUN_DISPATCH_H
#define TGRUN_DISPATCH_H

#include "runtime/buffer.h"
#include "runtime/bundle.h"
#include "runtime/calls.h"
#include "runtime/environment.h"
#include "runtime/event.h"
#include "runtime/handover.h"
#include "runtime/mappings.h"
#include "runtime/repair.h"
#include "runtime/requests.h"
#include "runtime/rests.h"
#include "runtime/sink.h"
#include "runtime/startup.h"
#include "runtime/workloads.h"
#include "runtime/tally.h"

struct dispatch_counts {
	uint64_t records;   /* taken from the ring */
	uint64_t events;    /* handed to the sinks */
	uint64_t malformed; /* records that do not decode, or belong to no bundle */
	uint64_t unknown;   /* events whose process is not known */
	uint64_t dropped;   /* not told because memory ran out */
};

struct dispatch {
	struct procs *procs;
	struct repair *repair; /* NULL: what is unknown stays so; borrowed */
	struct calls *calls;   /* borrowed, as the two around it */
	struct bundles *bundles;
	uint64_t read_until; /* the ring has been read up to about this time; boot-time clock */
	struct workloads *workloads; /* NULL: none are known */
	struct sinks *sinks;	     /* borrowed */
	struct event_style style;
	struct environment_rules environment; /* how it is shown, where the kernel tells it */
	uint32_t with_ancestors; /* types of events that show them; bits of enum event_type */
	const struct proc *ancestors[PROCS_ANCESTORS_MAX]; /* of the event at hand */
	struct symbols *symbols;			   /* NULL: no bundle wants stack traces */
	struct handover *handover; /* those under way, the last one first; borrowed */
	struct requests requests;
	struct rests rests;		       /* of long arguments; owned */
	struct mapped mapped;		       /* files that were reported; owned */
	struct tally *tally;		       /* borrowed; NULL: nobody asks */
	struct stack kernel_stack, user_stack; /* of the record at hand */
	int32_t hash_error; /* why there was no hash of a file, last; 0: none so far */
	struct dispatch_counts counts;
};

/* One record; hostile bytes. What it says goes to the sinks. */
void dispatch_record(struct dispatch *d, const void *data, size_t size);

/* A process that was there at the start. */
void dispatch_startup(struct dispatch *d, const struct tg_key *key);

#endif
