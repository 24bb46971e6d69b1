/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tracepoints, found in BTF alone. BTF has the prototype of every event (the callback type
 * btf_trace_<event>) but records by class: several events can share one, and nothing says which.
 * The class follows from the event's name, or from the prototypes of the classes' functions
 * (__bpf_trace_<class>, not in all kernels), or from grammar/event-classes.def; when what BTF says
 * leaves more than one class with different records, the record counts as not known.
 */
#ifndef TGC_TRACEPOINT_H
#define TGC_TRACEPOINT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct kbtf;
struct kfield;
struct kfunction;
struct tracepoints;

/* How the record was found; with the first one, `record` is NULL. */
enum tracepoint_source {
	TRACEPOINT_NO_RECORD, /* `why` says why not */
	TRACEPOINT_OWN,	      /* a record of its own name */
	TRACEPOINT_PROTOTYPE, /* the only class of its prototype */
	TRACEPOINT_ALIKE,     /* one of several classes of its prototype; their records are equal */
	TRACEPOINT_KNOWN,     /* named in the table; the prototype agrees */
	TRACEPOINT_TABLE,     /* named in the table; this kernel has no prototypes of classes, but
				 the class and the other events of it agree */
};

struct tracepoint {
	const char *subsystem, *event; /* as asked for */
	/* What a raw tracepoint is given, without the leading void pointer; named as the event.
	 * Parameters that BTF has no names of are arg0, arg1, ... */
	struct kfunction *raw;
	enum tracepoint_source source;
	const char *record;	     /* the struct's name, to be used in relocations */
	const struct kfield *fields; /* its members; the first is the common header, the last may
					be `__data` */
	size_t field_count;
	const char *why; /* there is no record: a sentence without a full stop */
	/* The subsystem that the table has for the event; NULL: not known. BTF cannot tell. */
	const char *usual_subsystem;
};

/* What BTF says of all events, read once; lives in the arena and refers to `k`. */
const struct tracepoints *tracepoints_read(const struct kbtf *k, struct arena *a);
/*
 * False: the kernel has no such event. syscalls/sys_enter_* and sys_exit_* are not events of their
 * own in BTF: ask for the system call instead.
 */
bool tracepoint_look(const struct tracepoints *t, struct arena *a, const char *subsystem,
		     const char *event, struct tracepoint *out);
/* Both in one, for a single question. */
bool tracepoint_find(const struct kbtf *k, struct arena *a, const char *subsystem,
		     const char *event, struct tracepoint *out);
/* The event nearest in spelling; NULL: none. */
const char *tracepoint_nearest(const struct tracepoints *t, struct arena *a, const char *event);

#endif
