// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: what a hook watches, what is read there, and what it costs. */
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/check/check.h"
#include "explain_parts.h"
#include "hook_words.h"

#define LIST_SHOWN 12 /* functions of a list */

static const char *const type_words[TYPE_COUNT] = {
#define TYPE_WORDS(type, noun) [TYPE_##type] = noun,
#include "grammar/policy-prose.def"
};

bool prose_has_type(enum type_id type)
{
	return type_words[type];
}

/* ---- the hook in the kernels ---------------------------------------------------------------- */

const struct tir_hook *hook_typed(const struct explaining *x, size_t kernel,
				  const struct ir_hook *h)
{
	const struct tir_policy *p = &x->typed_by[kernel]->policies[x->number];

	for (size_t i = 0; i < p->hook_count; i++)
		if (p->hooks[i].ir == h && p->hooks[i].found)
			return &p->hooks[i];
	return NULL;
}

size_t hook_functions(const struct explaining *x, size_t kernel, const struct ir_hook *h)
{
	const struct tir_policy *p = &x->typed_by[kernel]->policies[x->number];
	size_t n = 0;

	for (size_t i = 0; i < p->hook_count; i++)
		n += p->hooks[i].ir == h && p->hooks[i].found;
	return n;
}

const struct ir_kernel_name *hook_left_out(const struct explaining *x, size_t kernel,
					   const struct ir_hook *h)
{
	const struct tir_policy *p = &x->typed_by[kernel]->policies[x->number];

	for (size_t i = 0; i < p->hook_count; i++)
		if (p->hooks[i].ir == h && p->hooks[i].left_out)
			return p->hooks[i].left_out;
	return NULL;
}

static const struct tir_hook *first_typed(const struct explaining *x)
{
	const struct tir_hook *found = NULL;

	for (size_t i = 0; i < x->kernels->count && !found; i++)
		found = hook_typed(x, i, x->hook);
	return found;
}

/* ---- what it is called ---------------------------------------------------------------------- */

static bool is_list(const struct ir_hook *h)
{
	return h->calls.list || h->calls.source != NAMES_WRITTEN || h->calls.n > 1;
}

static const char *function_title(struct explaining *x)
{
	const struct ir_names *names = &x->hook->calls;

	if (is_list(x->hook))
		return arena_printf(x->arena, "list %s",
				    doc_quote_word(x->arena, names->list ? names->list : "?"));
	return doc_quote_word(x->arena, names->n ? names->v[0].name : "?");
}

const char *hook_title(struct explaining *x)
{
	const struct ir_hook *h = x->hook;
	const char *name = h->calls.n ? h->calls.v[0].name : "?";

	switch (h->kind) {
	case HOOK_TRACEPOINT:
	case HOOK_RAW_TRACEPOINT:
		return doc_quote_word(x->arena,
				      arena_printf(x->arena, "%s/%s", h->subsystem, name));
	case HOOK_USDT:
		return doc_quote_word(x->arena,
				      arena_printf(x->arena, "%s:%s", h->subsystem, name));
	case HOOK_UPROBE:
		return doc_quote(x->arena, h->path->s, h->path->len);
	default:
		return function_title(x);
	}
}

const char *hook_happening(const struct ir_hook *h)
{
	return h->kind == HOOK_TRACEPOINT || h->kind == HOOK_RAW_TRACEPOINT || h->kind == HOOK_USDT
		       ? "event"
		       : "call";
}

/* ---- arguments ------------------------------------------------------------------------------ */

const struct tir_arg *arg_typed(const struct explaining *x, enum ir_section section, uint32_t arg)
{
	if (section == IR_RETURN)
		return x->typed->return_arg;
	return section == IR_DATA ? &x->typed->data[arg] : &x->typed->args[arg];
}

const struct ir_arg *arg_written(const struct explaining *x, enum ir_section section, uint32_t arg)
{
	if (section == IR_RETURN)
		return x->hook->return_arg;
	return section == IR_DATA ? &x->hook->data[arg] : &x->hook->args[arg];
}

static const char *own_name(const struct explaining *x, const struct tir_arg *typed)
{
	const struct kfunction *f = x->typed->function;
	const char *name = NULL;

	if (typed->field)
		return typed->field;
	if ((typed->source == ARG_PARAMETER || typed->source == ARG_SYSCALL) && f &&
	    x->hook->kind != HOOK_RAW_TRACEPOINT && typed->ir->position < f->param_count)
		name = f->params[typed->ir->position].name;
	return name && *name ? name : NULL;
}

