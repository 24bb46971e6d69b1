/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax tree that both front ends (YAML today, the terse language later) build:
 * what the author wrote, with a place in every node, no meaning yet. Made by the readers,
 * owned by the compilation's arena, read-only afterwards.
 * What was not given has `s == NULL`, `given == false`, a count of 0 or a NULL pointer.
 * grammar/policy-schema.def names the members; every object's struct starts with its place.
 */
#ifndef TGC_AST_H
#define TGC_AST_H

#include <stdio.h>
#include "compiler/base/source.h"

struct arena;
struct diags;

struct ast_str {
	const char *s; /* NUL-terminated; `len` counts NULs inside */
	size_t len;
	struct span at;
};

/*
 * The bytes `from` to `to` of a string in its file. False where the string's bytes do not stand
 * there as they are (escapes, folded lines) or there are none: `out` is then the whole of it.
 */
static inline bool ast_str_part(const struct ast_str *s, size_t from, size_t to, struct span *out)
{
	size_t written = s->at.end - s->at.start, quotes = written - s->len;

	*out = s->at;
	if (to <= from || written < s->len || (quotes != 0 && quotes != 2))
		return false;
	out->start += (uint32_t)(quotes / 2 + from);
	out->end = out->start + (uint32_t)(to - from);
	return true;
}

struct ast_int {
	bool given;
	int64_t value;
	struct span at;
};

struct ast_bool {
	bool given;
	bool value;
	struct span at;
};

struct ast_strs {
	struct ast_str *v;
	size_t n;
	struct span at;
};

struct ast_ints {
	struct ast_int *v;
	size_t n;
	struct span at;
};

struct ast_label { /* one pair of matchLabels */
	struct ast_str key, value;
};

struct ast_labels {
	struct ast_label *v;
	size_t n;
	struct span at;
};

struct ast_label_expression { /* matchExpressions[] */
	struct span at;
	struct ast_str key, op;
	struct ast_strs values;
};

struct ast_label_selector { /* podSelector and its like */
	struct span at;
	struct ast_labels labels;
	struct ast_label_expression *expressions;
	size_t expression_count;
};

struct ast_arg { /* args[], data[], returnArg */
	struct span at;
	struct ast_int index;
	struct ast_str type, label;
	struct ast_str resolve, source, btf_type, btf_type_module;
	struct ast_int size_arg_index;
	struct ast_bool return_copy, max_data;
};

struct ast_filter { /* matchArgs[], matchData[], matchReturnArgs[] */
	struct span at;
	struct ast_int index;
	struct ast_ints args;
	struct ast_str op;
	struct ast_strs values;
};

struct ast_pids { /* matchPIDs[] */
	struct span at;
	struct ast_str op;
	struct ast_ints values;
	struct ast_bool follow_forks, is_namespace_pid;
};

struct ast_binaries { /* matchBinaries[], matchParentBinaries[] */
	struct span at;
	struct ast_str op;
	struct ast_strs values;
	struct ast_bool follow_children;
};

struct ast_namespaces { /* matchNamespaces[] and, without a kind, matchNamespaceChanges[] */
	struct span at;
	struct ast_str kind, op;
	struct ast_strs values;
};

struct ast_capabilities { /* matchCapabilities[], matchCapabilityChanges[] */
	struct span at;
	struct ast_str type, op;
	struct ast_bool is_namespace_capability;
	struct ast_strs values;
};

struct ast_workloads { /* matchWorkloads */
	struct span at;
	struct ast_label_selector *pod, *container, *host;
};

struct ast_action { /* matchActions[], matchReturnActions[] */
	struct span at;
	struct ast_str action;
	struct ast_int arg_error, arg_sig, arg_sock, arg_index, arg_value;
	struct ast_str arg_url, arg_fqdn;
	struct ast_strs arg_regs;
	struct ast_str new_symbol;
	struct ast_int new_addr, new_offset;
	struct ast_str rate_limit, rate_limit_scope;
	struct ast_bool kernel_stack, user_stack, ima_hash;
};

