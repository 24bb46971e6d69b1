// SPDX-License-Identifier: Apache-2.0
/* Who has won, and what is done about it. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

/* What tgrun has switched off wins nothing, and where it only monitors nothing is done. */
static void emit_modes(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out, "\twon &= ~tg_fresh(tg_modes[%u].off);\n", hook);
	if (h->action_count)
		fprintf(e->out, "\tacts = won & ~tg_fresh(tg_modes[%u].monitor);\n", hook);
}

/* The selectors that have an error; how many different ones there are. */
static uint64_t overriding(const struct plan_hook *h, uint32_t *errors)
{
	uint64_t all = 0;

	*errors = 0;
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_OVERRIDE) {
			all |= h->actions[i].selectors;
			++*errors;
		}
	return all;
}

const char *emit_winner_variables(const struct plan_hook *h)
{
	uint32_t errors;

	overriding(h, &errors);
	if (errors > 1)
		return "won = 0, acts, first";
	return h->action_count ? "won = 0, acts" : "won = 0";
}

void emit_winners(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out,
			h->views[i].selectors == 1 ? "\twon |= live & " MASK ";\n"
						   : "\twon |= tg_first(live, " MASK ");\n",
			emit_view_mask(&h->views[i]));
	emit_modes(e, h, hook);
}

static void emit_notification(struct emitter *e, const struct plan_action *a)
{
	if (a->action == TG_ACTION_NOTIFY_ENFORCER)
		fprintf(e->out,
			"\tif (acts & " MASK
			")\n\t\ttg_notify(&tg_pending, &tg_missed, %u, %d, %d);\n",
			a->selectors, a->policy, a->value, a->error);
	else if (a->action == TG_ACTION_CLEANUP_ENFORCER)
		fprintf(e->out,
			"\tif (won & " MASK ")\n\t\ttg_forget(&tg_pending, &tg_missed, %u);\n",
			a->selectors, a->policy);
}

/* The error of the first policy that has one: a call returns once. */
static void emit_overrides(struct emitter *e, const struct plan_hook *h)
{
	uint32_t errors;
	uint64_t all = overriding(h, &errors);

	if (errors > 1)
		fprintf(e->out, "\tfirst = tg_first(acts, " MASK ");\n", all);
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_OVERRIDE)
			fprintf(e->out, "\tif (%s & " MASK ")\n\t\tret = %d;\n",
				errors > 1 ? "first" : "acts", h->actions[i].selectors,
				h->kind == TG_HOOK_UPROBE ? (int)emit_change_number(h, i)
							  : h->actions[i].value);
}

/* Signals and the return value; before anything is reported. */
void emit_actions(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_SIGNAL)
			fprintf(e->out, "\tif (acts & " MASK ")\n\t\tbpf_send_signal(%d);\n",
				h->actions[i].selectors, h->actions[i].value);
	for (uint32_t i = 0; i < h->action_count; i++)
		emit_notification(e, &h->actions[i]);
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_SET)
			emit_set_action(e, h, &h->actions[i]);
	emit_overrides(e, h);
}

bool emit_tracks(const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_TRACK_SOCK ||
		    h->actions[i].action == TG_ACTION_UNTRACK_SOCK)
			return true;
	return false;
}

static void emit_track(struct emitter *e, bool on, uint32_t policy, const char *address)
{
	fprintf(e->out, "\t\ttg_%s, %u, %s);\n",
		on ? "track(&tg_socks, &tg_socks_live, &tg_forgotten"
		   : "untrack(&tg_socks, &tg_socks_live",
		policy, address);
}

/* In the order of the list; `done` has the selectors whose actions have run. */
void emit_track_actions(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->action_count; i++) {
		const struct plan_action *a = &h->actions[i];
		bool on = a->action == TG_ACTION_TRACK_SOCK;

		if ((!on && a->action != TG_ACTION_UNTRACK_SOCK) || a->slot == PLAN_NO_SLOT)
			continue;
		fprintf(e->out, "\tif ((done & " MASK ") && !c->f%u)\n", a->selectors, a->slot);
		emit_track(e, on, a->policy, arena_printf(e->arena, "c->n%u.address", a->slot));
	}
}

void emit_return_tracks(struct emitter *e, const struct plan_hook *h, const char *name,
			enum tg_attach attach)
{
	fprintf(e->out,
		"static __subprogram int %s_own(__u64 *ctx, __u64 won)\n{\n"
		"\tstruct tg_socket n;\n\n",
		name);
	for (uint32_t i = 0; i < h->view_count; i++) {
		const struct plan_view *v = &h->views[i];
		enum ir_return_action action = v->hook->ir->return_action;

		if (action == RETURN_NOTHING)
			continue;
		fprintf(e->out, "\tif ((won & " MASK ") && !tg_read_%s(&n, ", emit_view_mask(v),
			v->hook->return_arg->type->id == TYPE_SOCKET ? "socket" : "sock");
		emit_result(e, h, attach);
		fprintf(e->out, "))\n");
		emit_track(e, action == RETURN_TRACK_SOCK, v->policy, "n.address");
	}
	fprintf(e->out, "\treturn 0;\n}\n\n");
}

void emit_losses(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out, "\t\tif (lost & " MASK ")\n\t\t\ttg_lose(%u);\n",
			emit_view_mask(&h->views[i]), h->views[i].policy);
}
