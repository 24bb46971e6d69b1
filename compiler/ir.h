/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Normal form, made by lower() from the syntax tree: spellings have become enumerators,
 * filters point at arguments, every selector has its actions. No kernel was looked at yet.
 * Owned by the compilation's arena; read-only afterwards.
 */
#ifndef TGC_IR_H
#define TGC_IR_H

#include "ast.h"
#include "types.h"
#include "runtime/artifact.h"

struct ir_arg {
	struct span at;	   /* of its type */
	uint32_t position; /* function position, or tracepoint field number */
	enum type_id type;
	const char *label; /* "" when none */
};

struct ir_filter {
	struct span at; /* of the operator */
	uint32_t arg;	/* index into the hook's args */
	enum op op;
	const struct ast_str *values;
	size_t value_count;
};

struct ir_binaries {
	struct span at;
	bool negated;
	const struct ast_str *values;
	size_t value_count;
};

struct ir_action {
	struct span at;
	enum tg_action action;
	int32_t value; /* signal number, or the value an Override returns */
};

struct ir_selector {
	struct span at;
	struct ir_filter *filters;
	size_t filter_count;
	struct ir_binaries *binaries;
	size_t binary_count;
	struct ir_action *actions;
	size_t action_count;
	bool posts;
	uint32_t last_action; /* enum tg_action, what events report */
};

struct ir_hook {
	struct span at;
	struct span symbol_at;
	enum tg_hook_kind kind;
	bool syscall;
	const char *symbol; /* as attached: syscalls carry the architecture prefix */
	const char *subsystem;
	const char *message;
	const struct ast_str *tags;
	size_t tag_count;
	struct ir_arg *args;
	size_t arg_count;
	struct ir_selector *selectors;
	size_t selector_count;
};

struct ir_policy {
	struct span at;
	const char *name;
	struct ir_hook *hooks;
	size_t hook_count;
};

struct ir {
	struct ir_policy *policies;
	size_t policy_count;
};

/* Errors go to `d`; the result is complete only when there were none. */
struct ir *lower(struct arena *a, struct diags *d, const struct ast *ast);

#endif
