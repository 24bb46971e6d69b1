// SPDX-License-Identifier: Apache-2.0
/* Rules about policies that Tetragon is to load as well: where it does something else. */
#include <string.h>
#include "compiler/words/operator.h"
#include "rule.h"

#define ARGS_MAX 5 /* of a hook, `data` included */

#define DIFFERS "Tetragon compares something else here: "

static void differs(struct ruling *r, struct span at, const char *what, const char *hint)
{
	struct diag *m = rule_at(r, at, "%s", what);

	if (hint)
		diag_hint(r->diags, m, "%s", hint);
}

/* ---- tetragon-differs: process sections ------------------------------------------------------ */

#define PIDS_MAX 4

static void differing_pids(struct ruling *r, const struct ir_selector *s)
{
	if (s->pid_count > 1)
		differs(r, s->pids[1].at,
			"Tetragon evaluates the first `matchPIDs` entry only, and misreads what "
			"follows: the selector never passes",
			"put all ids of one operator into one entry");
	for (size_t i = 0; i < s->pid_count; i++) {
		const struct ir_pids *p = &s->pids[i];

		if (p->value_count > PIDS_MAX)
			differs(r, p->at, "Tetragon compares the first 4 process ids only",
				"make selectors of at most 4 ids each");
		for (size_t j = 0; p->follow_forks && p->in_namespace && j < p->value_count; j++)
			if (!p->values[j])
				differs(r, p->at,
					"with `followForks` and `isNamespacePID`, Tetragon finds "
					"process 0 above every process",
					"leave 0 out, or `followForks`");
	}
}

static void differing_kinds(struct ruling *r, const struct ir_selector *s)
{
	if (s->capability_count > 1)
		differs(r, s->capabilities[1].at,
			"Tetragon evaluates the first `matchCapabilities` entry only, and misreads "
			"what follows: the selector never passes",
			NULL);
	if (s->capability_change_count > 1)
		differs(r, s->capability_changes[1].at,
			"Tetragon evaluates the first `matchCapabilityChanges` entry only", NULL);
}

void differing_process(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	differing_pids(r, s);
	differing_kinds(r, s);
}

/* ---- tetragon-differs: values and types ------------------------------------------------------ */

void differing_filter(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		      const struct tir_arg *arg)
{
	struct value_error e;
	const char *note;

	(void)h;
	if (operator_check(r->arena, f->op, arg->type, &e, &note) == OPERATOR_OURS)
		diag_note(r->diags,
			  rule_at(r, f->ir->at, "`%s` on a `%s` works with tgc only",
				  op_name(f->op), arg->type->name),
			  "%s", note);
	for (size_t i = 0; i < f->value_count; i++)
		if (f->values[i].flags & VALUE_DIFFERS)
			diag_note(r->diags,
				  rule_at(r, f->ir->values[i].at,
					  "%sa negative `%s` is extended with zeros", DIFFERS,
					  arg->type->name),
				  "so the value is never equal to an argument; tgc compares it as "
				  "written");
}

static bool is_buffer(const struct ir_hook *h, const struct ir_filter *f)
{
	return type_get(h->args[f->arg].type)->class == CLASS_BYTES;
}

/* Reading at the return, or more than 4096 bytes, moves the bytes that filters look at. */
void differing_buffer(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_filters *filters = &s->filters[IR_ARGS];

	for (size_t i = 0; i < filters->n; i++) {
		const struct ir_filter *f = &filters->v[i];
		struct diag *m;

		if (f->op == OP_CEL_EXPR || !is_buffer(h, f) ||
		    (!h->args[f->arg].return_copy && !h->args[f->arg].max_data))
			continue;
		m = rule_at(r, f->at,
			    h->args[f->arg].return_copy
				    ? "the buffer is read at the return, after this filter"
				    : DIFFERS "`maxData` moves the buffer");
		diag_note_at(r->diags, m, h->args[f->arg].whole, "the buffer is here");
	}
}

/* ---- tetragon-differs: the policy ------------------------------------------------------------ */

