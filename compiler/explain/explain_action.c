// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: what a rule does. */
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "explain_parts.h"
#include "compiler/words/names.h"

#define ACTIONS (TG_ACTION_SET + 1)

static const char *const words[ACTIONS] = {
#define ACTION_WORDS(action, text) [TG_ACTION_##action] = text,
#include "grammar/policy-prose.def"
};

bool prose_has_action(enum tg_action action)
{
	return action < ACTIONS && words[action];
}

const char *error_words(struct arena *a, int32_t value)
{
	const char *name =
		value < 0 && value > -4096 ? name_of(NAMES_ERRNO, (uint32_t)-value) : NULL;

	if (name)
		return arena_printf(a, "%" PRId32 ", %s", value, name);
	return arena_printf(a, "%" PRId32, value);
}

static const char *signal_words(struct arena *a, int32_t signal)
{
	const char *name = name_of(NAMES_SIGNAL, (uint32_t)signal);

	return name ? name : arena_printf(a, "signal %" PRId32, signal);
}

/* ---- Override ------------------------------------------------------------------------------ */

static const char *jump_words(struct arena *a, const struct ir_action *action)
{
	if (action->new_symbol)
		return arena_printf(a, "go on at %s instead",
				    doc_quote(a, action->new_symbol->s, action->new_symbol->len));
	return arena_printf(a, "go on at %s 0x%" PRIx64 " instead",
			    action->new_place_is_address ? "address" : "offset",
			    (uint64_t)action->new_place->value);
}

static const char *uprobe_override(struct arena *a, const struct ir_action *action)
{
	struct doc_list l = {.n = 0};

	if (action->register_count)
		doc_list_add(a, &l,
			     arena_printf(a, "change the program's registers (%s)",
					  doc_strings(a, action->registers, action->register_count,
						      "and")));
	if (action->new_symbol || action->new_place)
		doc_list_add(a, &l, jump_words(a, action));
	if (l.n)
		return doc_list_text(a, &l, "and");
	return arena_printf(a, "return %" PRId32 " from the function without running it",
			    action->value);
}

static const char *override_text(struct explaining *x, const struct ir_action *action)
{
	if (x->hook->kind == HOOK_UPROBE)
		return uprobe_override(x->arena, action);
	if (!action->value)
		return "make the call return 0 without running the function, as if it had allowed "
		       "or done it";
	if (x->hook->kind == HOOK_LSM)
		return arena_printf(x->arena, "%s (it fails with %s)", words[TG_ACTION_OVERRIDE],
				    error_words(x->arena, action->value));
	return arena_printf(x->arena, "%s (the function is not run and returns %s)",
			    words[TG_ACTION_OVERRIDE], error_words(x->arena, action->value));
}

/* ---- the others ---------------------------------------------------------------------------- */

