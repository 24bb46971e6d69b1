/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Normal form, made by lower() from the syntax tree: macros are merged, lists expanded,
 * spellings have become enumerators, filters point at arguments, every selector has its
 * actions. No kernel was looked at yet. Owned by the compilation's arena; read-only afterwards.
 */
#ifndef TGC_IR_H
#define TGC_IR_H

#include "compiler/read/ast.h"
#include "compiler/words/hook_kinds.h"
#include "compiler/words/option.h"
#include "compiler/values/rate.h"
#include "compiler/words/syscalls.h"
#include "compiler/words/types.h"
#include "runtime/artifact.h"
#include "runtime/labels.h"

struct cel_node;
struct fieldpath;

/* ---- functions that a hook or an enforcer names ---- */

struct ir_name {
	struct span at;
	const char *
		name; /* as written, without `abi/`: the kernel's architecture decides the symbol */
	bool syscall;
	enum syscall_abi abi; /* ABI_X64 stands for the kernel's own */
};

enum ir_name_source {
	NAMES_WRITTEN,
	NAMES_SYSCALLS, /* every system call of a kernel */
	NAMES_FTRACE,	/* every traceable function that matches `pattern` */
};

/* One name, or a list of them; generated lists are filled in from a kernel by typecheck(). */
struct ir_names {
	struct span at;
	enum ir_name_source source;
	const char *list; /* the list's name; NULL: a single name */
	const struct ast_str *pattern;
	struct ir_name *v;
	size_t n;
};

/* ---- arguments ---- */

enum ir_arg_source { IR_SOURCE_ARGUMENT, IR_SOURCE_CURRENT_TASK, IR_SOURCE_REGISTER };

struct ir_arg {
	struct span at;	   /* of its type */
	struct span whole; /* of the entry */
	uint32_t position; /* function position, field number, note operand */
	enum type_id type;
	const char *label; /* "" when none */
	enum ir_arg_source source;
	const struct ast_str *resolve; /* NULL: none; the text of `path`, or a register's name */
	const struct fieldpath *path;
	const struct ast_str *btf_type, *btf_module; /* NULL: none */
	uint32_t size_position; /* function position (or field) of its size + 1; 0: none */
	struct span size_at;
	bool return_copy, max_data;
};

/* ---- selectors ---- */

enum ir_section { IR_ARGS, IR_DATA, IR_RETURN, IR_SECTIONS };

struct ir_filter {
	struct span at;	      /* of the operator */
	struct span index_at; /* of what chose the argument, or of the filter */
	uint32_t arg;	      /* index into the hook's args or data; 0 for the return value */
	uint32_t second;      /* CapabilitiesGained: the other argument */
	enum op op;
	const struct ast_str *values;
	size_t value_count;
	struct span values_at;
	const struct cel_node *expression; /* CelExpr */
};

struct ir_filters {
	struct ir_filter *v;
	size_t n;
};

struct ir_pids {
	struct span at;
	bool negated, follow_forks, in_namespace;
	const int32_t *values;
	size_t value_count;
};

struct ir_binaries {
	struct span at;
	enum op op; /* In, Prefix, Postfix and their negations */
	bool negated, follow_children;
	const struct ast_str *values;
	size_t value_count;
};

/* Kinds as the change masks number them. */
enum ir_namespace {
	NS_UTS,
	NS_IPC,
	NS_MNT,
	NS_PID,
	NS_PID_FOR_CHILDREN,
	NS_NET,
	NS_TIME,
	NS_TIME_FOR_CHILDREN,
	NS_CGROUP,
	NS_USER,
	NS_COUNT
};

struct ir_namespaces {
	struct span at;
	enum ir_namespace kind;
	bool negated;
	bool host;		/* `host_ns` is among the values */
	const uint32_t *values; /* inode numbers */
	size_t value_count;
};

struct ir_namespace_changes {
	struct span at;
	bool negated;
	uint32_t kinds; /* bit N: enum ir_namespace N */
};

enum ir_capability_set { CAPS_EFFECTIVE, CAPS_INHERITABLE, CAPS_PERMITTED };

struct ir_capabilities { /* matchCapabilities[], matchCapabilityChanges[] */
	struct span at;
	enum ir_capability_set set;
	bool negated, other_user_namespace;
	uint64_t mask;
	bool odd_spelling; /* a name that Tetragon does not take */
};

/* Label selectors: every requirement must hold. */

struct ir_requirement {
	struct span at;
	enum label_op op;
	const char *key;
	const struct ast_str *values;
	size_t value_count;
};

struct ir_label_selector {
	struct span at;
	struct ir_requirement *v;
	size_t n; /* 0: matches everything */
};

/* Which workloads are meant, after the rules that fill in what was left out. */
struct ir_workload {
	struct span at;
	const struct ir_label_selector *pod, *container; /* both or neither */
	bool host;					 /* processes outside of pods, too */
};