/* Actions that Tetragon looks for to see whether a policy enforces: not in macros. */
static bool acts_visibly(const struct ast_policy *p)
{
	for (int kind = 0; kind < AST_HOOK_KINDS; kind++)
		for (size_t i = 0; i < p->hooks[kind].n; i++)
			for (size_t j = 0; j < p->hooks[kind].v[i].selector_count; j++) {
				const struct ast_selector *s = &p->hooks[kind].v[i].selectors[j];

				for (size_t k = 0; k < s->action_count; k++)
					if (ir_is_enforcing((enum tg_action)action_find(
						    s->actions[k].action.s)))
						return true;
			}
	return false;
}

static const struct ir_action *any_enforcement(const struct ir_policy *p)
{
	for (size_t i = 0; i < p->hook_count; i++)
		for (size_t j = 0; j < p->hooks[i].selector_count; j++) {
			const struct ir_selector *s = &p->hooks[i].selectors[j];
			const struct ir_action *a = rule_enforcement(&s->actions);

			if (!a)
				a = rule_enforcement(&s->return_actions);
			if (a)
				return a;
		}
	return NULL;
}

void differing_mode(struct ruling *r, const struct ir_policy *p)
{
	const struct ir_action *a = any_enforcement(p);
	struct diag *m;

	if (!a || acts_visibly(p->ast))
		return;
	m = rule_at(r, a->at, "Tetragon would only monitor: it does not see this `%s`",
		    action_name(a->action));
	diag_note(r->diags, m,
		  "a policy enforces when `matchActions` of a hook's own selectors say so; macros "
		  "and `matchReturnActions` are not looked at");
}

/* A plain list is checked as system calls, but attached as it is written. */
void differing_list(struct ruling *r, const struct ir_hook *h)
{
	struct diag *m;

	if (h->kind > HOOK_FENTRY || !h->calls.list || !h->calls.n ||
	    strncmp(h->calls.v[0].name, "sys_", 4) || !h->calls.v[0].syscall)
		return;
	for (size_t i = 0; i < r->policy->ast->list_count; i++)
		if (!strcmp(r->policy->ast->lists[i].name.s, h->calls.list) &&
		    r->policy->ast->lists[i].type.s)
			return;
	m = rule_at(r, h->calls.at, "Tetragon attaches to `%s` as written, which is no function",
		    h->calls.v[0].name);
	diag_note_at(r->diags, m, h->calls.v[0].at,
		     "names of a list without a type get no prefix there");
	diag_hint(r->diags, m, "type: \"syscalls\"   # of the list");
}

/* ---- tetragon-differs: the encoding ---------------------------------------------------------- */

#define ENCODED_MAX 1024

static size_t payload(const struct ir_hook *h, const struct ir_filter *f)
{
	unsigned bits = type_get(h->args[f->arg].type)->bits;
	size_t one = bits == 64 ? 8 : 4;

	switch (op_get(f->op)->takes) {
	case OPERAND_TYPED:
		return bits ? f->value_count * one : 44;
	case OPERAND_RANGE:
		return f->value_count * one * 2;
	case OPERAND_ADDRESS:
		return 8;
	default:
		return 4;
	}
}

static size_t encoded_actions(const struct ir_actions *actions)
{
	size_t size = 4;

	for (size_t i = 0; i < actions->n; i++)
		size += actions->v[i].action == TG_ACTION_POST ? 24 : 8;
	return size;
}

static size_t encoded(const struct ir_hook *h, const struct ir_selector *s)
{
	size_t size = 4 + 4 * 6 + 24 + encoded_actions(&s->actions);

	for (size_t i = 0; i < s->pid_count; i++)
		size += 12 + 4 * s->pids[i].value_count;
	for (size_t i = 0; i < s->namespace_count; i++)
		size += 12 + 4 * (s->namespaces[i].value_count + s->namespaces[i].host);
	size += 20 * (s->capability_count + s->capability_change_count) +
		8 * s->namespace_change_count;
	for (size_t i = 0; i < s->filters[IR_ARGS].n; i++)
		size += 16 + payload(h, &s->filters[IR_ARGS].v[i]);
	return size;
}

