/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of tgc explain POLICY (explain_*.c) only. */
#ifndef TGC_EXPLAIN_PARTS_H
#define TGC_EXPLAIN_PARTS_H

#include "explain_doc.h"
#include "compiler/check/kernel_check.h"
#include "compiler/check/tir.h"

struct explaining {
	struct arena *arena;
	struct doc doc;
	const struct sources *sources;
	const struct kernel_set *kernels;
	struct tir *const *typed_by; /* one for every kernel */
	size_t number;		     /* of the policy being explained: */
	const struct ir_policy *policy;
	const struct ir_hook *hook;	/* the hook being explained: */
	const struct tir_hook *typed;	/* what the first kernel that has it makes of it, or NULL */
	const struct ir_selector *rule; /* the rule being explained */
	const struct tir_selector *typed_rule;
};

/* ---- explain_policy.c ---- */

void explain_policy(struct explaining *x);
/* "namespace `x`", the pods and containers; goes on from "It applies to" */
const char *workload_words(struct arena *a, const struct ir_workload *w);

/* ---- explain_hook.c ---- */

void explain_hook(struct explaining *x, size_t number);
/* "`security_file_open`", "`openat`", "the system calls of the list `x`" */
const char *hook_title(struct explaining *x);
/* The same kind of thing that happens at the hook: "call", "event" */
const char *hook_happening(const struct ir_hook *h);
/* Functions of the hook in one kernel that have been found. */
size_t hook_functions(const struct explaining *x, size_t kernel, const struct ir_hook *h);
/* The first function of the hook in a kernel, or NULL. */
const struct tir_hook *hook_typed(const struct explaining *x, size_t kernel,
				  const struct ir_hook *h);
/* Why a kernel goes without the hook, as the policy says; NULL: it does not. */
const struct ir_kernel_name *hook_left_out(const struct explaining *x, size_t kernel,
					   const struct ir_hook *h);
/* "`mask`", "argument 2", "field `comm`": an argument as sentences call it. */
const char *arg_words(struct explaining *x, enum ir_section section, uint32_t arg);
const struct tir_arg *arg_typed(const struct explaining *x, enum ir_section section, uint32_t arg);
const struct ir_arg *arg_written(const struct explaining *x, enum ir_section section, uint32_t arg);

/* ---- explain_rule.c ---- */

void explain_rules(struct explaining *x);

/* ---- explain_process.c, explain_filter.c: conditions ---- */

/* A condition is a text that goes on from "when". */
typedef void section_words(struct explaining *x, struct doc_list *out);
#define SECTION_WORDS(key, part) section_words say_##part;
#include "grammar/policy-prose.def"

struct prose_section {
	const char *key; /* in `selectors[]` */
	section_words *say;
};
const struct prose_section *prose_sections(size_t *count);
bool prose_has_operator(enum op op);
bool prose_has_action(enum tg_action action);
bool prose_has_type(enum type_id type);

/* ---- explain_action.c ---- */

/* What a rule does, each a text that goes on from "then". */
void action_words(struct explaining *x, const struct ir_selector *rule, struct doc_list *out);
void return_action_words(struct explaining *x, const struct ir_selector *rule,
			 struct doc_list *out);
/* "-1, EPERM" */
const char *error_words(struct arena *a, int32_t value);

/* ---- explain_gaps.c, explain_kernels.c ---- */

void explain_gaps(struct explaining *x);
void explain_kernels(struct explaining *x);
/* How the hook gets attached: "an fentry program, else a kprobe". */
const char *attachment_words(const struct tir_hook *hook);

#endif
