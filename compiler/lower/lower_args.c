// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": the entries of args, data and returnArg. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/values/fieldpath.h"
#include "lower.h"
#include "compiler/values/regs.h"

#define SIZE_POSITION_MAX 15 /* what the language takes for `sizeArgIndex` */

static bool is_given(const struct ast_str *s)
{
	return s->s && s->len;
}

/* Where a `data` entry, or an `args` entry of an LSM hook, comes from. */
static bool lower_source(struct lowering *l, const struct ast_arg *a, bool registers,
			 struct ir_arg *out)
{
	struct diag *m;

	if (!strcmp(a->source.s, "current_task")) {
		out->source = IR_SOURCE_CURRENT_TASK;
	} else if (!strcmp(a->source.s, "pt_regs") && registers) {
		out->source = IR_SOURCE_REGISTER;
	} else {
		m = diag_at(l->diags, DIAG_ARG_SOURCE, a->source.at, "there is no source `%.60s`%s",
			    a->source.s, registers ? "" : " for an argument");
		diag_hint(l->diags, m,
			  registers ? "it is `current_task` or `pt_regs`" : "it is `current_task`");
		return false;
	}
	if (out->resolve)
		return true;
	m = diag_at(l->diags, DIAG_ARG_SOURCE, a->source.at,
		    "`source: %s` needs `resolve`, which says what to read there", a->source.s);
	diag_hint(l->diags, m,
		  out->source == IR_SOURCE_REGISTER ? "resolve: \"rdi\"" : "resolve: \"mm.owner\"");
	return false;
}

static bool lower_register(struct lowering *l, const struct ast_arg *a)
{
	const struct reg *reg;
	struct value_error e;

	if (reg_read(l->arena, ARCH_X86_64, &a->resolve, &reg, &e))
		return true;
	report_value(l, DIAG_ARG_SOURCE, &a->resolve, &e);
	return false;
}

static bool lower_resolve(struct lowering *l, const struct ast_arg *a, struct ir_arg *out)
{
	struct fieldpath *path;
	struct value_error e;

	if (!out->resolve)
		return true;
	if (out->source == IR_SOURCE_REGISTER)
		return lower_register(l, a);
	path = arena_alloc(l->arena, sizeof(*path));
	if (!fieldpath_parse(l->arena, &a->resolve, path, &e)) {
		report_value(l, DIAG_RESOLVE, &a->resolve, &e);
		return false;
	}
	out->path = path;
	return true;
}

static bool lower_size(struct lowering *l, const struct ast_arg *a, struct ir_arg *out)
{
	out->size_position = (uint32_t)a->size_arg_index.value;
	out->size_at = at_or(a->size_arg_index.at, a->at);
	if (a->size_arg_index.value <= SIZE_POSITION_MAX)
		return true;
	diag_note(l->diags,
		  diag_at(l->diags, DIAG_ARG_SIZE, a->size_arg_index.at,
			  "`sizeArgIndex` is %lld, beyond every function's arguments",
			  (long long)a->size_arg_index.value),
		  "it counts the function's arguments from 1");
	return false;
}

static void lower_arg(struct lowering *l, const struct ast_arg *a, struct ir_arg *out)
{
	*out = (struct ir_arg){
		.at = at_or(a->type.at, a->at),
		.whole = a->at,
		.position = (uint32_t)a->index.value,
		.type = a->type.s ? type_find(a->type.s) : TYPE_AUTO,
		.label = a->label.s ? a->label.s : "",
		.resolve = is_given(&a->resolve) ? &a->resolve : NULL,
		.btf_type = is_given(&a->btf_type) ? &a->btf_type : NULL,
		.btf_module = is_given(&a->btf_type_module) ? &a->btf_type_module : NULL,
		.return_copy = a->return_copy.value,
		.max_data = a->max_data.value,
	};
	lower_size(l, a, out);
}

/* The bytes of a returnCopy are read when the function returns, as many as it says. */
static bool check_copy(struct lowering *l, const struct ast_arg *a, const struct ir_hook *hook,
		       const struct ir_arg *out)
{
	struct diag *m;

	if (!out->return_copy)
		return true;
	if (!allow_working(l, hook, FEATURE_RETURN_COPY, a->return_copy.at))
		return false;
	if (out->type != TYPE_CHAR_BUF && out->type != TYPE_CHAR_IOVEC) {
		m = diag_at(l->diags, DIAG_RETURN_ARG, a->return_copy.at,
			    "`returnCopy` reads `char_buf` and `char_iovec` when the function "
			    "returns, not `%s`",
			    type_get(out->type)->name);
		diag_hint(l->diags, m, "leave `returnCopy` out");
		return false;
	}
	if (!out->max_data)
		return true;
	m = diag_at(l->diags, DIAG_ARG_SIZE, a->max_data.at,
		    "`maxData` does not go with `returnCopy`");
	diag_note(l->diags, m, "Tetragon accepts both and sends events that cannot be decoded");
	return false;
}

