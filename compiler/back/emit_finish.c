// SPDX-License-Identifier: Apache-2.0
/* The half of a program that reads texts, acts and reports; shared by the variants of a hook. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

/*
 * Reads a text that selectors filter on, and clears those it rules out. What is alive stays in
 * memory: known bits in a register would have the verifier follow every combination.
 */
static void emit_filtered_text(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			       uint32_t slot)
{
	const struct plan_slot *s = &h->slots[slot];

	if (s->shown != plan_all(h))
		fprintf(e->out, "\ttg_slot_unread(&slot[%u]);\n", slot);
	fprintf(e->out, "\tif (tg_fresh(s->live) & " MASK ") {\n", s->filtered | s->shown);
	emit_read(e, h, slot);
	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot)
			fprintf(e->out,
				"\t\tif ((tg_fresh(s->live) & " MASK ") && !%s(s))\n"
				"\t\t\ts->live &= ~" MASK ";\n",
				h->predicates[i].selectors, emit_text_name(e, h, i, "p"),
				h->predicates[i].selectors);
	emit_answers(e, h, hook, slot);
	if (s->shown) {
		fprintf(e->out, "\t\tif (tg_fresh(s->live) & " MASK ")\n\t\t\t", s->shown);
		emit_text_slot(e, h, slot);
	}
	fprintf(e->out, "\t}\n");
}

static void emit_shown_text(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	fprintf(e->out, "\tif (matched & " MASK ") {\n", h->slots[slot].shown);
	emit_read(e, h, slot);
	fprintf(e->out, "\t\t");
	emit_text_slot(e, h, slot);
	fprintf(e->out, "\t} else {\n\t\ttg_slot_unread(&slot[%u]);\n\t}\n", slot);
}

static void emit_shown_struct(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	if (!h->slots[slot].shown) {
		fprintf(e->out, "\ttg_slot_unread(&slot[%u]);\n", slot);
		return;
	}
	fprintf(e->out, "\tif (matched & " MASK ")\n\t\t", h->slots[slot].shown);
	emit_struct_slot(e, h, slot);
	fprintf(e->out, "\telse\n\t\ttg_slot_unread(&slot[%u]);\n", slot);
}

/* A call with two halves: the first one leaves it behind, the second one was handed it. */
static void emit_call_id(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (!h->held)
		return;
	if (h->at_return)
		fprintf(e->out, "\ts->call = c->call.id;\n");
	else
		fprintf(e->out,
			"\tcall = c->call;\n\tmatched = h%u_keep(won, matched, &call);\n"
			"\ts->call = call.id;\n",
			hook);
}

static void emit_once(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out,
		"static __inline int h%u_once(struct tg_scratch *s, const struct h%u_call *c,\n"
		"\t\t__u64 *lost%s%s)\n{\n"
		"\tstruct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));\n"
		"\t__u64 token, live, %s, matched;\n"
		"\tint ret = 0;\n%s%s%s\n"
		"\ttoken = tg_begin(s, c->live, sizeof(struct tg_hook) + %u * sizeof(struct "
		"tg_slot));\n",
		hook, hook, emit_needs_context(h) ? ", void *ctx" : "",
		emit_tells_winners(h) ? ", __u64 *done" : "", emit_winner_variables(h),
		h->rate_count ? "\t__u64 held = 0;\n\tstruct tg_rate rate;\n" : "",
		h->held && !h->at_return ? "\tstruct tg_call call;\n" : "",
		h->tracks ? "\t__u32 owners;\n" : "", h->slot_count);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_text(&h->slots[i]) && h->slots[i].filtered)
			emit_filtered_text(e, h, hook, i);
	emit_answered_tests(e, h, hook);
	fprintf(e->out, "\tlive = tg_fresh(s->live);\n"
			"\tif (tg_fresh(s->owner) != token)\n\t\treturn TG_AGAIN;\n\t*lost = 0;\n");
	fprintf(e->out, "\tif (!live)\n\t\treturn 0;\n");
	emit_winners(e, h, hook);
	emit_actions(e, h);
	if (emit_tells_winners(h))
		fprintf(e->out, "\t*done = won;\n");
	fprintf(e->out, "\tmatched = won & " MASK ";\n", h->posts);
	emit_call_id(e, h, hook);
	fprintf(e->out, "\tif (!matched)\n\t\treturn ret;\n");
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_shown_only(&h->slots[i]))
			emit_shown_text(e, h, i);
		else if (!plan_is_text(&h->slots[i]) && !plan_is_number(&h->slots[i]))
			emit_shown_struct(e, h, i);
	emit_int_slots(e, h, "slot", 0);
	emit_rates(e, h);
	emit_extras(e, h);
	fprintf(e->out,
		"\tif (%s(s, TG_BUNDLE, %u << 16 | %u, matched, token))\n"
		"\t\t*lost = matched;\n",
		emit_only_path(h) ? "tg_send_path" : "tg_send", hook, h->slot_count);
	emit_renewals(e, h);
	fprintf(e->out, "\treturn %s;\n}\n\n", h->at_return ? "TG_SENT" : "ret");
}