static const char *duration(struct arena *a, uint32_t ms)
{
	static const struct {
		uint32_t ms;
		const char *name;
	} units[] = {{3600000, "hour"}, {60000, "minute"}, {1000, "second"}, {1, "millisecond"}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (ms >= units[i].ms && ms % units[i].ms == 0)
			return ms == units[i].ms ? arena_printf(a, "a %s", units[i].name)
						 : arena_printf(a, "every %" PRIu32 " %ss",
								ms / units[i].ms, units[i].name);
	return "";
}

static const char *rate_words(struct arena *a, const struct ir_action *p)
{
	static const char *const scopes[] = {[RATE_THREAD] = " per thread",
					     [RATE_PROCESS] = " per process",
					     [RATE_GLOBAL] = " on the whole machine"};
	const char *time = duration(a, p->rate_ms);

	if (!p->rate_ms)
		return "";
	if (p->rate_ms == 3600000)
		time = "an hour";
	return arena_printf(a, ", at most once %s%s for the same arguments", time,
			    scopes[p->rate_scope]);
}

static const char *post_text(struct explaining *x, const struct ir_action *p)
{
	struct doc_list with = {.n = 0};

	if (p->kernel_stack)
		doc_list_add(x->arena, &with, "the kernel's call stack");
	if (p->user_stack)
		doc_list_add(x->arena, &with, "the program's call stack");
	if (p->ima_hash)
		doc_list_add(x->arena, &with, "the file's integrity hash (IMA)");
	return arena_printf(x->arena, "%s the %s%s%s%s", words[TG_ACTION_POST],
			    hook_happening(x->hook), with.n ? ", with " : "",
			    doc_list_text(x->arena, &with, "and"), rate_words(x->arena, p));
}

static const char *notify_text(struct explaining *x, const struct ir_action *action)
{
	struct doc_list what = {.n = 0};

	if (action->value)
		doc_list_add(x->arena, &what,
			     arena_printf(x->arena, "it sends the process %s",
					  signal_words(x->arena, action->value)));
	if (action->error)
		doc_list_add(x->arena, &what,
			     arena_printf(x->arena, "the function is not run and returns %s",
					  error_words(x->arena, action->error)));
	if (!what.n)
		doc_list_add(x->arena, &what, "it does nothing");
	return arena_printf(x->arena,
			    "%s (when the same thread next calls one of the functions listed under "
			    "Enforcer, %s)",
			    words[TG_ACTION_NOTIFY_ENFORCER],
			    doc_list_text(x->arena, &what, "and"));
}

static const char *target_text(struct explaining *x, const struct ir_action *action)
{
	const struct ast_str none = {.s = ""}, *t = action->target ? action->target : &none;

	return arena_printf(x->arena, "%s %s", words[action->action],
			    doc_quote(x->arena, t->s, t->len));
}

static bool overrides(const struct ir_selector *rule)
{
	for (size_t i = 0; i < rule->actions.n; i++)
		if (rule->actions.v[i].action == TG_ACTION_OVERRIDE)
			return true;
	return false;
}

static const char *action_text(struct explaining *x, const struct ir_action *action)
{
	switch (action->action) {
	case TG_ACTION_POST:
		return post_text(x, action);
	case TG_ACTION_SIGKILL:
		return arena_printf(x->arena, "%s (SIGKILL%s)", words[TG_ACTION_SIGKILL],
				    overrides(x->rule) ? ""
						       : "; the call itself may still complete");
	case TG_ACTION_SIGNAL:
		return arena_printf(x->arena, "%s %s", words[TG_ACTION_SIGNAL],
				    signal_words(x->arena, action->value));
	case TG_ACTION_OVERRIDE:
		return override_text(x, action);
	case TG_ACTION_GET_URL:
	case TG_ACTION_DNS_LOOKUP:
		return target_text(x, action);
	case TG_ACTION_TRACK_SOCK:
	case TG_ACTION_UNTRACK_SOCK:
		return arena_printf(x->arena, "%s %s", words[action->action],
				    arg_words(x, IR_ARGS, action->arg));
	case TG_ACTION_NOTIFY_ENFORCER:
		return notify_text(x, action);
	case TG_ACTION_SET:
		return arena_printf(x->arena, "%s %" PRIu32 " into %s of the program",
				    words[TG_ACTION_SET], action->set,
				    arg_words(x, IR_ARGS, action->arg));
	default:
		return prose_has_action(action->action) ? words[action->action] : "?";
	}
}

/* ---- a rule's actions ---------------------------------------------------------------------- */

static bool is_plain_post(const struct ir_action *a)
{
	return a->action == TG_ACTION_POST || a->action == TG_ACTION_NOPOST;
}

/* What is enforced and done first, whatever the order in the policy, then the report. */
static void add_all(struct explaining *x, const struct ir_actions *actions, bool posts,
		    struct doc_list *out)
{
	static const struct ir_action plain = {.action = TG_ACTION_POST};
	const char *report = posts ? post_text(x, &plain) : words[TG_ACTION_NOPOST];
	bool monitored = x->policy->mode == MODE_MONITOR;

	for (size_t i = 0; i < actions->n; i++) {
		const struct ir_action *action = &actions->v[i];
		const char *text;

		if (is_plain_post(action))
			continue;
		text = action_text(x, action);
		if (monitored && ir_is_enforcing(action->action))
			text = arena_printf(x->arena, "(in enforce mode only) %s", text);
		doc_list_add(x->arena, out, text);
	}
	for (size_t i = 0; posts && i < actions->n; i++)
		if (actions->v[i].action == TG_ACTION_POST)
			report = post_text(x, &actions->v[i]);
	doc_list_add(x->arena, out, report);
}

void action_words(struct explaining *x, const struct ir_selector *rule, struct doc_list *out)
{
	add_all(x, &rule->actions, rule->posts, out);
}

void return_action_words(struct explaining *x, const struct ir_selector *rule, struct doc_list *out)
{
	bool posts = true;

	for (size_t i = 0; i < rule->return_actions.n; i++)
		posts &= rule->return_actions.v[i].action != TG_ACTION_NOPOST;
	add_all(x, &rule->return_actions, posts, out);
}
