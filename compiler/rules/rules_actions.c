// SPDX-License-Identifier: Apache-2.0
/* Rules about what selectors do. */
#include <string.h>
#include "rule.h"

/* ---- hidden-action -------------------------------------------------------------------------- */

static void hidden(struct ruling *r, const struct ir_actions *actions)
{
	const struct ir_action *quiet = rule_action(actions, TG_ACTION_NOPOST);
	const struct ir_action *post = rule_action(actions, TG_ACTION_POST);
	const struct ir_action *strong = rule_enforcement(actions);
	struct diag *m;

	if (quiet && post) {
		m = rule_at(r, post->at, "`Post` has no effect beside `NoPost`");
		diag_note_at(r->diags, m, quiet->at, "`NoPost` wins, wherever it stands");
	} else if (quiet && strong) {
		m = rule_at(r, quiet->at, "`NoPost` hides that `%s` acted: nobody will know",
			    action_name(strong->action));
		diag_note_at(r->diags, m, strong->at, "the action is here");
		diag_hint(r->diags, m, "leave `NoPost` out");
	}
}

void hidden_action(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	hidden(r, &s->actions);
	hidden(r, &s->return_actions);
}

/* ---- repeated-action ------------------------------------------------------------------------ */

static void repeated(struct ruling *r, const struct ir_actions *actions)
{
	for (size_t i = 1; i < actions->n && i < RULE_LOOKS; i++)
		for (size_t j = 0; j < i; j++) {
			enum tg_action action = actions->v[i].action;

			if (actions->v[j].action != action ||
			    (action != TG_ACTION_POST && action != TG_ACTION_NOPOST &&
			     action != TG_ACTION_SIGKILL))
				continue;
			diag_note_at(r->diags,
				     rule_at(r, actions->v[i].at,
					     "a second `%s` in this list does nothing more",
					     action_name(action)),
				     actions->v[j].at, "the first one is here");
			break;
		}
}

void repeated_action(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	repeated(r, &s->actions);
	repeated(r, &s->return_actions);
}

/* ---- lost-request --------------------------------------------------------------------------- */

void lost_request(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_actions *actions = &s->actions;

	(void)h;
	for (size_t i = 0; i < actions->n; i++) {
		enum tg_action action = actions->v[i].action;
		struct diag *m;

		if (action != TG_ACTION_GET_URL && action != TG_ACTION_DNS_LOOKUP)
			continue;
		if (i + 1 == actions->n && s->posts)
			continue;
		m = rule_at(r, actions->v[i].at, "`%s` is never carried out here",
			    action_name(action));
		diag_note(r->diags, m,
			  "the agent makes the request when it gets the event, for the last action "
			  "only");
		diag_hint(r->diags, m, "put it last in the list, without `NoPost`");
	}
}

/* ---- half-posted ---------------------------------------------------------------------------- */

void half_posted(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_action *quiet = rule_action(&s->actions, TG_ACTION_NOPOST);
	const struct ir_action *post = rule_action(&s->return_actions, TG_ACTION_POST);
	struct diag *m;

	if (!h->return_arg)
		return;
	if (!quiet) {
		quiet = rule_action(&s->return_actions, TG_ACTION_NOPOST);
		post = rule_action(&s->actions, TG_ACTION_POST);
	}
	if (!quiet || !post)
		return;
	m = rule_at(r, quiet->at, "`NoPost` on one side of the call suppresses the whole event");
	diag_note_at(r->diags, m, post->at, "this `Post` of the other side then posts nothing");
	diag_note(r->diags, m, "call and return make one event, when both are posted");
}

/* ---- change-not-posted ---------------------------------------------------------------------- */

void change_not_posted(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_action *quiet = rule_action(&s->actions, TG_ACTION_NOPOST);
	struct diag *m;

	(void)h;
	if (!quiet || (!s->namespace_change_count && !s->capability_change_count))
		return;
	m = rule_at(r, quiet->at,
		    "with `NoPost` the change stays new: the selector matches again "
		    "and again");
	diag_note_at(r->diags, m,
		     s->namespace_change_count ? s->namespace_changes[0].at
					       : s->capability_changes[0].at,
		     "what a process had before is updated when the event is posted");
}

/* ---- kill-without-override ------------------------------------------------------------------ */

static const char *guard_of(const struct ir_hook *h)
{
	const char *name = h->calls.n ? h->calls.v[0].name : "";
	const char *call = h->calls.n ? rule_syscall(h, &h->calls.v[0]) : NULL;

	if (!strncmp(name, "security_", 9))
		return name + 9;
	return rule_guard(call ? call : name);
}

static bool can_override(const struct tir_hook *h)
{
	if (h->ir->kind == HOOK_LSM)
		return h->returns_int;
	return h->ir->kind == HOOK_KPROBE &&
	       (h->syscall || (h->returns_int && !strncmp(h->symbol, "security_", 9)));
}

static void report_kill(struct ruling *r, const struct tir_hook *h, const struct ir_action *kill)
{
	const char *guard = guard_of(h->ir);
	struct diag *m;

	m = rule_at(r, kill->at, "the process dies, but %s is still carried out",
		    h->ir->calls.list ? "what it called" : "this call");
	diag_note(r->diags, m,
		  "a signal is delivered when the process returns from the kernel; only "
		  "`Override` stops what it is doing");
	if (can_override(h))
		diag_hint(r->diags, m, "- action: Override\n  argError: -1\n- action: %s",
			  action_name(kill->action));
	else
		diag_hint(r->diags, m,
			  "lsmhooks:\n- hook: \"%s\"   # asked before; it can be overridden",
			  guard);
}

/* Only where something can be done about it. */
void kill_without_override(struct ruling *r, const struct tir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++) {
		const struct ir_actions *actions = &h->selectors[i].ir->actions;
		const struct ir_action *kill = rule_action(actions, TG_ACTION_SIGKILL);

		if (kill && !rule_action(actions, TG_ACTION_OVERRIDE) &&
		    !rule_action(actions, TG_ACTION_NOTIFY_ENFORCER) && h->ir->kind <= HOOK_LSM &&
		    (can_override(h) || guard_of(h->ir)))
			report_kill(r, h, kill);
	}
}

/* ---- monitor-mode --------------------------------------------------------------------------- */

static const struct ast_option *mode_option(const struct ast_policy *p)
{
	for (size_t i = 0; i < p->option_count; i++)
		if (p->options[i].name.s && !strcmp(p->options[i].name.s, "policy-mode"))
			return &p->options[i];
	return NULL;
}

void monitor_mode(struct ruling *r, const struct ir_policy *p)
{
	const struct ast_option *option = mode_option(p->ast);

	if (p->mode != MODE_MONITOR || !option)
		return;
	for (size_t i = 0; i < p->hook_count; i++)
		for (size_t j = 0; j < p->hooks[i].selector_count; j++) {
			const struct ir_action *a =
				rule_enforcement(&p->hooks[i].selectors[j].actions);
			struct diag *m;

			if (!a)
				continue;
			m = rule_at(r, a->at, "`%s` is not carried out in monitor mode",
				    action_name(a->action));
			diag_note_at(r->diags, m, option->at, "the mode is chosen here");
			diag_note(r->diags, m,
				  "events name the action all the same, as if it had been");
		}
}
