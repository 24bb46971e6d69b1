// SPDX-License-Identifier: Apache-2.0
/* The rows of the table, and what one policy marks in it. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/words/names.h"
#include "compiler/words/operator.h"
#include "tests/kernel/cover.h"

static const char *const class_nouns[CLASS_COUNT] = {
	[CLASS_INT] = "numbers",	 [CLASS_CAPS] = "capability sets",
	[CLASS_STRING] = "strings",	 [CLASS_BYTES] = "buffers",
	[CLASS_FILENAME] = "file names", [CLASS_PATH] = "paths",
	[CLASS_SOCK] = "sockets",	 [CLASS_SKB] = "packets",
	[CLASS_SOCKADDR] = "addresses",	 [CLASS_SOCKADDR_UN] = "unix addresses",
};

/* Kinds of hooks that are called and return. */
static bool has_return(enum hook_kind kind)
{
	return hook_supports(kind, FEATURE_RETURN_FILTER) == SUPPORT_YES;
}

static const char *on_kind(struct arena *a, const char *what, enum hook_kind kind)
{
	return arena_printf(a, "%s on %s %s", what, hook_article(kind), hook_noun(kind));
}

static const char *typed(struct arena *a, enum type_id id)
{
	return arena_printf(a, "type %s", type_get(id)->name);
}

static const char *listed(struct arena *a, const char *section, bool negated)
{
	return arena_printf(a, "%s %s", section, negated ? "NotIn" : "In");
}

const char *cover_operator(struct arena *a, enum op op, enum type_class class)
{
	return arena_printf(a, "%s on %s", op_name(op), class_nouns[class]);
}

const char *cover_namespace(struct arena *a, enum ir_namespace kind)
{
	return arena_printf(a, "namespace %s", name_of(NAMES_NAMESPACE, kind));
}

static const char *override_place(const struct ir_hook *h)
{
	if (h->kind == HOOK_UPROBE)
		return "Override on a uprobe";
	if (h->kind == HOOK_LSM)
		return "Override on an LSM hook";
	return h->calls.n && h->calls.v[0].syscall ? "Override on a system call"
						   : "Override on a security_ function";
}

/* ---- rows ---- */

static void add_all(struct cover *c, const char *group, const char *const *names)
{
	for (; *names; names++)
		cover_add(c, group, *names);
}

static void add_hooks(struct cover *c)
{
	static const char *const names[] = {"system call",
					    "system call of 32-bit programs",
					    "list of functions",
					    "list of system calls",
					    "generated_syscalls",
					    "generated_ftrace",
					    "enforcer",
					    "loader",
					    "uprobe by symbol",
					    "uprobe by offset",
					    "uprobe by address",
					    "uprobe with a reference counter",
					    "binaryDigests",
					    "ignore.callNotFound",
					    "ignore.kernelHas",
					    "ignore.kernelLacks",
					    "returnArgAction TrackSock",
					    "returnArgAction UntrackSock",
					    "hook without selectors",
					    "several selectors",
					    NULL};

	for (enum hook_kind k = 0; k < HOOK_KINDS; k++) {
		cover_add(c, "hooks", hook_noun(k));
		if (has_return(k))
			cover_add(c, "hooks", on_kind(c->arena, "return", k));
	}
	add_all(c, "hooks", names);
}

static void add_arguments(struct cover *c)
{
	static const char *const names[] = {"resolve",
					    "data",
					    "source: current_task",
					    "source: pt_regs",
					    "btfType",
					    "btfTypeModule",
					    "sizeArgIndex",
					    "returnCopy",
					    "maxData",
					    "label of an argument",
					    NULL};

	for (enum type_id id = 0; id < TYPE_COUNT; id++)
		cover_add(c, "arguments", typed(c->arena, id));
	add_all(c, "arguments", names);
}

static bool fits_class(struct cover *c, enum op op, enum type_class class)
{
	struct value_error error;
	const char *note;

	for (enum type_id id = 0; class_nouns[class] && id < TYPE_COUNT; id++)
		if (type_get(id)->class == class &&
		    operator_check(c->arena, op, type_get(id), &error, &note) != OPERATOR_REFUSED)
			return true;
	return false;
}