/*
 * What the cheap half hands to the text half; on the stack, so pointers keep their types. A sketch
 * first: the address of the whole is made where it is used, that of another member kept.
 */
static void emit_call_type(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out, "struct h%u_call {\n", hook);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (emit_sketched(h, i))
			fprintf(e->out, "\tstruct tg_sketch k%u;\n", i);
	emit_socket_members(e, h);
	emit_call_members(e, h);
	fprintf(e->out, "\t__u64 a[%u];\n\t__u64 live;\n%s%s};\n\n",
		h->slot_count ? h->slot_count : 1, h->held ? "\tstruct tg_call call;\n" : "",
		h->unfinished ? "\t__u64 won;\n" : "");
}

/*
 * A second try does without sketches: a verifier would follow the first one with everything that
 * they can be, as long as that may be needed again.
 */
static void emit_forget_sketches(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (emit_sketched(h, i))
			fprintf(e->out, "\t\tc->k%u.last = c->k%u.root = NULL;\n", i, i);
}

static void emit_try(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out, "\t\tret = h%u_once(s, c, &lost%s%s);\n", hook,
		emit_needs_context(h) ? ", ctx" : "", emit_tells_winners(h) ? ", &done" : "");
}

#define LOOPED 4 /* filters on texts */

/*
 * As a loop the text is compiled once. But a verifier finds the states of one try among those of
 * the other then, and where there are many it forgets most of them: those have two copies.
 */
static bool try_in_loop(const struct plan_hook *h)
{
	uint32_t filters = 0;

	for (uint32_t i = 0; i < h->predicate_count; i++)
		filters += !h->predicates[i].args && plan_is_text(&h->slots[h->predicates[i].slot]);
	return filters <= LOOPED;
}

static void emit_tries(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (try_in_loop(h)) {
		fprintf(e->out,
			"#pragma clang loop unroll(disable)\n"
			"\tfor (int i = 0; i < TG_SCRATCH_TRIES && s && ret == TG_AGAIN; i++) {\n");
		emit_try(e, h, hook);
		emit_forget_sketches(e, h);
		fprintf(e->out, "\t}\n");
		return;
	}
	fprintf(e->out, "\tif (s) {\n");
	emit_try(e, h, hook);
	fprintf(e->out, "\t}\n\tif (s && ret == TG_AGAIN) {\n");
	emit_forget_sketches(e, h);
	emit_try(e, h, hook);
	fprintf(e->out, "\t}\n");
}

/* Who gives up, because the scratch memory was disturbed both times, has lost its events. */
void emit_finish(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	emit_call_type(e, h, hook);
	emit_once(e, h, hook);
	fprintf(e->out,
		"static __subprogram int h%u_finish(struct h%u_call *c%s)\n{\n"
		"\tstruct tg_scratch *s = tg_scratch_take();\n"
		"\t__u64 lost = c->live%s;\n\tint ret = TG_AGAIN;\n\n",
		hook, hook, emit_needs_context(h) ? ", void *ctx" : "",
		emit_tells_winners(h) ? ", done = 0" : "");
	emit_tries(e, h, hook);
	fprintf(e->out, "\ttg_scratch_give();\n");
	emit_track_actions(e, h);
	if (h->unfinished) /* who has given up does not know, so that nothing more is done */
		fprintf(e->out, "\tc->won = ret == TG_AGAIN ? ~0ull : done;\n");
	fprintf(e->out, "\tif (lost) {\n");
	emit_losses(e, h);
	fprintf(e->out, "\t}\n\treturn ret == TG_AGAIN ? 0 : ret;\n}\n\n");
}
