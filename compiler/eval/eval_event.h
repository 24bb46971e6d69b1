/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An abstract event: one call of a hook, or its return, as the reference evaluator sees it. Whoever
 * makes one (a test, a recording) owns its memory, which has to last for the call of eval_event().
 */
#ifndef TGC_EVAL_EVENT_H
#define TGC_EVAL_EVENT_H

#include "compiler/lower/ir.h"
#include "runtime/labels.h"

/* ---- arguments ---- */

enum eval_kind {
	EVAL_NOTHING, /* structs that are only shown; `text` may hold their bytes */
	EVAL_NUMBER,  /* integers and capability masks */
	EVAL_TEXT,    /* string, data_loc, net_device, filename; the bytes of a buffer */
	EVAL_PATH,    /* file, path, dentry, fd, linux_binprm */
	EVAL_SOCKET,  /* sock, socket, skb, sockaddr */
	EVAL_UNIX,    /* sockaddr_un */
};

/* Ports in host order, addresses in network order (IPv4: the first 4 bytes). What a kind of
 * argument does not have is 0; the one address of a `sockaddr` is its source. */
struct eval_socket {
	uint16_t family, type, protocol, state;
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port;
	uint32_t mark, priority;
	uint64_t address; /* of the kernel's socket: what TrackSock remembers */
};

struct eval_value {
	enum eval_kind kind;
	bool failed;	  /* it could not be read, or there was nothing to read: a NULL file */
	uint64_t number;  /* the 64 bits as the kernel passes them; narrower types are cut out */
	const char *text; /* not NUL-terminated at `len`; of a path, with ` (deleted)`; of an */
	size_t len;	  /* abstract socket, the 107 bytes behind the first. A path of 0 bytes is
			   * one without a name: the root, a pipe */
	uint32_t mode;	  /* of a path's inode */
	struct eval_socket socket; /* EVAL_UNIX: its family */
};

/* What an entry of `args` or `data` reads, whichever policy names it. */
struct eval_arg {
	enum ir_arg_source source;
	uint32_t position;   /* function position, field number or operand; 0 for the others */
	const char *resolve; /* NULL, or the text of `resolve` */
	struct eval_value value;
};

/* ---- processes ---- */

enum eval_exe_kind {
	EVAL_EXE_PATH,
	EVAL_EXE_NONE,	  /* a kernel thread */
	EVAL_EXE_UNKNOWN, /* it could not be read */
};

/* What was recorded of a process when it was made, and when it last executed a program. */
struct eval_record {
	uint32_t pid;		/* of its thread group, in the first PID namespace */
	uint32_t namespace_pid; /* in its own; 0 when that is the first */
	uint32_t parent_pid;	/* 0: not known */
	uint64_t start;		/* ns */
	enum eval_exe_kind exe_kind;
	const char *exe; /* EVAL_EXE_PATH: NUL-terminated, "" when it has no place */
};

/* Where the process's cgroup belongs. */
struct eval_workload {
	bool unknown; /* the cgroup cannot be told */
	struct workload of;
};

#define EVAL_CAPABILITY_SETS 3 /* by enum ir_capability_set */

struct eval_process {
	struct eval_record record;
	bool unrecorded; /* there was no record: this one was made from the task itself, and
			  * neither ancestors nor followed binaries are known */
	uint32_t tid;
	const struct eval_record *ancestors; /* recorded ones, the parent first */
	size_t ancestor_count;
	uint32_t namespaces[NS_COUNT]; /* inodes, of the task as it is; 0: the kernel has none */
	uint64_t capabilities[EVAL_CAPABILITY_SETS];
	struct eval_workload workload;
};

/* ---- the event ---- */

struct eval_event {
	enum hook_kind kind; /* HOOK_KPROBE is a call of a kernel function, for fentries as well */
	const char *symbol;  /* the function with its prefix, the LSM hook without one, the
			      * tracepoint's event, the USDT probe, the uprobe's symbol or NULL */
	const char *subsystem;	  /* tracepoints; a USDT probe's provider */
	const char *path;	  /* uprobes and USDT probes: the binary */
	uint64_t offset;	  /* uprobes: from the symbol, or in the file, or the address */
	bool at_return;		  /* the call is over */
	struct eval_value result; /* then: what it returned */
	const struct eval_arg *args;
	size_t arg_count;
	struct eval_process process;
	uint64_t time; /* ns, of a clock that does not go back */
};

#endif
