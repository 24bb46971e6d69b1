/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the stage "rules" (rules.c, rules_*.c) only. */
#ifndef TGC_RULE_H
#define TGC_RULE_H

#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/check/tir.h"

/* What a rule is told besides its subject. */
struct ruling {
	struct arena *arena;
	struct diags *diags;
	enum diag_id id; /* of the rule that runs */
	const struct ir_policy *policy;
	const struct kernel *kernel; /* typed rules; else NULL */
};

/* The subjects of rules. */
typedef void rule_on_policy(struct ruling *r, const struct ir_policy *p);
typedef void rule_on_written(struct ruling *r, const struct ast_hook *h);
typedef void rule_on_hook(struct ruling *r, const struct ir_hook *h);
typedef void rule_on_selector(struct ruling *r, const struct ir_hook *h,
			      const struct ir_selector *s);
/* Hooks that the kernel has, without refused arguments or filters; one of a list for all. */
typedef void rule_on_typed(struct ruling *r, const struct tir_hook *h);
typedef void rule_on_filter(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
			    const struct tir_arg *arg);

#define RUN(id, subject, function) rule_on_##subject function;
#include "rules-run.def"
#undef RUN

/* A message of the rule that runs. */
#define rule_at(r, at, ...) diag_at((r)->diags, (r)->id, at, __VA_ARGS__)

/* Rules that compare everything with everything look at so many; a list may have a million. */
#define RULE_LOOKS 512

/* ---- rules_facts.c: questions that several rules ask ------------------------------------- */

/* The name without prefixes of architectures and `sys_`: `openat`; NULL: no system call. */
const char *rule_syscall(const struct ir_hook *h, const struct ir_name *name);
/* "the system call `sys_openat`", "the LSM hook `file_open`" */
const char *rule_hook_words(struct ruling *r, const struct ir_hook *h);

const struct ir_action *rule_action(const struct ir_actions *actions, enum tg_action action);
/* The first action that signals, overrides or writes; NULL: none. */
const struct ir_action *rule_enforcement(const struct ir_actions *actions);
/* Whether a filter looks at the process or its workload. */
bool rule_process_scope(const struct ir_selector *s);
bool rule_has_filters(const struct ir_selector *s);
bool rule_starts_with(const struct ast_str *s, const char *start);
bool rule_ends_with(const struct ast_str *s, const char *end);
/* "`a`": quoted for a message, cut when long. */
const char *rule_shown(struct ruling *r, const struct ast_str *s);
/* The LSM hook that guards what a system call or function does; NULL: none is known. */
const char *rule_guard(const char *name);

#endif