static void check_copies(struct lowering *l, const struct ir_hook *hook)
{
	const struct ir_arg *first = NULL;

	for (size_t i = 0; i < hook->arg_count; i++) {
		const struct ir_arg *a = &hook->args[i];

		if (!a->return_copy)
			continue;
		if (first)
			diag_note_at(l->diags,
				     diag_at(l->diags, DIAG_RETURN_ARG, a->whole,
					     "a second argument with `returnCopy`: a call copies "
					     "one"),
				     first->whole, "the first one is here");
		else
			first = a;
	}
}

/* The keys that say where a path starts mean nothing without one. */
static bool check_start(struct lowering *l, const struct ast_arg *a, const struct ir_arg *out)
{
	const struct ast_str *key = out->btf_type ? &a->btf_type : &a->btf_type_module;

	if (is_given(key) && !out->resolve) {
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_RESOLVE, key->at,
				  "a type to start from means nothing without `resolve`"),
			  "resolve: \"...\"   # the path to a member of it");
		return false;
	}
	if (!out->btf_module || out->btf_type)
		return true;
	diag_at(l->diags, DIAG_RESOLVE, a->btf_type_module.at,
		"`btfTypeModule` says where `btfType` is, which is not given");
	return false;
}

static void report_source(struct lowering *l, const struct ast_arg *a)
{
	diag_hint(l->diags,
		  diag_at(l->diags, DIAG_ARG_SOURCE, a->source.at,
			  "an entry of `args` is an argument of the function; `source` belongs "
			  "in `data`"),
		  "data:\n- index: 0\n  type: \"%s\"\n  source: \"%.60s\"\n  resolve: \"...\"",
		  a->type.s ? a->type.s : "int", a->source.s);
}

static void lower_args_entry(struct lowering *l, const struct ast_arg *a, struct ir_hook *hook,
			     struct ir_arg *out)
{
	lower_arg(l, a, out);
	if (out->resolve && !allow_feature(l, hook, FEATURE_RESOLVE, a->resolve.at))
		return;
	if (is_given(&a->source)) {
		if (hook->kind != HOOK_LSM)
			report_source(l, a);
		else
			lower_source(l, a, false, out);
	}
	if (check_start(l, a, out))
		lower_resolve(l, a, out);
	check_copy(l, a, hook, out);
}

static void lower_data_entry(struct lowering *l, const struct ast_arg *a, struct ir_hook *hook,
			     struct ir_arg *out)
{
	lower_arg(l, a, out);
	if (!is_given(&a->source)) {
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_ARG_SOURCE, a->at,
				  "an entry of `data` needs a `source`"),
			  "source: \"current_task\"\nresolve: \"mm.owner\"");
		return;
	}
	if (!lower_source(l, a, true, out))
		return;
	if (out->source == IR_SOURCE_REGISTER && hook->kind == HOOK_FENTRY) {
		diag_note(l->diags,
			  diag_at(l->diags, DIAG_ARG_SOURCE, a->source.at,
				  "a fentry hook has no registers to read"),
			  "Tetragon accepts this and reads 0");
		return;
	}
	lower_resolve(l, a, out);
}

static void report_returns(struct lowering *l, const struct ast_hook *h)
{
	struct diag *m = diag_at(l->diags, DIAG_RETURN_ARG, h->returns.at,
				 "`return: true` needs a `returnArg`, which says how to read the "
				 "value");

	diag_hint(l->diags, m, "returnArg:\n  index: 0\n  type: \"int\"");
}

static bool lower_return_action(struct lowering *l, const struct ast_str *action,
				enum ir_return_action *out)
{
	if (!is_given(action))
		return true;
	if (!strcasecmp(action->s, "TrackSock"))
		*out = RETURN_TRACK_SOCK;
	else if (!strcasecmp(action->s, "UntrackSock"))
		*out = RETURN_UNTRACK_SOCK;
	else
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_UNKNOWN_ACTION, action->at,
				  "`returnArgAction` has no action `%.60s`", action->s),
			  "it is `TrackSock` or `UntrackSock`");
	return *out != RETURN_NOTHING;
}

static void lower_return(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	struct ir_arg *arg;

	if (lower_return_action(l, &h->return_arg_action, &out->return_action) &&
	    out->return_action != RETURN_NOTHING && !h->returns.value)
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_RETURN_ARG, h->return_arg_action.at,
				  "`returnArgAction` tracks the return value, but the hook does "
				  "not watch it"),
			  "return: true\nreturnArg:\n  index: 0\n  type: \"sock\"");
	if (!h->returns.value)
		return;
	if (!h->return_arg) {
		report_returns(l, h);
		return;
	}
	arg = arena_alloc(l->arena, sizeof(*arg));
	lower_arg(l, h->return_arg, arg);
	out->return_arg = arg;
}

void lower_args(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	out->args = arena_array(l->arena, h->arg_count, sizeof(*out->args));
	out->data = arena_array(l->arena, h->data_count, sizeof(*out->data));
	out->arg_count = h->arg_count;
	out->data_count = h->data_count;
	for (size_t i = 0; i < h->arg_count; i++)
		lower_args_entry(l, &h->args[i], out, &out->args[i]);
	for (size_t i = 0; i < h->data_count; i++)
		lower_data_entry(l, &h->data[i], out, &out->data[i]);
	check_copies(l, out);
	lower_return(l, h, out);
}
