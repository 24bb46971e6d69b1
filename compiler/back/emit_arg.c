// SPDX-License-Identifier: Apache-2.0
/* Arguments: where a program finds them, how they are read, and what a record holds of them. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

/* Registers by which x86-64 passes parameters: to a function, to a system call. */
static const char *const call_registers[] = {"di", "si", "dx", "cx", "r8", "r9"};
static const char *const syscall_registers[] = {"di", "si", "dx", "r10", "r8", "r9"};

void emit_argument(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach)
{
	uint32_t at = arg->ir->position;

	if (arg->source == ARG_FIELD && arg->record)
		fprintf(e->out, "(__u64)((struct %s *)ctx)->%s", arg->record, arg->field);
	else if (arg->source == ARG_FIELD)
		fprintf(e->out, "*(const %s *)((const char *)ctx + %u)",
			emit_int_type(arg->bits, arg->is_signed), arg->offset);
	else if (arg->source == ARG_SYSCALL && emit_by_registers(attach))
		fprintf(e->out, "tg_syscall_register(ctx, %s)", syscall_registers[at]);
	else if (arg->source == ARG_SYSCALL)
		fprintf(e->out, "((const struct pt_regs *)ctx[0])->%s", syscall_registers[at]);
	else if (emit_by_registers(attach))
		fprintf(e->out, "((struct pt_regs *)ctx)->%s", call_registers[at]);
	else
		fprintf(e->out, "ctx[%u]", at);
}

void emit_read(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	static const char *const readers[TYPE_COUNT] = {[TYPE_FILE] = "file",
							[TYPE_PATH] = "path",
							[TYPE_STRING] = "string",
							[TYPE_FILENAME] = "filename"};
	const struct tir_arg *arg = h->slots[slot].arg;
	const char *reader = readers[type_find(arg->type->name)];
	bool known = emit_sketched(h, slot);

	if (arg->type->class == CLASS_STRING && arg->from_user)
		reader = "user";
	fprintf(e->out, "\t\ttg_read_%s%s(s, c->a[%u], " MASK, known ? "known_" : "", reader, slot,
		h->slots[slot].filtered);
	if (known)
		fprintf(e->out, ", &c->k%u", slot);
	fprintf(e->out, ");\n");
}

void emit_text_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	fprintf(e->out, "tg_slot_%s(s, &slot[%u]);\n", emit_only_path(h) ? "path" : "text", slot);
}

/* `attach` 0: in the text half, where the arguments have been handed over. */
void emit_int_slots(struct emitter *e, const struct plan_hook *h, const char *array,
		    enum tg_attach attach)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct tir_arg *arg = h->slots[i].arg;
		const struct type_info *t = arg->type;
		uint32_t bits = t->print == TG_ARG_SIZE ? 64 : t->bits;

		if (!plan_is_number(&h->slots[i]))
			continue;
		if (!h->slots[i].shown) {
			fprintf(e->out, "\ttg_slot_unread(&%s[%u]);\n", array, i);
			continue;
		}
		fprintf(e->out, "\ttg_slot_int(&%s[%u], (__u64)%s(%s)(%s)", array, i,
			t->is_signed ? "(__s64)" : "", emit_int_type(bits, t->is_signed),
			emit_int_type(arg->bits, arg->is_signed));
		if (attach)
			emit_argument(e, arg, attach);
		else
			fprintf(e->out, "c->a[%u]", i);
		fprintf(e->out, ");\n");
	}
}