struct ir_action {
	struct span at;
	enum tg_action action;
	int32_t value;		      /* the signal, or the value an Override returns */
	int32_t error;		      /* NotifyEnforcer */
	uint32_t arg;		      /* TrackSock, UntrackSock, Set: index into the hook's args */
	uint32_t set;		      /* Set: the number to write */
	const struct ast_str *target; /* GetUrl, DnsLookup; NULL: none */
	const struct ast_str *registers; /* Override of a uprobe: assignments */
	size_t register_count;
	const struct ast_str *new_symbol; /* or */
	const struct ast_int *new_place;  /* address or offset; NULL: none */
	bool new_place_is_address;
	uint32_t rate_ms; /* 0: no limit */
	enum rate_scope rate_scope;
	bool kernel_stack, user_stack, ima_hash;
};

struct ir_actions {
	struct ir_action *v;
	size_t n;
};

struct ir_selector {
	struct span at;
	const char *label;		    /* "" when none */
	const struct ir_workload *workload; /* NULL: any */
	struct ir_pids *pids;
	size_t pid_count;
	struct ir_binaries *binaries;
	size_t binary_count;
	struct ir_binaries *parent_binaries;
	size_t parent_binary_count;
	struct ir_namespaces *namespaces;
	size_t namespace_count;
	struct ir_namespace_changes *namespace_changes;
	size_t namespace_change_count;
	struct ir_capabilities *capabilities;
	size_t capability_count;
	struct ir_capabilities *capability_changes;
	size_t capability_change_count;
	struct ir_filters filters[IR_SECTIONS];
	struct ir_actions actions, return_actions;
	bool posts;	      /* no NoPost among the actions */
	uint32_t last_action; /* enum tg_action, what events report */
};

/* ---- hooks ---- */

enum ir_place_kind { PLACE_SYMBOL, PLACE_OFFSET, PLACE_ADDRESS };

struct ir_place { /* where a uprobe goes */
	struct span at;
	enum ir_place_kind kind;
	const char *symbol;
	uint64_t offset; /* from the symbol, or in the file, or the address */
	bool counted;
	uint64_t counter; /* file offset of the semaphore */
};

enum ir_return_action { RETURN_NOTHING, RETURN_TRACK_SOCK, RETURN_UNTRACK_SOCK };

/* The arguments of the hook that `loader` stands for. */
enum ir_loader_arg { LOADER_PATH, LOADER_ID, LOADER_ID_SIZE = LOADER_ID + 3, LOADER_ARGS };

/* A function, a record or RECORD.MEMBER: the hook is only for kernels that have it, or lack it. */
struct ir_kernel_name {
	struct span at;
	const char *name;
	bool lacks;
};

struct ir_hook {
	struct span at;
	struct span symbol_at;
	enum hook_kind kind;
	struct ir_names calls; /* function, LSM hook, tracepoint event or USDT probe */
	const char *subsystem; /* tracepoints; the provider of a USDT probe */
	const struct ast_str *path, *btf_path; /* uprobes and USDT; NULL: none */
	struct ir_place *places;
	size_t place_count;
	const struct ast_str *digests;
	size_t digest_count;
	bool ignore_missing, ignore_digest;
	struct ir_kernel_name *kernel_names; /* all of them hold where the hook is */
	size_t kernel_name_count;
	struct ir_arg *args;
	size_t arg_count;
	struct ir_arg *data;
	size_t data_count;
	const struct ir_arg *return_arg; /* NULL: the return side is not watched */
	enum ir_return_action return_action;
	const char *message;
	const struct ast_str *tags;
	size_t tag_count;
	struct ir_selector *selectors; /* at least one: no selectors is one that posts */
	size_t selector_count;
	bool no_selectors; /* none was written */
	bool loader;	   /* stands for the policy's `loader`, and is in no policy's `hooks` */
};

struct ir_enforcer {
	struct span at;
	struct ir_names *calls;
	size_t call_count;
};

struct ir_policy {
	struct span at;
	const struct ast_policy *ast;
	const char *name;
	const char *namespace; /* NULL: cluster-wide */
	enum policy_mode mode;
	enum override_method override;
	bool no_kprobe_multi, no_uprobe_multi;
	uint32_t preload_size; /* 0: the runtime's own */
	bool loader;
	const struct ir_hook *loader_hook;  /* what it means; NULL: nothing */
	const struct ir_workload *workload; /* NULL: any */
	const struct ir_label_selector *nodes;
	struct ir_enforcer *enforcers;
	size_t enforcer_count;
	struct ir_hook *hooks;
	size_t hook_count;
};

struct ir {
	struct ir_policy *policies;
	size_t policy_count;
};

/* Errors go to `d`; the result is complete only when there were none. */
struct ir *lower(struct arena *a, struct diags *d, const struct ast *ast);

/* Stable text, the same for the same meaning; `places` as for ast_print(). */
void ir_print(const struct ir *ir, const struct sources *places, FILE *to);

/* Whether Tetragon takes a name for a system call in a list of functions to act in. */
bool is_syscall_name(const char *name);

static inline bool ir_is_enforcing(enum tg_action action)
{
	return action == TG_ACTION_SIGKILL || action == TG_ACTION_SIGNAL ||
	       action == TG_ACTION_OVERRIDE || action == TG_ACTION_NOTIFY_ENFORCER ||
	       action == TG_ACTION_SET;
}

#endif
