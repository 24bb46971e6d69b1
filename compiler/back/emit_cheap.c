// SPDX-License-Identifier: Apache-2.0
/* The half of a program that rejects: what can be told without reading any text. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "unit.h"

void emit_clear(struct emitter *e, const struct plan_hook *h, uint64_t mask, const char *indent)
{
	if (mask == plan_all(h))
		fprintf(e->out, "%s\treturn 0;\n", indent);
	else
		fprintf(e->out, "%s\tlive = (live & ~" MASK ")%s;\n", indent, mask,
			emit_forgets(h) ? " ^ zero" : "");
}

static void emit_int_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			   enum tg_attach attach)
{
	bool any = false;

	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (p->args || !plan_is_number(&h->slots[p->slot]) ||
		    plan_is_fetched(&h->slots[p->slot]))
			continue;
		any |= p->selectors != plan_all(h);
		fprintf(e->out, "\tif (!h%u_p%u(", hook, i);
		emit_slot_value(e, h, p->slot, attach);
		fprintf(e->out, "))\n");
		emit_clear(e, h, p->selectors, "\t");
	}
	if (any)
		fprintf(e->out, "\tif (!live)\n\t\treturn 0;\n");
}

static void emit_sketch_verdicts(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	uint64_t all = plan_all(h);
	bool any = false;

	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (p->slot != slot || !sketch_useful(p->filter))
			continue;
		fprintf(e->out, "\t\t\tif (");
		if (p->selectors != all)
			fprintf(e->out, "(live & " MASK ") && ", p->selectors);
		fprintf(e->out, "!%s(first, &c.k%u))\n", emit_text_name(e, h, i, "may"), slot);
		emit_clear(e, h, p->selectors, "\t\t\t");
		any |= p->selectors != all;
	}
	if (any)
		fprintf(e->out, "\t\t\tif (!live)\n\t\t\t\treturn 0;\n");
}

static bool maybe_long(const struct plan_hook *h, uint32_t slot)
{
	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot && sketch_useful(h->predicates[i].filter) &&
		    sketch_maybe_long(h->predicates[i].filter))
			return true;
	return false;
}

/* Do all filters of the path ask for its end alone? */
static bool only_ends(const struct plan_hook *h, uint32_t slot)
{
	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot && sketch_useful(h->predicates[i].filter) &&
		    h->predicates[i].filter->op != OP_POSTFIX)
			return false;
	return true;
}

static void emit_sketch_call(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			     enum tg_attach attach, const char *which)
{
	const struct tir_arg *arg = h->slots[slot].arg;
	const char *kind = arg->ir->type == TYPE_FILE ? "file" : "path";

	fprintf(e->out, "tg_sketch(%s%s, untyped_%s, &c.k%u, ", which, kind, kind, slot);
	emit_argument(e, arg, attach);
	fprintf(e->out, ", %s);\n", attach == TG_ATTACH_LSM ? "true" : "false");
}

/* A look at the end needs no way to the root; what passes it is looked at as a whole. */
static void emit_sketch_tests(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			      enum tg_attach attach)
{
	uint64_t mask = emit_sketched(h, slot);
	bool all = mask == plan_all(h), ends = only_ends(h, slot);
	const char *whole = maybe_long(h, slot) ? "long_" : "";

	if (!all || attach == TG_ATTACH_LSM)
		fprintf(e->out, "\tc.k%u.last = NULL;\n", slot);
	if (!all)
		fprintf(e->out, "\tif (live & " MASK ")", mask);
	fprintf(e->out, "\t{\n\t\t__u64 first = ");
	emit_sketch_call(e, h, slot, attach, ends ? "end_" : whole);
	fprintf(e->out, "\n\t\tif (first) {\n");
	emit_sketch_verdicts(e, h, slot);
	fprintf(e->out, "\t\t}\n");
	if (ends) {
		fprintf(e->out, "\t\t");
		emit_sketch_call(e, h, slot, attach, whole);
	}
	fprintf(e->out, "\t}\n");
}

/* Nothing is done between the record's first word and its last: it is made in the ring. */
static bool made_in_ring(const struct plan_hook *h)
{
	return !emit_has_sockets(h) && !emit_renews(h);
}

static void emit_call_number(struct emitter *e, const struct plan_hook *h, const char *record)
{
	fprintf(e->out, "\t%shook.call = %s;\n", record,
		h->at_return ? "call->id"
		: h->held    ? "call.id"
			     : "0");
}

/* Arguments that another entry of the hook has, which no program reads. */
static void emit_unused_slots(struct emitter *e, const struct plan_hook *h, const char *array)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (!plan_is_number(&h->slots[i]) && !plan_is_used(&h->slots[i]))
			fprintf(e->out, "\ttg_slot_unread(&%s[%u]);\n", array, i);
}

static void emit_ring_record(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			     enum tg_attach attach)
{
	fprintf(e->out, "\tr = tg_reserve(sizeof(*r));\n\tif (!r) {\n");
	emit_losses(e, h);
	fprintf(e->out, "\t\treturn ret;\n\t}\n");
	emit_call_number(e, h, "r->");
	emit_int_slots(e, h, "r->slot", attach);
	emit_unused_slots(e, h, "r->slot");
	fprintf(e->out,
		"\ttg_fill(&r->hook, TG_BUNDLE, %u << 16 | %u, matched, sizeof(*r));\n"
		"\tbpf_ringbuf_submit(r, 0);\n",
		hook, h->slot_count);
}