static void add_operators(struct cover *c)
{
	for (enum op op = 0; op < OP_COUNT; op++)
		for (enum type_class class = 0; class < CLASS_COUNT; class ++)
			if (fits_class(c, op, class))
				cover_add(c, "operators", cover_operator(c->arena, op, class));
}

static void add_selectors(struct cover *c)
{
	static const char *const filters[] = {"matchArgs", "matchData", "matchReturnArgs",
					      "matchWorkloads", NULL};
	static const char *const binaries[] = {"matchBinaries", "matchParentBinaries"};
	static const enum op ops[] = {OP_IN,	     OP_NOT_IN,	 OP_PREFIX,
				      OP_NOT_PREFIX, OP_POSTFIX, OP_NOT_POSTFIX};
	static const char *const sections[] = {"matchPIDs", "matchNamespaces", "matchCapabilities",
					       "matchNamespaceChanges", "matchCapabilityChanges"};
	static const char *const rest[] = {"matchPIDs followForks",
					   "matchPIDs isNamespacePID",
					   "matchNamespaces host_ns",
					   "capabilities Effective",
					   "capabilities Inheritable",
					   "capabilities Permitted",
					   "capabilities isNamespaceCapability",
					   "label of a selector",
					   NULL};

	add_all(c, "selectors", filters);
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < 6; j++)
			cover_add(c, "selectors",
				  arena_printf(c->arena, "%s %s", binaries[i], op_name(ops[j])));
		cover_add(c, "selectors", arena_printf(c->arena, "%s followChildren", binaries[i]));
	}
	for (size_t i = 0; i < 5; i++)
		for (int negated = 0; negated < 2; negated++)
			cover_add(c, "selectors", listed(c->arena, sections[i], negated));
	for (enum ir_namespace n = 0; n < NS_COUNT; n++)
		cover_add(c, "selectors", cover_namespace(c->arena, n));
	add_all(c, "selectors", rest);
}

static void add_actions(struct cover *c)
{
	static const char *const names[] = {"Override on a security_ function",
					    "Override on a system call",
					    "Override on an LSM hook",
					    "Override on a uprobe",
					    "rateLimit of a thread",
					    "rateLimit of a process",
					    "rateLimit of all",
					    "kernelStackTrace",
					    "userStackTrace",
					    "imaHash",
					    "matchReturnActions",
					    NULL};

	for (uint32_t action = 0; action < 16; action++)
		if (action_name(action) && action != TG_ACTION_OVERRIDE)
			cover_add(c, "actions", action_name(action));
	for (enum hook_kind k = 0; k < HOOK_KINDS; k++)
		if (hook_supports(k, FEATURE_SIGNAL) == SUPPORT_YES)
			cover_add(c, "actions", on_kind(c->arena, "a signal", k));
	add_all(c, "actions", names);
}

void cover_rows(struct cover *c)
{
	static const char *const policies[] = {"several documents",
					       "TracingPolicyNamespaced",
					       "podSelector and containerSelector",
					       "nodeSelector",
					       "policy-mode: monitor",
					       "override-method",
					       NULL};

	add_hooks(c);
	add_arguments(c);
	add_operators(c);
	add_selectors(c);
	add_actions(c);
	add_all(c, "policies", policies);
}

/* ---- what a policy has ---- */

static void mark_if(struct cover *c, bool has, const char *name)
{
	if (has)
		cover_mark(c, name);
}

static void mark_arg(struct cover *c, const struct ir_arg *arg)
{
	cover_mark(c, typed(c->arena, arg->type));
	mark_if(c, arg->resolve != NULL, "resolve");
	mark_if(c, arg->source == IR_SOURCE_CURRENT_TASK, "source: current_task");
	mark_if(c, arg->source == IR_SOURCE_REGISTER, "source: pt_regs");
	mark_if(c, arg->btf_type != NULL, "btfType");
	mark_if(c, arg->btf_module != NULL, "btfTypeModule");
	mark_if(c, arg->size_position != 0, "sizeArgIndex");
	mark_if(c, arg->return_copy, "returnCopy");
	mark_if(c, arg->max_data, "maxData");
	mark_if(c, *arg->label, "label of an argument");
}