/* A value without a name is known by where it stands. */
static const char *numbered(struct explaining *x, const struct ir_arg *arg)
{
	switch (x->hook->kind) {
	case HOOK_TRACEPOINT:
		return arena_printf(x->arena, "field %" PRIu32, arg->position);
	case HOOK_USDT:
		return arena_printf(x->arena, "operand %" PRIu32, arg->position + 1);
	default:
		return arena_printf(x->arena, "argument %" PRIu32, arg->position + 1);
	}
}

static const char *resolved(struct explaining *x, const struct ir_arg *arg, const char *base)
{
	const char *path = arena_strndup(x->arena, arg->resolve->s, arg->resolve->len);

	if (!base && !arg->btf_type)
		return arena_printf(x->arena, "%s of %s", doc_quote_word(x->arena, path),
				    numbered(x, arg));
	if (!base)
		base = arg->btf_type->s;
	return doc_quote_word(
		x->arena, arena_printf(x->arena, "%s%s%s", base, *path == '[' ? "" : ".", path));
}

const char *arg_words(struct explaining *x, enum ir_section section, uint32_t arg)
{
	const struct ir_arg *written = arg_written(x, section, arg);
	const char *name;

	if (section == IR_RETURN)
		return "the result";
	if (written->source == IR_SOURCE_CURRENT_TASK)
		return resolved(x, written, "current_task");
	if (written->source == IR_SOURCE_REGISTER)
		return arena_printf(
			x->arena, "the register %s",
			doc_quote(x->arena, written->resolve->s, written->resolve->len));
	name = x->typed ? own_name(x, arg_typed(x, section, arg)) : NULL;
	if (written->resolve)
		return resolved(x, written, name);
	if (!name)
		return numbered(x, written);
	return doc_quote_word(x->arena, name);
}

static void say_arg(struct explaining *x, enum ir_section section, uint32_t i)
{
	const struct ir_arg *arg = arg_written(x, section, i);
	enum type_id type = x->typed ? arg_typed(x, section, i)->type->id : arg->type;

	doc_say(&x->doc, "%s: %s", arg_words(x, section, i), type_words[type]);
	if (arg->return_copy)
		doc_say(&x->doc, ", as it is when the call returns");
	if (type == TYPE_CHAR_BUF || type == TYPE_CONST_BUF)
		doc_say(&x->doc, ", at most %s of them", arg->max_data ? "327,360" : "4,095");
	if (type == TYPE_CHAR_BUF && !arg->size_position && !arg->return_copy)
		doc_say(&x->doc, "; without a `sizeArgIndex` none are read");
	if (*arg->label)
		doc_say(&x->doc, "; shown as %s", doc_quote_word(x->arena, arg->label));
	doc_end_item(&x->doc, 1);
}

static void say_message(struct explaining *x)
{
	const struct ir_hook *h = x->hook;

	if (h->message && *h->message)
		doc_say(&x->doc, "The report carries the message %s. ",
			doc_quote_word(x->arena, h->message));
	if (h->tag_count)
		doc_say(&x->doc, "It has the tags %s. ",
			doc_strings(x->arena, h->tags, h->tag_count, "and"));
	doc_end(&x->doc);
}

static void explain_args(struct explaining *x)
{
	const struct ir_hook *h = x->hook;

	doc_say(&x->doc,
		h->arg_count + h->data_count || h->return_arg
			? "Each report names the process, its parent and the time, and shows:"
			: "Each report names the process, its parent and the time; no argument is "
			  "read.");
	doc_end(&x->doc);
	for (uint32_t i = 0; i < h->arg_count; i++)
		say_arg(x, IR_ARGS, i);
	for (uint32_t i = 0; i < h->data_count; i++)
		say_arg(x, IR_DATA, i);
	if (h->return_arg)
		say_arg(x, IR_RETURN, 0);
	if (h->return_arg)
		doc_say(&x->doc,
			"The report is made when the call has returned, of both its halves "
			"together. ");
	say_message(x);
}

/* ---- what is watched ------------------------------------------------------------------------ */

static const struct hook_words *words_of(struct explaining *x)
{
	const struct ir_hook *h = x->hook;
	const char *name = h->calls.n ? h->calls.v[0].name : "", *plain;

	switch (h->kind) {
	case HOOK_LSM:
		return hook_words_lsm(x->arena, name);
	case HOOK_TRACEPOINT:
	case HOOK_RAW_TRACEPOINT:
		return hook_words_function(arena_printf(x->arena, "%s/%s", h->subsystem, name));
	case HOOK_KPROBE:
	case HOOK_FENTRY:
		plain = h->calls.n && h->calls.v[0].syscall ? syscall_plain(name) : NULL;
		return plain ? hook_words_syscall(plain) : hook_words_function(name);
	default:
		return NULL;
	}
}