void differing_size(struct ruling *r, const struct ir_hook *h)
{
	size_t size = 4 + 4 * h->selector_count;
	struct diag *m;

	if (h->kind == HOOK_UPROBE && h->arg_count + h->data_count > ARGS_MAX)
		rule_at(r, h->path->at,
			"Tetragon writes beyond its tables: it has room for %d arguments of a "
			"uprobe, and this has %zu",
			ARGS_MAX, h->arg_count + h->data_count);
	for (size_t i = 0; i < h->selector_count; i++)
		size += encoded(h, &h->selectors[i]);
	if (size <= ENCODED_MAX)
		return;
	m = rule_at(r, h->symbol_at, "Tetragon misreads these selectors: they take about %zu bytes",
		    size);
	diag_note(r->diags, m, "the program of the kernel can address the first %d", ENCODED_MAX);
}

/* ---- tetragon-ignores ------------------------------------------------------------------------ */

static void ignored(struct ruling *r, const struct ir_hook *h, enum hook_feature f, struct span at)
{
	if (hook_supports(h->kind, f) == SUPPORT_IDLE)
		rule_at(r, at, "Tetragon accepts %s here and %s: this is %s %s",
			hook_feature_words(f), f == FEATURE_CEL ? "never matches it" : "ignores it",
			h->kind == HOOK_LSM ? "an" : "a", hook_noun(h->kind));
}

static void ignored_of_arg(struct ruling *r, const struct ir_hook *h, const struct ir_arg *a)
{
	if (a->return_copy)
		ignored(r, h, FEATURE_RETURN_COPY, a->whole);
	if (a->max_data)
		ignored(r, h, FEATURE_MAX_DATA, a->whole);
	if (a->size_position)
		ignored(r, h, FEATURE_SIZE, a->size_at);
}

void ignored_args(struct ruling *r, const struct ir_hook *h)
{
	for (size_t i = 0; i < h->arg_count; i++)
		ignored_of_arg(r, h, &h->args[i]);
}

static void ignored_of_action(struct ruling *r, const struct ir_hook *h, const struct ir_action *a)
{
	if (a->action == TG_ACTION_NOTIFY_ENFORCER)
		ignored(r, h, FEATURE_NOTIFY, a->at);
	if (a->kernel_stack || a->user_stack)
		ignored(r, h, FEATURE_STACK, a->at);
	if (a->ima_hash)
		ignored(r, h, FEATURE_IMA, a->at);
	/* the tables of other hooks have room for one entry */
	if (a->rate_ms && h->kind > HOOK_FENTRY)
		rule_at(r, a->at, "Tetragon's rate limit on %s %s remembers one event only",
			h->kind == HOOK_LSM ? "an" : "a", hook_noun(h->kind));
	if (a->action == TG_ACTION_TRACK_SOCK && h->kind > HOOK_FENTRY)
		rule_at(r, a->at, "Tetragon's socket tracking on a %s remembers one socket only",
			hook_noun(h->kind));
}

void ignored_selector(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_filters *filters = &s->filters[IR_ARGS];

	for (size_t i = 0; i < filters->n; i++)
		if (filters->v[i].op == OP_CEL_EXPR)
			ignored(r, h, FEATURE_CEL, filters->v[i].at);
	if (s->filters[IR_RETURN].n)
		ignored(r, h, FEATURE_RETURN_FILTER, s->filters[IR_RETURN].v[0].at);
	if (s->return_actions.n)
		ignored(r, h, FEATURE_RETURN_ACTION, s->return_actions.v[0].at);
	for (size_t i = 0; i < s->actions.n; i++)
		ignored_of_action(r, h, &s->actions.v[i]);
}

/* ---- tetragon-label -------------------------------------------------------------------------- */

void dropped_label(struct ruling *r, const struct ir_hook *h)
{
	for (size_t i = 0; i < h->arg_count; i++)
		if (*h->args[i].label)
			ignored(r, h, FEATURE_LABEL, h->args[i].whole);
}

/* ---- tetragon-tables ------------------------------------------------------------------------- */

