// SPDX-License-Identifier: Apache-2.0
/* The half of a program that rejects: what can be told without reading any text. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "unit.h"

/* What is left of `live` without these selectors; nothing is, when they are all there are. */
static void emit_clear(struct emitter *e, const struct plan_hook *h, uint64_t mask,
		       const char *indent)
{
	if (mask == plan_all(h))
		fprintf(e->out, "%s\treturn 0;\n", indent);
	else
		fprintf(e->out, "%s\tlive &= ~" MASK ";\n", indent, mask);
}

static void emit_int_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			   enum tg_attach attach)
{
	bool any = false;

	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (!plan_is_number(&h->slots[p->slot]))
			continue;
		any |= p->selectors != plan_all(h);
		fprintf(e->out, "\tif (!h%u_p%u(", hook, i);
		emit_argument(e, h->slots[p->slot].arg, attach);
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

static void emit_sketch_tests(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			      enum tg_attach attach)
{
	const struct tir_arg *arg = h->slots[slot].arg;
	const char *kind = arg->ir->type == TYPE_FILE ? "file" : "path";
	uint64_t mask = emit_sketched(h, slot);
	bool all = mask == plan_all(h);

	if (!all || attach == TG_ATTACH_LSM)
		fprintf(e->out, "\tc.k%u.last = NULL;\n", slot);
	if (!all)
		fprintf(e->out, "\tif (live & " MASK ")", mask);
	fprintf(e->out, "\t{\n\t\t__u64 first = tg_sketch(%s%s, untyped_%s, &c.k%u, ",
		maybe_long(h, slot) ? "long_" : "", kind, kind, slot);
	emit_argument(e, arg, attach);
	fprintf(e->out, ", %s);\n\n\t\tif (first) {\n", attach == TG_ATTACH_LSM ? "true" : "false");
	emit_sketch_verdicts(e, h, slot);
	fprintf(e->out, "\t\t}\n\t}\n");
}

/* Hooks without texts need no scratch memory: the record fits on the stack. */
static void emit_plain_tail(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			    enum tg_attach attach)
{
	emit_winners(e, h);
	emit_actions(e, h);
	fprintf(e->out, "\tmatched = won & " MASK ";\n\tif (!matched)\n\t\treturn ret;\n",
		h->posts);
	emit_int_slots(e, h, "r.slot", attach);
	fprintf(e->out,
		"\tlost = matched;\n"
		"\tif (tg_send_small(&r.hook, TG_BUNDLE, %u << 16 | %u, matched)) {\n",
		hook, h->slot_count);
	emit_losses(e, h);
	fprintf(e->out, "\t}\n");
	emit_renewals(e, h);
	fprintf(e->out, "\treturn ret;\n}\n\n");
}

static void emit_text_tail(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			   enum tg_attach attach)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		if (emit_sketched(h, i) && !emit_typed(attach))
			fprintf(e->out, "\tc.k%u.last = NULL;\n", i);
		fprintf(e->out, "\tc.a[%u] = (__u64)", i);
		emit_argument(e, h->slots[i].arg, attach);
		fprintf(e->out, ";\n");
	}
	fprintf(e->out, "\tc.live = live;\n\treturn h%u_finish(&c);\n}\n\n", hook);
}

void emit_decision(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		   enum tg_attach attach)
{
	bool texts = emit_has_texts(h);

	emit_line(e, h->at);
	fprintf(e->out, "static __inline int %s_run(__u64 *ctx)\n{\n\t__u64 live = " MASK ";\n",
		unit_program_name(e->arena, hook, attach), plan_all(h));
	if (texts)
		fprintf(e->out, "\tstruct h%u_call c;\n\n", hook);
	else
		fprintf(e->out,
			"\tstruct {\n\t\tstruct tg_hook hook;\n\t\tstruct tg_slot slot[%u];\n\t} "
			"r;\n"
			"\t__u64 won = 0, matched, lost;\n\tint ret = 0;\n\n",
			h->slot_count ? h->slot_count : 1);
	emit_int_tests(e, h, hook, attach);
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