static void say_list(struct explaining *x)
{
	const struct ir_names *names = &x->hook->calls;
	struct doc_list l = {.n = 0};

	if (names->source == NAMES_SYSCALLS) {
		doc_say(&x->doc, "Watches every system call that the kernel has. ");
		return;
	}
	if (names->source == NAMES_FTRACE) {
		doc_say(&x->doc, "Watches every kernel function whose name fits the pattern %s. ",
			doc_quote(x->arena, names->pattern->s, names->pattern->len));
		return;
	}
	for (size_t i = 0; i < names->n && i < LIST_SHOWN; i++)
		doc_list_add(x->arena, &l, doc_quote_word(x->arena, names->v[i].name));
	if (names->n > LIST_SHOWN)
		doc_list_add(x->arena, &l,
			     arena_printf(x->arena, "%zu more", names->n - LIST_SHOWN));
	doc_say(&x->doc, "Watches the %s %s. ",
		names->n && names->v[0].syscall ? "system calls" : "kernel functions",
		doc_list_text(x->arena, &l, "and"));
}

static const char *place_words(struct arena *a, const struct ir_place *p)
{
	switch (p->kind) {
	case PLACE_SYMBOL:
		return p->offset ? arena_printf(a, "%s + %" PRIu64, doc_quote_word(a, p->symbol),
						p->offset)
				 : doc_quote_word(a, p->symbol);
	case PLACE_OFFSET:
		return arena_printf(a, "file offset 0x%" PRIx64, p->offset);
	default:
		return arena_printf(a, "address 0x%" PRIx64, p->offset);
	}
}

static void say_user_probe(struct explaining *x)
{
	const struct ir_hook *h = x->hook;
	const char *path = doc_quote(x->arena, h->path->s, h->path->len);
	struct doc_list l = {.n = 0};

	for (size_t i = 0; i < h->place_count; i++)
		doc_list_add(x->arena, &l, place_words(x->arena, &h->places[i]));
	if (h->kind == HOOK_USDT)
		doc_say(&x->doc, "Watches the probe %s that the file %s has built in. ",
			hook_title(x), path);
	else
		doc_say(&x->doc, "Watches every program that runs or loads the file %s, at %s. ",
			path, doc_list_text(x->arena, &l, "and"));
	if (h->digest_count)
		doc_say(&x->doc, "The file must have the digest %s; %s. ",
			doc_strings(x->arena, h->digests, h->digest_count, "or"),
			h->ignore_digest ? "otherwise this hook is left out"
					 : "otherwise the policy is refused");
}

static void say_kernel_hook(struct explaining *x, const struct hook_words *w)
{
	const struct ir_hook *h = x->hook;
	const char *title = hook_title(x), *plain;
	bool syscall = (h->kind == HOOK_KPROBE || h->kind == HOOK_FENTRY) && h->calls.n &&
		       h->calls.v[0].syscall;

	plain = syscall ? syscall_plain(h->calls.v[0].name) : NULL;
	if (syscall) {
		doc_say(&x->doc, "Watches the system call %s%s",
			doc_quote_word(x->arena, plain ? plain : h->calls.v[0].name),
			abi_is_32bit(h->calls.v[0].abi) ? " of 32-bit programs" : "");
		doc_say(&x->doc, w ? ", with which a program %s. " : "%s. ", w ? w->when : "");
	} else {
		doc_say(&x->doc, "Watches the %s %s",
			h->kind == HOOK_LSM ? "decision point for security modules"
			: h->kind == HOOK_TRACEPOINT || h->kind == HOOK_RAW_TRACEPOINT
				? "tracepoint"
				: "kernel function",
			title);
		doc_say(&x->doc, w ? ", which runs %s. " : "%s. ", w ? w->when : "");
	}
	if (!w && x->typed && x->typed->function)
		doc_say(&x->doc, "Its prototype is %s. ",
			doc_quote_word(x->arena, kfunction_text(x->arena, x->typed->function)));
}

/* Which kernels the hook is for. */
static void say_kernel_names(struct explaining *x)
{
	const struct ir_hook *h = x->hook;
	struct doc_list l[2] = {{.n = 0}, {.n = 0}}; /* had, lacked */

	for (size_t i = 0; i < h->kernel_name_count; i++)
		doc_list_add(x->arena, &l[h->kernel_names[i].lacks],
			     doc_quote_word(x->arena, h->kernel_names[i].name));
	if (!h->kernel_name_count)
		return;
	doc_say(&x->doc, "It is only for kernels that ");
	if (l[0].n)
		doc_say(&x->doc, "have %s", doc_list_text(x->arena, &l[0], "and"));
	if (l[1].n)
		doc_say(&x->doc, "%slack %s", l[0].n ? " and " : "",
			doc_list_text(x->arena, &l[1], "and"));
	doc_say(&x->doc, "; the others go without it. ");
}

