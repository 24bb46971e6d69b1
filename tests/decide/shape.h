/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shape is one hook with its policies; an event is one call of it, with what must come of it.
 * Tables (table.c) and the random part (random.c) make shapes; policy.c writes them as YAML,
 * unit.c has them compiled, check.c runs their events. All memory is the given arena's.
 */
#ifndef DECIDE_SHAPE_H
#define DECIDE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct workload;

#define SHAPE_ARGS	      5
#define SHAPE_PARENTS	      12
#define EXPECTED_SIGNALS      16
#define SHAPE_PROGRAM_PARTS   6	 /* of a hook with many selectors, each with records of its own */
#define SHAPE_NAMESPACES      10 /* kinds, in the order of TG_NAMESPACE_KINDS */
#define SHAPE_HOST_INODE      4026531830u /* of the first kind, on the host; the others follow */
#define SHAPE_CAPABILITY_SETS 3

struct text {
	const char *s;
	size_t len;
};

struct filter {
	const char *op;
	const struct text *values;
	size_t value_count;
};

enum shape_kind {
	SHAPE_KPROBE,
	SHAPE_SECURITY, /* a kprobe whose function's name starts with security_ */
	SHAPE_SYSCALL,
	SHAPE_LSM,
	SHAPE_TRACEPOINT,
	SHAPE_SYS_ENTER, /* the tracepoint of a system call */
	SHAPE_KINDS
};

/* An argument type of the language, and the C type that the hooked function has there. */
struct shape_arg {
	const char *type, *c_type;
	const char *more;  /* of its entry in `args`, after the type; NULL: nothing */
	unsigned size_arg; /* of a buffer: the argument that has its size, from 1 on */
	bool return_copy;  /* it is read when the call returns */
	unsigned bits, c_bits;
	bool is_signed, c_signed;
};

enum argument_kind {
	ARGUMENT_NUMBER,
	ARGUMENT_TEXT,
	ARGUMENT_SOCKET,
	ARGUMENT_NULL,
	ARGUMENT_FAULT
};

/* Ports in host order, addresses as in packets. */
struct shape_socket {
	uint16_t family, type, protocol, state, source_port, destination_port;
	uint8_t source[16], destination[16];
	uint32_t mark, priority;
};

/* Of a number, a string's bytes, or a path as tree.h spells it. */
struct argument {
	enum argument_kind kind;
	uint64_t number;
	struct text text;
	struct shape_socket socket;
	bool in_kernel; /* a string in kernel memory */
	bool deleted;	/* a path */
};

enum asked_mode { ASKED_NOTHING, ASKED_MONITOR, ASKED_OFF };

enum scratch_trouble { SCRATCH_QUIET, SCRATCH_INTERRUPTED, SCRATCH_SWAMPED };

struct expected {
	uint64_t matched[SHAPE_PROGRAM_PARTS]; /* bits of each part's record; 0: no record */
	unsigned signals[EXPECTED_SIGNALS], signal_count;
	int result;
	unsigned lost, held, missed;
	unsigned kept;	    /* parts, as bits, that remember the call until it returns */
	uint32_t call;	    /* the number that they give it */
	unsigned cancelled; /* parts that take back the first half of their event */
	bool unresolved, has_text, has_value, fault;
	struct text text; /* of the first text argument */
	uint64_t value;	  /* of the first argument */
};

/* One that the process descends from. */
struct relative {
	struct argument exe;
	bool kernel_thread;
	uint32_t pid, nspid; /* nspid 0: in the first PID namespace */
};

struct event {
	unsigned line;
	struct argument args[SHAPE_ARGS];
	struct argument exe;
	struct text root;			/* of the task; empty: the root of all mounts */
	bool exe_inherited;			/* the parent's: it has executed nothing */
	struct relative parents[SHAPE_PARENTS]; /* the parent first */
	unsigned parent_count;
	uint32_t nspid;
	uint32_t namespaces[SHAPE_NAMESPACES];		/* inodes */
	uint64_t capabilities[SHAPE_CAPABILITY_SETS];	/* effective, inheritable, permitted */
	uint32_t recorded_namespaces[SHAPE_NAMESPACES]; /* when it last executed something */
	uint64_t recorded_capabilities[SHAPE_CAPABILITY_SETS];
	bool exe_given, kernel_thread, ring_full, unknown_process;
	uint32_t mode; /* of every inode */
	enum scratch_trouble trouble;
	bool then;	       /* it goes on from the call before */
	enum asked_mode asked; /* of all policies */
	bool modes;	       /* policies have modes of their own: these, and what they ask for */
	uint64_t off, monitor; /* policies, as bits */
	const struct workload *workload; /* of the process (runtime/labels.h); NULL: not known */
	bool at_return;			 /* the call is over */
	struct argument result;
	unsigned tid;  /* 0: the process's usual one */
	uint64_t time; /* ms */
	struct expected expected;
};

/* What a policy has beside its selectors: lines of YAML. */
struct shape_policy {
	const char *spec, *hook;
};

struct shape {
	const char *file;
	unsigned line;
	enum shape_kind kind;
	struct shape_arg args[SHAPE_ARGS];
	unsigned arg_count;
	const struct filter *filters; /* each a policy of its own, on argument 0 */
	size_t filter_count;
	const char *selectors; /* else YAML, a list's entries by policy; NULL: no selectors */
	size_t policy_count;   /* of these; others have nothing more */
	const struct shape_policy *policies; /* by policy; NULL: they have nothing more */
	struct shape_arg result;	     /* what the function returns; no type: int */
	bool enforcer;	     /* the policies' enforcers act in the hooked function */
	const char *refused; /* the message's name, when tgc must refuse it */
	struct event *events;
	size_t event_count;
	unsigned number; /* of the function that is hooked */
	unsigned hook;	 /* in the generated unit; refused ones have none */
	unsigned hooks;	 /* how many it is there: a part of the program each */
};

struct shapes {
	struct shape *v;
	size_t count, room;
};

/* From "type" or "type@C type"; other types than tgc's own are taken for pointers. */
void shape_arg_parse(struct arena *a, const char *word, struct shape_arg *out);
bool shape_arg_is_number(const struct shape_arg *arg);
bool shape_arg_is_path(const struct shape_arg *arg);
/* A buffer, as long as another argument says. */
bool shape_arg_is_buffer(const struct shape_arg *arg);
bool shape_arg_is_socket(const struct shape_arg *arg);
/* What is read of a buffer: its first bytes; `*size` is how many there are said to be. */
struct text shape_buffer(const struct shape *s, const struct event *e, unsigned arg,
			 uint64_t *size);
/* A number behind a pointer. */
bool shape_arg_is_caps(const struct shape_arg *arg);
/* An event without arguments, of a process of the host that may do anything. */
void event_begin(struct event *e);
struct shape *shapes_add(struct arena *a, struct shapes *all);

#endif