struct ast_selector {
	struct span at;
	struct ast_str label;
	struct ast_strs macros;
	struct ast_pids *pids;
	size_t pid_count;
	struct ast_binaries *binaries;
	size_t binary_count;
	struct ast_binaries *parent_binaries;
	size_t parent_binary_count;
	struct ast_namespaces *namespaces;
	size_t namespace_count;
	struct ast_capabilities *capabilities;
	size_t capability_count;
	struct ast_namespaces *namespace_changes;
	size_t namespace_change_count;
	struct ast_capabilities *capability_changes;
	size_t capability_change_count;
	struct ast_workloads *workloads;
	struct ast_filter *args;
	size_t arg_count;
	struct ast_filter *data;
	size_t data_count;
	struct ast_filter *return_args;
	size_t return_arg_count;
	struct ast_action *actions;
	size_t action_count;
	struct ast_action *return_actions;
	size_t return_action_count;
};

enum ast_hook_kind {
	AST_KPROBE,
	AST_FENTRY,
	AST_TRACEPOINT,
	AST_LSM,
	AST_UPROBE,
	AST_USDT,
	AST_HOOK_KINDS
};

/* One entry of a hook section; which members can be set depends on the kind. */
struct ast_hook {
	struct span at;
	struct ast_str symbol;	  /* call, hook or event; the name of a USDT probe */
	struct ast_str subsystem; /* tracepoints; the provider of a USDT probe */
	struct ast_bool syscall;  /* kprobes, fentries; default true */
	struct ast_bool raw;	  /* tracepoints */
	struct ast_str path, btf_path;
	struct ast_strs symbols; /* uprobes: one of these three */
	struct ast_ints offsets, addrs;
	struct ast_ints ref_ctr_offsets;
	struct ast_strs digests;
	struct ast_bool ignore_missing; /* ignore.callNotFound */
	/* ignore.kernelHas, ignore.kernelLacks: where the hook is left out */
	struct ast_strs ignore_has, ignore_lacks;
	struct ast_bool ignore_digest; /* ignore.digestVerificationFailure */
	struct ast_bool returns;
	struct ast_arg *return_arg;
	struct ast_str return_arg_action;
	struct ast_str message;
	struct ast_strs tags;
	struct ast_arg *args;
	size_t arg_count;
	struct ast_arg *data;
	size_t data_count;
	struct ast_selector *selectors;
	size_t selector_count;
};

struct ast_hooks {
	struct ast_hook *v;
	size_t n;
};

struct ast_list { /* lists[] */
	struct span at;
	struct ast_str name, type, pattern;
	struct ast_strs values;
	struct ast_bool validated;
};

struct ast_enforcer { /* enforcers[] */
	struct span at;
	struct ast_strs calls;
};

struct ast_macro { /* one entry of selectorsMacros */
	struct ast_str name;
	struct ast_selector selector;
};

struct ast_option {
	struct span at;
	struct ast_str name, value;
};

/* Something the policy uses that is part of the language but that this version of tgc checks
 * without compiling it yet. */
struct ast_gap {
	struct span at;
	const char *what; /* "`matchPIDs`", "action `GetUrl`" */
};

struct ast_policy {
	struct span at; /* the document */
	struct ast_str kind, api_version;
	struct ast_str name, namespace;
	struct ast_hooks hooks[AST_HOOK_KINDS];
	struct ast_bool loader;
	struct ast_list *lists;
	size_t list_count;
	struct ast_enforcer *enforcers;
	size_t enforcer_count;
	struct ast_option *options;
	size_t option_count;
	struct ast_macro *macros;
	size_t macro_count;
	struct ast_label_selector *pod_selector, *container_selector, *host_selector,
		*node_selector;
	struct ast_gap *gaps;
	size_t gap_count, gap_room;
};

struct ast {
	struct ast_policy *policies;
	size_t policy_count, policy_room;
};

/* Reads every document of one YAML file into `out`; errors go to `d`. */
void yaml_read(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
	       struct ast *out);

struct yaml_docs;
/* The policies of a tree that yaml_tree_read() made, or terse_read(). `f`: its file. */
void policy_read_tree(struct arena *a, struct diags *d, const struct source *f,
		      const struct yaml_docs *docs, struct ast *out);

/*
 * The same for a file that was found rather than named: documents that are no policies are passed
 * over. False: the whole file is none, and nothing was reported of it.
 */
bool yaml_read_found(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		     struct ast *out);

/* Readable text, the same for the same tree, one item a line. `places`: NULL, or where the
 * spans point; each item is then followed by its line and columns. */
void ast_print(const struct ast *ast, const struct sources *places, FILE *to);

#endif