/* What Tetragon keeps in tables by selector, not by function. */
static bool uses_tables(const struct ir_selector *s)
{
	if (s->workload || s->binary_count || s->parent_binary_count)
		return true;
	for (size_t i = 0; i < s->filters[IR_ARGS].n; i++)
		switch (op_get(s->filters[IR_ARGS].v[i].op)->takes) {
		case OPERAND_MAP:
		case OPERAND_PORT:
		case OPERAND_ADDRESS:
		case OPERAND_PROTOCOL:
		case OPERAND_FAMILY:
		case OPERAND_STATE:
			return true;
		default:
			break;
		}
	return false;
}

static bool shares_tables(const struct ir_hook *a, const struct ir_hook *b)
{
	for (size_t i = 0; i < a->selector_count && i < b->selector_count; i++)
		if (uses_tables(&a->selectors[i]) || uses_tables(&b->selectors[i]))
			return true;
	return false;
}

void shared_tables(struct ruling *r, const struct ir_policy *p)
{
	for (size_t i = 1; i < p->hook_count && i < RULE_LOOKS; i++) {
		const struct ir_hook *h = &p->hooks[i];
		bool off = h->kind == HOOK_UPROBE ? p->no_uprobe_multi : p->no_kprobe_multi;
		struct diag *m;

		if (off || (h->kind != HOOK_KPROBE && h->kind != HOOK_UPROBE))
			continue;
		for (size_t j = 0; j < i; j++) {
			if (!shares_tables(&p->hooks[j], h))
				continue;
			m = rule_at(r, h->symbol_at,
				    "with Tetragon, filters of this hook and of an earlier one "
				    "overwrite each other");
			diag_note_at(r->diags, m, p->hooks[j].symbol_at, "the earlier one is here");
			diag_hint(r->diags, m,
				  "options:\n- name: \"disable-%s-multi\"\n  value: \"true\"",
				  h->kind == HOOK_UPROBE ? "uprobe" : "kprobe");
			break;
		}
	}
}

/* ---- tetragon-limit -------------------------------------------------------------------------- */

#define SELECTORS_MAX 5
#define ACTIONS_MAX   3
#define FILTERS_MAX   5
#define VALUES_MAX    4

static void limit(struct ruling *r, struct span at, size_t count, size_t most, const char *what)
{
	if (count > most)
		rule_at(r, at, "Tetragon refuses more than %zu %s; these are %zu", most, what,
			count);
}

static bool few_values(const struct ir_hook *h, const struct ir_filter *f)
{
	enum operand takes = op_get(f->op)->takes;

	return takes == OPERAND_RANGE || takes == OPERAND_FILE_TYPE ||
	       (takes == OPERAND_TYPED && type_get(h->args[f->arg].type)->bits);
}

void limited_selector(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	limit(r, s->at, s->actions.n, ACTIONS_MAX, "actions in a selector");
	limit(r, s->at, s->return_actions.n, ACTIONS_MAX, "actions in a selector");
	limit(r, s->at, s->filters[IR_ARGS].n + s->filters[IR_DATA].n, FILTERS_MAX,
	      "filters on arguments in a selector");
	for (size_t i = 0; i < s->filters[IR_ARGS].n; i++) {
		const struct ir_filter *f = &s->filters[IR_ARGS].v[i];

		if (few_values(h, f))
			limit(r, f->values_at, f->value_count, VALUES_MAX, "values here");
	}
	limit(r, s->at, s->binary_count, 1, "`matchBinaries` entries");
	for (size_t i = 0; i < s->namespace_count; i++)
		limit(r, s->namespaces[i].at, s->namespaces[i].value_count + s->namespaces[i].host,
		      VALUES_MAX, "values here");
	for (size_t i = 0; i < s->capability_count; i++)
		if (s->capabilities[i].odd_spelling)
			rule_at(r, s->capabilities[i].at,
				"Tetragon calls this capability `DAC_OVERRIDE`, without `CAP_`");
}

