/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event, resolved and ready to print in any form. It owns nothing: processes belong to
 * the process cache, texts to the record or the bundle.
 */
#ifndef TGRUN_EVENT_H
#define TGRUN_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/artifact.h"
#include "runtime/event_type.h"
#include "runtime/procs.h"
#include "runtime/record.h"
#include "runtime/stack.h"

#define EVENT_ARGS_MAX 32
#define EVENT_TAGS_MAX 16
#define EVENT_BUILD_ID 20

enum event_kind {
	EVENT_EXEC,
	EVENT_EXIT,
	EVENT_KPROBE,
	EVENT_LSM,
	EVENT_TRACEPOINT,
	EVENT_UPROBE,
	EVENT_USDT,
	EVENT_LOADER,
};

struct event_arg {
	enum tg_arg_type type;
	struct tg_slot slot;
	struct record_text text;
	const char *label; /* "" none */
};

struct event {
	enum event_kind kind;
	uint64_t ktime;
	struct tg_key key;		     /* of the process, as reported */
	const struct proc *process, *parent; /* NULL: not in the cache */
	const struct proc *const *ancestors; /* above the parent, nearest first */
	size_t ancestor_count;
	bool unknown; /* not in the kernel's table either */
	uint32_t tid;
	uint32_t exit_code;		 /* EVENT_EXIT: the kernel's word */
	const struct tg_exec_more *more; /* EVENT_EXEC: of the program; NULL: not known */

	/* The rest: hook events only. */
	const char *subsystem, *function;
	const char *policy, *message; /* message: "" none */
	uint32_t action;	      /* Tetragon's raw id */
	uint32_t return_action;
	uint32_t arg_count, tag_count;
	uint32_t data_count; /* behind the arguments in `args` */
	struct event_arg args[EVENT_ARGS_MAX];
	bool has_result;
	struct event_arg result;	      /* what the call returned */
	const struct tg_target_entry *target; /* uprobes and USDT probes */
	const char *path;		      /* their file, as the policy has it */
	uint8_t build_id[EVENT_BUILD_ID];     /* EVENT_LOADER: of the file that args[0] names */
	uint32_t build_id_size;
	const struct tg_file_hash *hash; /* EVENT_LSM: NULL none */
	const char *tags[EVENT_TAGS_MAX];
	const struct stack *kernel_stack, *user_stack; /* NULL: none is shown */
};

/* What every line shows besides its event. */
struct event_style {
	const char *node_name;
	const struct clock *clock;
	const char *cluster_name;	 /* NULL or "": none */
	bool credentials, namespaces;	 /* of processes */
	const uint32_t *host_namespaces; /* TG_EXEC_NAMESPACES inode numbers; NULL: not known */
	bool colors, timestamps;	 /* compact form only */
};

enum event_type event_type_of_kind(enum event_kind kind);
/* "process_exec", ...: the event's member in Tetragon's JSON. */
const char *event_member(const struct event *e);

/* The name of the signal that ended the process, or NULL when it exited by itself. */
const char *exit_signal_name(uint32_t exit_code);
static inline uint32_t exit_status(uint32_t exit_code)
{
	return exit_code >> 8;
}

#endif
