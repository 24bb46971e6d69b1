/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the stage "lower" (lower*.c) only. */
#ifndef TGC_LOWER_H
#define TGC_LOWER_H

#include "compiler/diag/diag.h"
#include "ir.h"
#include "compiler/values/value_error.h"

#define ERRNO_MAX 4095

struct lowering {
	struct arena *arena;
	struct diags *diags;
	const struct ast_policy *policy; /* the one at hand */
};

static inline struct span at_or(struct span at, struct span otherwise)
{
	return at.end > at.start ? at : otherwise;
}

/* A value that its parser refused: the message points at the part that is wrong. */
struct diag *report_value(struct lowering *l, enum diag_id id, const struct ast_str *text,
			  const struct value_error *e);

/* ---- lower_names.c: functions by name or by list ---- */

/* What a hook's `call` names. `syscall`: names of system calls, unless a list says otherwise. */
void lower_calls(struct lowering *l, const struct ast_str *call, bool syscall,
		 struct ir_names *out);
/* An entry of enforcers[].calls: a system call or a `security_` function, or a list of them. */
bool lower_enforcer_call(struct lowering *l, const struct ast_str *call, struct ir_names *out);
/* The list of this name; reported when there is none. */
const struct ast_list *find_list(struct lowering *l, const struct ast_str *reference);
void check_lists(struct lowering *l);

/* ---- lower_args.c ---- */

void lower_args(struct lowering *l, const struct ast_hook *h, struct ir_hook *out);

/* ---- lower_selector.c ---- */

void lower_selectors(struct lowering *l, const struct ast_hook *h, struct ir_hook *out);
void check_macros(struct lowering *l);
/* Reports a part of the language that this kind of hook refuses. */
bool allow_feature(struct lowering *l, const struct ir_hook *h, enum hook_feature f,
		   struct span at);
/* The same, and of what Tetragon accepts although nothing happens. */
bool allow_working(struct lowering *l, const struct ir_hook *h, enum hook_feature f,
		   struct span at);

/* ---- lower_loader.c ---- */

/* The hook that `loader` stands for. */
const struct ir_hook *lower_loader(struct arena *a, struct span at);

/* ---- lower_process.c: what depends on the process only ---- */

void lower_process(struct lowering *l, const struct ast_selector *s, struct ir_selector *out);
/* NULL when everything is meant. */
const struct ir_workload *lower_workload(struct lowering *l, const struct ast_label_selector *pod,
					 const struct ast_label_selector *container,
					 const struct ast_label_selector *host, bool namespaced);
const struct ir_label_selector *lower_labels(struct lowering *l,
					     const struct ast_label_selector *s);

/* ---- lower_actions.c ---- */

void lower_actions(struct lowering *l, const struct ast_selector *s, const struct ir_hook *hook,
		   struct ir_selector *out);

/* ---- lower_probe.c: where uprobes go ---- */

void lower_probe(struct lowering *l, const struct ast_hook *h, struct ir_hook *out);

/* ---- lower_kernel.c: which kernels a hook is for ---- */

void lower_kernel_names(struct lowering *l, const struct ast_hook *h, struct ir_hook *out);

#endif