void limited_hook(struct ruling *r, const struct ir_hook *h)
{
	limit(r, h->symbol_at, h->selector_count, SELECTORS_MAX, "selectors on a hook");
	limit(r, h->symbol_at, h->arg_count + h->data_count, ARGS_MAX, "arguments on a hook");
	for (size_t i = 0; h->kind != HOOK_TRACEPOINT && i < h->arg_count; i++)
		if (h->args[i].position >= ARGS_MAX)
			rule_at(r, h->args[i].whole,
				"Tetragon reads the first 5 arguments of a function only");
}

static const struct ir_action *overriding(const struct ir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++) {
		const struct ir_action *a =
			rule_action(&h->selectors[i].actions, TG_ACTION_OVERRIDE);

		if (a)
			return a;
	}
	return NULL;
}

static void limited_override(struct ruling *r, const struct ir_policy *p, const struct ir_hook *h)
{
	const struct ir_action *a = h->kind == HOOK_KPROBE ? overriding(h) : NULL;

	if (!a || !h->calls.n || strncmp(h->calls.v[0].name, "security_", 9) || p->no_kprobe_multi)
		return;
	diag_hint(r->diags,
		  rule_at(r, a->at,
			  "Tetragon refuses `Override` on `%s` where it can attach many kprobes at "
			  "once",
			  h->calls.v[0].name),
		  "options:\n- name: \"disable-kprobe-multi\"\n  value: \"true\"");
}

static void limited_twins(struct ruling *r, const struct ir_policy *p, size_t at)
{
	const struct ir_hook *h = &p->hooks[at];

	for (size_t j = 0; h->kind == HOOK_KPROBE && h->calls.n && !p->no_kprobe_multi && j < at;
	     j++)
		if (p->hooks[j].calls.n &&
		    !strcmp(p->hooks[j].calls.v[0].name, h->calls.v[0].name)) {
			diag_note_at(r->diags,
				     rule_at(r, h->symbol_at,
					     "Tetragon refuses a second hook on `%s` in one policy",
					     h->calls.v[0].name),
				     p->hooks[j].symbol_at, "the first one is here");
			return;
		}
}

void limited_policy(struct ruling *r, const struct ir_policy *p)
{
	for (size_t i = 0; i < p->hook_count && i < RULE_LOOKS; i++) {
		limited_override(r, p, &p->hooks[i]);
		limited_twins(r, p, i);
	}
}

/* ---- tetragon-needs -------------------------------------------------------------------------- */

void needed_policy(struct ruling *r, const struct ir_policy *p)
{
	if (!p->workload)
		return;
	if (p->workload->pod)
		rule_at(r, p->workload->at,
			"Tetragon needs Kubernetes and its policy filter, which is off by default, "
			"to select workloads");
	else
		rule_at(r, p->workload->at,
			"Tetragon without Kubernetes ignores `hostSelector`: every process is "
			"meant");
}

void needed_selector(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	if (s->workload)
		rule_at(r, s->workload->at,
			"Tetragon needs Kubernetes and its policy filter, which is off by default, "
			"to select workloads");
	if (s->parent_binary_count)
		diag_note(r->diags,
			  rule_at(r, s->parent_binaries[0].at,
				  "Tetragon needs its map of parents, which is off by default, for "
				  "`matchParentBinaries`"),
			  "a process whose parent is not in that map passes the filter");
}

/* ---- tetragon-reveals ------------------------------------------------------------------------ */

void revealed_address(struct ruling *r, const struct ir_hook *h)
{
	for (size_t i = 0; i < h->arg_count; i++)
		if (type_get(h->args[i].type)->class == CLASS_SOCK)
			diag_note(r->diags,
				  rule_at(r, h->args[i].at,
					  "events show the socket's address in the kernel, as "
					  "`cookie`"),
				  "it tells sockets apart, and helps those who attack the kernel");
}

/* ---- rate-limit-key -------------------------------------------------------------------------- */

void rate_limit_key(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_action *post = rule_action(&s->actions, TG_ACTION_POST);

	if (!post || !post->rate_ms || !h->arg_count)
		return;
	diag_note(r->diags,
		  rule_at(r, post->at, "the rate limit holds for calls with equal arguments only"),
		  "the first 40 bytes of each are compared: texts that differ later count as "
		  "equal, and any other difference starts a limit of its own");
}