static void say_watched(struct explaining *x, const struct hook_words *w)
{
	const struct ir_hook *h = x->hook;

	if (h->kind == HOOK_UPROBE || h->kind == HOOK_USDT)
		say_user_probe(x);
	else if (is_list(h))
		say_list(x);
	else
		say_kernel_hook(x, w);
	say_kernel_names(x);
	if (h->return_action)
		doc_say(&x->doc, "The socket that it returns is %s. ",
			h->return_action == RETURN_TRACK_SOCK
				? "remembered as owned by the process: later reports about it name "
				  "that process"
				: "no longer remembered as owned by a process");
	doc_end(&x->doc);
}

/* ---- cost ----------------------------------------------------------------------------------- */

static enum hook_cost cost_of(struct explaining *x, const struct hook_words *w)
{
	const struct ir_names *names = &x->hook->calls;
	enum hook_cost most = COST_UNKNOWN;

	if (names->source == NAMES_SYSCALLS)
		return COST_SYSCALL;
	if (!is_list(x->hook))
		return w ? w->cost : COST_UNKNOWN;
	for (size_t i = 0; i < names->n; i++) {
		const char *plain = names->v[i].syscall ? syscall_plain(names->v[i].name) : NULL;
		const struct hook_words *one =
			plain ? hook_words_syscall(plain) : hook_words_function(names->v[i].name);

		if (!one)
			return COST_UNKNOWN;
		if (one->cost > most)
			most = one->cost;
	}
	return most;
}

/* What is looked at in which order, as docs/architecture.md has it. */
struct steps {
	bool workload, numbers, paths, process, texts;
};

static void note_filters(struct steps *s, const struct tir_hook *typed,
			 const struct tir_selector *rule)
{
	for (size_t i = 0; i < rule->filters[IR_ARGS].n; i++) {
		const struct tir_filter *f = &rule->filters[IR_ARGS].v[i];
		enum type_class class = f->expression ? CLASS_INT : typed->args[f->arg].type->class;

		s->numbers |= class == CLASS_INT;
		s->paths |= class == CLASS_PATH;
		s->texts |= class != CLASS_INT;
	}
}

static struct steps steps_of(struct explaining *x)
{
	struct steps s = {.workload = x->policy->workload};

	for (size_t i = 0; i < x->hook->selector_count; i++) {
		const struct ir_selector *r = &x->hook->selectors[i];

		s.workload |= r->workload != NULL;
		s.process |= r->pid_count || r->binary_count || r->parent_binary_count ||
			     r->namespace_count || r->capability_count ||
			     r->namespace_change_count || r->capability_change_count;
		if (x->typed)
			note_filters(&s, x->typed, &x->typed->selectors[i]);
	}
	return s;
}

static void add_step(struct explaining *x, struct doc_list *l, bool done, const char *words)
{
	if (done)
		doc_list_add(x->arena, l, l->n ? arena_printf(x->arena, "then %s", words) : words);
}

static void say_order(struct explaining *x)
{
	const struct steps s = steps_of(x);
	struct doc_list l = {.n = 0};

	add_step(x, &l, s.workload, "the workload");
	add_step(x, &l, s.numbers, "numbers");
	add_step(x, &l, s.paths, "a short look at the path");
	add_step(x, &l, s.process, "what is known of the process");
	add_step(x, &l, s.texts, s.paths ? "whole paths and texts" : "other values");
	if (l.n > 1)
		doc_say(&x->doc,
			"The cheapest conditions come first: %s. Whatever fails ends the check.",
			doc_list_text(x->arena, &l, "and"));
	else if (!l.n)
		doc_say(&x->doc, "Every %s makes a report, which costs far more than a check.",
			hook_happening(x->hook));
}

static void explain_cost(struct explaining *x, const struct hook_words *w)
{
	enum hook_cost cost = cost_of(x, w);

	doc_heading(&x->doc, 3, "Cost");
	if (x->hook->kind == HOOK_UPROBE || x->hook->kind == HOOK_USDT)
		doc_say(&x->doc, "Each call interrupts the program and enters the kernel, which "
				 "costs far more than a hook inside it. ");
	else
		doc_say(&x->doc, "Class: %s. %s ", hook_cost_name(cost), hook_cost_sentence(cost));
	say_order(x);
	doc_end(&x->doc);
}

void explain_hook(struct explaining *x, size_t number)
{
	const struct hook_words *w;

	x->hook = &x->policy->hooks[number];
	x->typed = first_typed(x);
	w = is_list(x->hook) ? NULL : words_of(x);
	doc_heading(&x->doc, 2, "Hook %zu: %s %s", number + 1, hook_noun(x->hook->kind),
		    hook_title(x));
	say_watched(x, w);
	explain_args(x);
	explain_rules(x);
	explain_cost(x, w);
	explain_kernels(x);
}
