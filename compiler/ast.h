/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax tree that both front ends (YAML today, the terse language later) build:
 * what the author wrote, with a place in every node, no meaning yet. Made by the readers,
 * owned by the compilation's arena, read-only afterwards.
 * A string or list that was not given has `s == NULL` or a count of 0.
 */
#ifndef TGC_AST_H
#define TGC_AST_H

#include <stdio.h>
#include "source.h"

struct arena;
struct diags;

struct ast_str {
	const char *s; /* NUL-terminated; `len` counts NULs inside */
	size_t len;
	struct span at;
};

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

struct ast_arg { /* args[] */
	struct span at;
	struct ast_int index;
	struct ast_str type, label;
};

struct ast_filter { /* matchArgs[] */
	struct span at;
	struct ast_int index;
	struct ast_ints args;
	struct ast_str op;
	struct ast_strs values;
};

struct ast_binaries { /* matchBinaries[] */
	struct span at;
	struct ast_str op;
	struct ast_strs values;
};

struct ast_action { /* matchActions[] */
	struct span at;
	struct ast_str action;
	struct ast_int arg_error, arg_sig;
};

struct ast_selector {
	struct span at;
	struct ast_str label;
	struct ast_filter *args;
	size_t arg_count;
	struct ast_binaries *binaries;
	size_t binary_count;
	struct ast_action *actions;
	size_t action_count;
	struct span actions_at;
};

enum ast_hook_kind { AST_KPROBE, AST_LSM, AST_TRACEPOINT };

struct ast_hook {
	struct span at;
	enum ast_hook_kind kind;
	struct ast_str symbol;	  /* call, hook or event */
	struct ast_str subsystem; /* tracepoints */
	struct ast_bool syscall;  /* kprobes; default true */
	struct ast_str message;
	struct ast_strs tags;
	struct ast_arg *args;
	size_t arg_count;
	struct ast_selector *selectors;
	size_t selector_count;
};

struct ast_option {
	struct span at;
	struct ast_str name, value;
};

struct ast_policy {
	struct span at; /* the document */
	struct ast_str kind, api_version;
	struct ast_str name;
	struct ast_hook *hooks;
	size_t hook_count;
	struct ast_option *options;
	size_t option_count;
};

struct ast {
	struct ast_policy *policies;
	size_t policy_count, policy_room;
};

/* Reads every document of one YAML file into `out`; errors go to `d`. */
void yaml_read(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
	       struct ast *out);

/*
 * The same for a file that was found rather than named: documents that are no policies are passed
 * over. False: the whole file is none, and nothing was reported of it.
 */
bool yaml_read_found(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		     struct ast *out);

/* Readable text, the same for the same tree: one item a line, no places. */
void ast_print(const struct ast *ast, FILE *to);

#endif
