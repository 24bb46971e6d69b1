// SPDX-License-Identifier: Apache-2.0
/* Verdicts as text. */
#include <stdio.h>
#include <stdlib.h>
#include "case.h"
#include "compiler/base/arena.h"

/*
 * post N         an event, by selector N; held N: it waits for the return; silent N: none
 * action NAME, return-action NAME    where they are not Post
 * kernel-stack user-stack ima-hash   of the event
 * owner PID      a tracked socket's
 * request WHAT   one is made, of the call or of the return
 * monitored NAME, limited, failed NAME, replaced    of an action
 * notify, set N V    done
 */
static void show_done(FILE *to, const struct eval_done *d)
{
	const char *name = action_name(d->action->action);

	if (d->monitored)
		fprintf(to, " monitored %s", name);
	if (d->rate_limited)
		fprintf(to, " limited");
	if (d->failed)
		fprintf(to, " failed %s", name);
	if (d->replaced)
		fprintf(to, " replaced");
	if (d->monitored)
		return;
	if (d->action->action == TG_ACTION_NOTIFY_ENFORCER)
		fprintf(to, " notify");
	if (d->action->action == TG_ACTION_SET)
		fprintf(to, " set %u %u", d->action->arg, d->action->set);
}

static void show_emitted(FILE *to, const struct eval_result *r)
{
	if (r->action != TG_ACTION_POST)
		fprintf(to, " action %s", action_name(r->action));
	if (r->return_action != TG_ACTION_POST)
		fprintf(to, " return-action %s", action_name(r->return_action));
	if (r->kernel_stack)
		fprintf(to, " kernel-stack");
	if (r->user_stack)
		fprintf(to, " user-stack");
	if (r->ima_hash)
		fprintf(to, " ima-hash");
	if (r->tracked)
		fprintf(to, " owner %u", r->owner.pid);
	if (r->request)
		fprintf(to, " request %s", r->request->target->s);
	if (r->return_request)
		fprintf(to, " request %s", r->return_request->target->s);
}

static void show_result(FILE *to, const struct eval_result *r)
{
	static const char *const outcomes[] = {[EVAL_IS_OFF] = "off",
					       [EVAL_NOT_SELECTED] = "not selected",
					       [EVAL_NO_SELECTOR] = "no match",
					       [EVAL_NOT_ENTERED] = "not entered",
					       [EVAL_RETURN_FAILED] = "return fails",
					       [EVAL_MATCHED] = ""};

	fputs(outcomes[r->outcome], to);
	if (r->outcome != EVAL_MATCHED)
		return;
	fprintf(to, "%s %zu", r->emitted ? "post" : r->held ? "held" : "silent", r->selector);
	if (r->emitted)
		show_emitted(to, r);
	for (size_t i = 0; i < r->done_count; i++)
		show_done(to, &r->done[i]);
}

/* What the process gets: enforced N, signal N, returns N, registers. */
static void show_effects(FILE *to, const struct eval_verdict *v)
{
	for (size_t i = 0; i < v->enforced_count; i++)
		fprintf(to, " enforced %zu", v->enforced[i].policy);
	for (size_t i = 0; i < v->signal_count; i++)
		fprintf(to, " signal %d", v->signals[i]);
	if (v->overridden && v->override && v->override->register_count)
		fprintf(to, " registers");
	else if (v->overridden)
		fprintf(to, " returns %d", v->value);
}

const char *show_verdict(struct arena *a, const struct eval_verdict *v)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	const char *out;

	if (!v->result_count)
		fprintf(to, "nothing");
	for (size_t i = 0; i < v->result_count; i++) {
		fprintf(to, "%s", i ? " ; " : "");
		show_result(to, &v->results[i]);
	}
	show_effects(to, v);
	fclose(to);
	out = arena_strndup(a, text, size);
	free(text);
	return out;
}

const char *show_miss(struct arena *a, const struct eval_verdict *v)
{
	const struct eval_miss *m;

	if (!v->result_count || !v->results[0].miss_count)
		return "";
	m = &v->results[0].misses[0];
	return arena_printf(a, "%s %zu: %s", eval_section_name(m->section), m->entry, m->why);
}