static void emit_stack_record(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			      enum tg_attach attach)
{
	emit_call_number(e, h, "r.");
	emit_int_slots(e, h, "r.slot", attach);
	emit_unused_slots(e, h, "r.slot");
	emit_socket_reads(e, h, attach, "r.");
	emit_socket_slots(e, h);
	fprintf(e->out,
		"\tif (tg_send_sized(&r.hook, TG_BUNDLE, %u << 16 | %u, matched, sizeof(r))) {\n",
		hook, h->slot_count);
	emit_losses(e, h);
	fprintf(e->out, "\t}\n");
	emit_renewals(e, h);
}

/* Hooks without texts need no scratch memory. */
static void emit_plain_tail(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			    enum tg_attach attach)
{
	emit_winners(e, h, hook);
	emit_actions(e, h);
	if (h->unfinished)
		fprintf(e->out, "\t*taken |= won & " MASK ";\n", h->unfinished);
	fprintf(e->out, "\tmatched = won & " MASK "%s;\n", h->posts,
		h->may_be_mute ? " & ~call->mute" : "");
	if (h->held && !h->at_return) {
		emit_saved(e, h, "call", attach);
		fprintf(e->out, "\tmatched = h%u_keep(won, matched, &call);\n", hook);
	}
	fprintf(e->out, "\tif (!matched)\n\t\treturn ret;\n\tlost = matched;\n");
	if (h->at_return)
		fprintf(e->out, "\tret = TG_SENT;\n");
	emit_fetches(e, h, hook, attach, false);
	if (made_in_ring(h))
		emit_ring_record(e, h, hook, attach);
	else
		emit_stack_record(e, h, hook, attach);
	fprintf(e->out, "\treturn ret;\n}\n\n");
}

static void emit_text_tail(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			   enum tg_attach attach)
{
	emit_fetches(e, h, hook, attach, false);
	emit_socket_reads(e, h, attach, "c.");
	for (uint32_t i = 0; i < h->slot_count; i++) {
		if (emit_sketched(h, i) && !emit_typed(attach))
			fprintf(e->out, "\tc.k%u.last = NULL;\n", i);
		emit_hand_over(e, h, i, attach);
	}
	if (h->at_return)
		fprintf(e->out, "\tc.call = *call;\n");
	else if (h->held)
		emit_saved(e, h, "c.call", attach);
	if (h->hashed)
		fprintf(e->out, "\tc.call = (struct tg_call){0};\n");
	fprintf(e->out, "\tc.live = live;\n");
	if (h->unfinished)
		fprintf(e->out,
			"\tret = h%u_finish(&c%s);\n\t*taken |= c.won & live & " MASK
			";\n\treturn ret;\n}\n\n",
			hook, emit_needs_context(h) ? ", ctx" : "", h->unfinished);
	else
		fprintf(e->out, "\treturn h%u_finish(&c%s);\n}\n\n", hook,
			emit_needs_context(h) ? ", ctx" : "");
}

static void emit_locals(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (emit_has_texts(h)) {
		fprintf(e->out, "\tstruct h%u_call c;\n%s", hook,
			h->unfinished ? "\tint ret;\n" : "");
	} else {
		fprintf(e->out,
			"\tstruct {\n\t\tstruct tg_hook hook;\n\t\tstruct tg_slot slot[%u];\n",
			h->slot_count);
		emit_socket_members(e, h);
		fprintf(e->out, "\t} %sr;\n\t__u64 %s, matched, lost;\n\tint ret = 0;\n",
			made_in_ring(h) ? "*" : "", emit_winner_variables(h));
		if (h->held && !h->at_return)
			fprintf(e->out, "\tstruct tg_call call = {0};\n");
	}
	emit_fetch_variables(e, h);
	fprintf(e->out, "\n");
	if (emit_forgets(h))
		fprintf(e->out, "\t__u64 zero;\n\n\ttg_unknown_zero(zero);\n");
}

void emit_decision(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		   enum tg_attach attach)
{
	bool texts = emit_has_texts(h);

	emit_line(e, h->at);
	fprintf(e->out, "static %s int %s_run(__u64 *ctx, __u64 live%s%s)\n{\n",
		h->parts == 1 ? "__inline" : "__subprogram",
		unit_program_name(e->arena, hook, attach),
		h->at_return ? ", const struct tg_call *call" : "",
		h->unfinished ? ", __u64 *taken" : "");
	emit_locals(e, h, hook);
	emit_int_tests(e, h, hook, attach);
	emit_fetched_tests(e, h, hook, attach);
	emit_joint_tests(e, h, hook, attach);
	emit_socket_tests(e, h, hook, attach, texts ? "c." : "r.");
	emit_workload_tests(e, h);
	emit_task_tests(e, h, hook);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (emit_sketched(h, i) && emit_typed(attach))
			emit_sketch_tests(e, h, i, attach);
	emit_fact_tests(e, h);
	emit_change_tests(e, h, hook);
	if (texts)
		emit_text_tail(e, h, hook, attach);
	else
		emit_plain_tail(e, h, hook, attach);
}