static void mark_calls(struct cover *c, const struct ir_names *calls)
{
	for (size_t i = 0; i < calls->n; i++) {
		mark_if(c, calls->v[i].syscall, "system call");
		mark_if(c, calls->v[i].syscall && calls->v[i].abi == ABI_I386,
			"system call of 32-bit programs");
	}
	mark_if(c, calls->source == NAMES_SYSCALLS, "generated_syscalls");
	mark_if(c, calls->source == NAMES_FTRACE, "generated_ftrace");
	if (calls->list && calls->source == NAMES_WRITTEN && calls->n)
		cover_mark(c, calls->v[0].syscall ? "list of system calls" : "list of functions");
}

static void mark_places(struct cover *c, const struct ir_hook *h)
{
	for (size_t i = 0; i < h->place_count; i++) {
		const struct ir_place *p = &h->places[i];

		cover_mark(c, p->kind == PLACE_SYMBOL	? "uprobe by symbol"
			      : p->kind == PLACE_OFFSET ? "uprobe by offset"
							: "uprobe by address");
		mark_if(c, p->counted, "uprobe with a reference counter");
	}
	mark_if(c, h->digest_count != 0, "binaryDigests");
}

static void mark_filters(struct cover *c, const struct ir_hook *h, const struct ir_selector *s)
{
	static const char *const names[IR_SECTIONS] = {"matchArgs", "matchData", "matchReturnArgs"};

	for (int section = 0; section < IR_SECTIONS; section++) {
		const struct ir_filters *filters = &s->filters[section];

		mark_if(c, filters->n != 0, names[section]);
		for (size_t i = 0; i < filters->n; i++) {
			const struct ir_filter *f = &filters->v[i];
			const struct ir_arg *arg = section == IR_RETURN ? h->return_arg
						   : section == IR_DATA ? &h->data[f->arg]
									: &h->args[f->arg];
			enum type_class class =
				f->op == OP_CEL_EXPR ? CLASS_INT : type_get(arg->type)->class;

			if (class_nouns[class]) /* `auto` is a number, or what a kernel says */
				cover_mark(c, cover_operator(c->arena, f->op, class));
		}
	}
}

static void mark_binaries(struct cover *c, const char *section, const struct ir_binaries *v,
			  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cover_mark(c, arena_printf(c->arena, "%s %s", section, op_name(v[i].op)));
		mark_if(c, v[i].follow_children,
			arena_printf(c->arena, "%s followChildren", section));
	}
}

static void mark_capabilities(struct cover *c, const char *section, const struct ir_capabilities *v,
			      size_t n)
{
	static const char *const sets[] = {"capabilities Effective", "capabilities Inheritable",
					   "capabilities Permitted"};

	for (size_t i = 0; i < n; i++) {
		cover_mark(c, listed(c->arena, section, v[i].negated));
		cover_mark(c, sets[v[i].set]);
		mark_if(c, v[i].other_user_namespace, "capabilities isNamespaceCapability");
	}
}

static void mark_namespaces(struct cover *c, const struct ir_selector *s)
{
	for (size_t i = 0; i < s->namespace_count; i++) {
		const struct ir_namespaces *n = &s->namespaces[i];

		cover_mark(c, listed(c->arena, "matchNamespaces", n->negated));
		cover_mark(c, cover_namespace(c->arena, n->kind));
		mark_if(c, n->host, "matchNamespaces host_ns");
	}
	for (size_t i = 0; i < s->namespace_change_count; i++)
		cover_mark(c, listed(c->arena, "matchNamespaceChanges",
				     s->namespace_changes[i].negated));
}

static void mark_process(struct cover *c, const struct ir_selector *s)
{
	mark_if(c, s->workload != NULL, "matchWorkloads");
	mark_binaries(c, "matchBinaries", s->binaries, s->binary_count);
	mark_binaries(c, "matchParentBinaries", s->parent_binaries, s->parent_binary_count);
	for (size_t i = 0; i < s->pid_count; i++) {
		cover_mark(c, listed(c->arena, "matchPIDs", s->pids[i].negated));
		mark_if(c, s->pids[i].follow_forks, "matchPIDs followForks");
		mark_if(c, s->pids[i].in_namespace, "matchPIDs isNamespacePID");
	}
	mark_namespaces(c, s);
	mark_capabilities(c, "matchCapabilities", s->capabilities, s->capability_count);
	mark_capabilities(c, "matchCapabilityChanges", s->capability_changes,
			  s->capability_change_count);
}

