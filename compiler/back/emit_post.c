// SPDX-License-Identifier: Apache-2.0
/* What a Post asks of its event: to be left out if there was one like it, to have stacks. */
#include "emit.h"

static unsigned scope_number(enum rate_scope scope)
{
	/* TG_RATE_THREAD, TG_RATE_PROCESS, TG_RATE_GLOBAL */
	return scope == RATE_THREAD ? 1 : scope == RATE_PROCESS ? 2 : 3;
}

static void emit_rate_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	if (slot == PLAN_NO_SLOT)
		return;
	if (plan_is_number(&h->slots[slot]))
		fprintf(e->out, "\t\ttg_rate_number(&rate, s, %u);\n", slot);
	else
		fprintf(e->out, "\t\ttg_rate_slot(&rate, s, %u, %u);\n", slot, h->slot_count);
}

/* Alike is what the event shows: arguments, data, or what the call returned and has filled. */
static void emit_rate(struct emitter *e, const struct plan_hook *h, const struct plan_rate *r)
{
	const struct plan_view *v = &h->views[r->view];

	fprintf(e->out, "\tif (matched & " MASK ") {\n\t\ttg_rate_begin(&rate, %u, %u, tg_seed);\n",
		r->selectors, r->number, scope_number(r->post->rate_scope));
	for (size_t i = 0; i < v->hook->arg_count; i++)
		emit_rate_slot(e, h, v->slots[i]);
	for (size_t i = 0; i < v->hook->data_count; i++)
		emit_rate_slot(e, h, v->data[i]);
	emit_rate_slot(e, h, v->result);
	fprintf(e->out,
		"\t\tif (tg_rate_held(&rate, &tg_rates, %u))\n\t\t\theld |= " MASK ";\n\t}\n",
		r->post->rate_ms, r->selectors);
}

/* Every Post is asked, for each remembers its own events; but an event is held back once. */
void emit_rates(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (!h->rate_count)
		return;
	for (uint32_t i = 0; i < h->rate_count; i++)
		emit_rate(e, h, &h->rates[i]);
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out, "\tif (held & " MASK ")\n\t\ttg_count_lost(&tg_held, %u);\n",
			emit_view_mask(&h->views[i]), h->views[i].policy);
	fprintf(e->out, "\tmatched &= ~held;\n");
	if (h->held && !h->at_return)
		fprintf(e->out,
			"\tif (held & " MASK ")\n\t\ttg_call_mute(&tg_calls, %u, held & " MASK
			", matched & " MASK ");\n",
			h->held, hook, h->held, h->held);
	fprintf(e->out, "\tif (!matched)\n\t\treturn ret;\n");
}

static void emit_owner(struct emitter *e, const struct plan_hook *h, const struct plan_view *v,
		       uint32_t slot)
{
	if (slot == PLAN_NO_SLOT || !h->slots[slot].shown ||
	    h->slots[slot].arg->type->class != CLASS_SOCK)
		return;
	fprintf(e->out,
		"\tif ((matched & " MASK ") && !c->f%u)\n"
		"\t\ttg_add_owner(s, owners, &tg_socks, %u, c->n%u.address);\n",
		emit_view_mask(v), slot, v->policy, slot);
}

/* In the order of the policy's arguments: the last one with an owner counts. */
static void emit_owners(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++) {
		const struct plan_view *v = &h->views[i];

		if (!v->owned)
			continue;
		for (size_t j = 0; j < v->hook->arg_count; j++)
			emit_owner(e, h, v, v->slots[j]);
		for (size_t j = 0; j < v->hook->data_count; j++)
			emit_owner(e, h, v, v->data[j]);
		emit_owner(e, h, v, v->result);
	}
}

void emit_extras(struct emitter *e, const struct plan_hook *h)
{
	if (h->tracks)
		fprintf(e->out, "\towners = tg_fresh(s->end);\n");
	emit_owners(e, h);
	if (h->kernel_stacks)
		fprintf(e->out, "\tif (matched & " MASK ")\n\t\ttg_add_stack(s, ctx, %s);\n",
			h->kernel_stacks, "TG_PART_KERNEL_STACK");
	if (h->user_stacks)
		fprintf(e->out, "\tif (matched & " MASK ")\n\t\ttg_add_stack(s, ctx, %s);\n",
			h->user_stacks, "TG_PART_USER_STACK");
}
