// SPDX-License-Identifier: Apache-2.0
/* What is changed in user programs: registers by an Override of a uprobe, memory by `Set`. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

/* ---- memory -------------------------------------------------------------------------------- */

void emit_set_action(struct emitter *e, const struct plan_hook *h, const struct plan_action *a)
{
	const struct tir_hook *hook = NULL;

	for (uint32_t i = 0; i < h->view_count && !hook; i++)
		if (emit_view_mask(&h->views[i]) & a->selectors)
			hook = h->views[i].hook;
	if (!hook || hook->args[a->ir->arg].ir->position >= h->operand_count)
		return; /* the arguments were refused */
	fprintf(e->out, "\tif (acts & " MASK ")\n\t\ttg_set(%u, ", a->selectors, a->policy);
	emit_operand_address(e, &h->operands[hook->args[a->ir->arg].ir->position]);
	fprintf(e->out, ", %uu);\n", (uint32_t)a->value);
}

/* ---- registers ----------------------------------------------------------------------------- */

#define CHANGES_FROM 16 /* lower numbers say what became of the record (tg_hook.h) */

uint32_t emit_change_number(const struct plan_hook *h, uint32_t action)
{
	return h->part << 16 | (action + CHANGES_FROM);
}

static void emit_register_value(struct emitter *e, const struct reg *r)
{
	fprintf(e->out, "(__u64)(%s)tg_register(ctx, %u)", emit_int_type(r->size * 8, false),
		r->offset);
}

/* A narrow name means the low bytes; the others keep what they have. */
static void emit_register_write(struct emitter *e, const struct reg *r, const char *indent)
{
	uint64_t mask = r->size == 8 ? ~0ull : (1ull << (8 * r->size)) - 1;

	if (r->size == 8)
		fprintf(e->out, "%stg_register_set(ctx, %u, v);\n", indent, r->offset);
	else
		fprintf(e->out,
			"%sv = (tg_register(ctx, %u) & ~" MASK ") | (v & " MASK ");\n"
			"%stg_register_set(ctx, %u, v);\n",
			indent, r->offset, mask, mask, indent, r->offset);
}

static void emit_assignment(struct emitter *e, const struct reg_assignment *r, uint32_t policy)
{
	fprintf(e->out, "\t\tv = (__u64)%" PRId64 "ll", r->number);
	if (r->from) {
		fprintf(e->out, " + ");
		emit_register_value(e, r->from);
	}
	fprintf(e->out, ";\n");
	if (r->source != REG_MEMORY) {
		emit_register_write(e, r->to, "\t\t");
		return;
	}
	fprintf(e->out,
		"\t\tif (bpf_probe_read_user(&v, sizeof(v), (const void *)v)) {\n"
		"\t\t\ttg_count_lost(&tg_unchanged, %u);\n\t\t} else {\n",
		policy);
	emit_register_write(e, r->to, "\t\t\t");
	fprintf(e->out, "\t\t}\n");
}

/* As if the function had returned at once: nothing is changed where its return address cannot be
 * read. */
static void emit_return_now(struct emitter *e, const struct plan_action *a)
{
	const struct reg *ax = reg_find(ARCH_X86_64, "rax", 3),
			 *ip = reg_find(ARCH_X86_64, "rip", 3),
			 *sp = reg_find(ARCH_X86_64, "rsp", 3);

	fprintf(e->out,
		"\t\tif (bpf_probe_read_user(&v, sizeof(v), (const void *)tg_register(ctx, %u))) "
		"{\n"
		"\t\t\ttg_count_lost(&tg_unchanged, %u);\n\t\t} else {\n"
		"\t\t\ttg_register_set(ctx, %u, v);\n"
		"\t\t\tv = tg_register(ctx, %u) + 8;\n\t\t\ttg_register_set(ctx, %u, v);\n"
		"\t\t\tv = (__u64)(__s64)%d;\n\t\t\ttg_register_set(ctx, %u, v);\n\t\t}\n",
		sp->offset, a->policy, ip->offset, sp->offset, sp->offset, a->value, ax->offset);
}

static void emit_change(struct emitter *e, const struct plan_action *a, uint32_t number)
{
	const struct reg *ip = reg_find(ARCH_X86_64, "rip", 3);
	struct reg_assignment r;
	struct value_error error;

	fprintf(e->out, "\tif (ret == %u) {\n", number);
	for (size_t i = 0; i < a->ir->register_count; i++)
		if (reg_assignment_parse(e->arena, ARCH_X86_64, &a->ir->registers[i], &r, &error))
			emit_assignment(e, &r, a->policy);
	if (a->distance)
		fprintf(e->out,
			"\t\tv = tg_register(ctx, %u) + (__u64)%" PRId64 "ll;\n"
			"\t\ttg_register_set(ctx, %u, v);\n",
			ip->offset, a->distance, ip->offset);
	if (!a->distance && !a->ir->register_count)
		emit_return_now(e, a);
	fprintf(e->out, "\t}\n");
}

/* Where another program has already sent the call elsewhere, the first Override counts. */
void emit_register_changes(struct emitter *e, const struct plan_hook *first)
{
	fprintf(e->out, "\t__u64 v;\n\n\tif (!ret || tg_moved(ctx))\n\t\treturn 0;\n");
	for (uint32_t part = 0; part < first->parts; part++)
		for (uint32_t i = 0; i < first[part].action_count; i++)
			if (first[part].actions[i].action == TG_ACTION_OVERRIDE)
				emit_change(e, &first[part].actions[i],
					    emit_change_number(&first[part], i));
	fprintf(e->out, "\treturn 0;\n}\n\n");
}