static void mark_actions(struct cover *c, const struct ir_hook *h, const struct ir_actions *actions)
{
	static const char *const rates[] = {"rateLimit of a thread", "rateLimit of a process",
					    "rateLimit of all"};

	for (size_t i = 0; i < actions->n; i++) {
		const struct ir_action *a = &actions->v[i];

		cover_mark(c, a->action == TG_ACTION_OVERRIDE ? override_place(h)
							      : action_name(a->action));
		if (a->action == TG_ACTION_SIGKILL || a->action == TG_ACTION_SIGNAL)
			cover_mark(c, on_kind(c->arena, "a signal", h->kind));
		mark_if(c, a->rate_ms != 0, rates[a->rate_scope]);
		mark_if(c, a->kernel_stack, "kernelStackTrace");
		mark_if(c, a->user_stack, "userStackTrace");
		mark_if(c, a->ima_hash, "imaHash");
	}
}

static void mark_selector(struct cover *c, const struct ir_hook *h, const struct ir_selector *s)
{
	mark_filters(c, h, s);
	mark_process(c, s);
	mark_actions(c, h, &s->actions);
	mark_actions(c, h, &s->return_actions);
	mark_if(c, s->return_actions.n != 0, "matchReturnActions");
	mark_if(c, *s->label, "label of a selector");
}

static void mark_hook(struct cover *c, const struct ir_hook *h)
{
	cover_mark(c, hook_noun(h->kind));
	mark_calls(c, &h->calls);
	mark_places(c, h);
	for (size_t i = 0; i < h->arg_count; i++)
		mark_arg(c, &h->args[i]);
	for (size_t i = 0; i < h->data_count; i++)
		mark_arg(c, &h->data[i]);
	mark_if(c, h->data_count != 0, "data");
	if (h->return_arg) {
		cover_mark(c, typed(c->arena, h->return_arg->type));
		cover_mark(c, on_kind(c->arena, "return", h->kind));
	}
	mark_if(c, h->ignore_missing, "ignore.callNotFound");
	for (size_t i = 0; i < h->kernel_name_count; i++)
		cover_mark(c, h->kernel_names[i].lacks ? "ignore.kernelHas" : "ignore.kernelLacks");
	mark_if(c, h->return_action == RETURN_TRACK_SOCK, "returnArgAction TrackSock");
	mark_if(c, h->return_action == RETURN_UNTRACK_SOCK, "returnArgAction UntrackSock");
	mark_if(c, h->no_selectors, "hook without selectors");
	mark_if(c, h->selector_count > 1, "several selectors");
	for (size_t i = 0; i < h->selector_count; i++)
		mark_selector(c, h, &h->selectors[i]);
}

void cover_policies(struct cover *c, const struct ir *ir)
{
	mark_if(c, ir->policy_count > 1, "several documents");
	for (size_t i = 0; i < ir->policy_count; i++) {
		const struct ir_policy *p = &ir->policies[i];

		mark_if(c, p->namespace != NULL, "TracingPolicyNamespaced");
		mark_if(c, p->workload != NULL, "podSelector and containerSelector");
		mark_if(c, p->nodes != NULL, "nodeSelector");
		mark_if(c, p->mode == MODE_MONITOR, "policy-mode: monitor");
		mark_if(c, p->override != OVERRIDE_AUTOMATIC, "override-method");
		mark_if(c, p->loader, "loader");
		mark_if(c, p->enforcer_count != 0, "enforcer");
		for (size_t j = 0; j < p->enforcer_count; j++)
			for (size_t n = 0; n < p->enforcers[j].call_count; n++)
				mark_calls(c, &p->enforcers[j].calls[n]);
		for (size_t j = 0; j < p->hook_count; j++)
			mark_hook(c, &p->hooks[j]);
	}
}
