// SPDX-License-Identifier: Apache-2.0
/* Arguments: where a program finds them, how they are read, and what a record holds of them. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

/* Registers by which x86-64 passes parameters: to a function, to a system call of either ABI. */
static const char *const call_registers[] = {"di", "si", "dx", "cx", "r8", "r9"};
static const char *const syscall_registers[] = {"di", "si", "dx", "r10", "r8", "r9"};
static const char *const ia32_registers[] = {"bx", "cx", "dx", "si", "di", "bp"};

#define REGISTERS 6

/* Behind the return address, eight bytes each. */
static void emit_stacked(struct emitter *e, uint32_t at, enum tg_attach attach)
{
	bool user = attach == TG_ATTACH_UPROBE;

	fprintf(e->out, "%s(((struct pt_regs *)ctx)->sp + %u%s)",
		user ? "tg_user_word" : "tg_kernel_word", 8 * (at - REGISTERS + 1),
		user ? ", 8" : "");
}

static void emit_parameter(struct emitter *e, uint32_t at, enum tg_attach attach)
{
	if (emit_typed(attach))
		fprintf(e->out, "ctx[%u]", at);
	else if (at < REGISTERS)
		fprintf(e->out, "((struct pt_regs *)ctx)->%s", call_registers[at]);
	else
		emit_stacked(e, at, attach);
}

/* A 32-bit call has 32 bits of each register, whatever the program left in the rest. */
static void emit_syscall(struct emitter *e, uint32_t at, bool narrow, enum tg_attach attach)
{
	const char *name = narrow ? ia32_registers[at] : syscall_registers[at];
	const char *cut = narrow ? "(__u32)" : "";

	if (emit_typed(attach))
		fprintf(e->out, "%s((const struct pt_regs *)ctx[0])->%s", cut, name);
	else
		fprintf(e->out, "%stg_syscall_register(ctx, %s)", cut, name);
}

/* By name, as the policy says; of a system call, the program's. The low bytes of what it holds. */
static void emit_register(struct emitter *e, const struct tir_arg *arg, bool of_program,
			  enum tg_attach attach)
{
	const struct reg *r = reg_find(ARCH_X86_64, arg->ir->resolve->s, arg->ir->resolve->len);

	fprintf(e->out, "(__u64)(%s)", emit_int_type(8u * r->size, false));
	if (of_program && emit_typed(attach))
		fprintf(e->out, "((const struct pt_regs *)ctx[0])->%s", r->member);
	else if (of_program)
		fprintf(e->out, "tg_syscall_register(ctx, %s)", r->member);
	else
		fprintf(e->out, "((struct pt_regs *)ctx)->%s", r->member);
}

static void emit_sum(struct emitter *e, const struct usdt_operand *o)
{
	fprintf(e->out, "((struct pt_regs *)ctx)->%s", o->base->member);
	if (o->index)
		fprintf(e->out, " + ((struct pt_regs *)ctx)->%s * %u", o->index->member, o->scale);
	if (o->number)
		fprintf(e->out, " + (__u64)%" PRId64 "ll", o->number);
}

/* Cut to its size, and extended from there. */
static void emit_operand(struct emitter *e, const struct usdt_operand *o)
{
	if (o->kind == USDT_CONSTANT) {
		fprintf(e->out, "(__u64)%" PRId64 "ll", o->number);
		return;
	}
	fprintf(e->out, "(__u64)%s(%s)", o->is_signed ? "(__s64)" : "",
		emit_int_type(8u * o->size, o->is_signed));
	if (o->kind == USDT_REGISTER) {
		fprintf(e->out, "((struct pt_regs *)ctx)->%s", o->base->member);
		return;
	}
	fprintf(e->out, "tg_user_word(");
	emit_sum(e, o);
	fprintf(e->out, ", %u)", o->size);
}

static void emit_field(struct emitter *e, const struct tir_arg *arg)
{
	if (arg->record)
		fprintf(e->out, "(__u64)((struct %s *)ctx)->%s", arg->record, arg->field);
	else
		fprintf(e->out, "*(const %s *)((const char *)ctx + %u)",
			emit_int_type(arg->bits, arg->is_signed), arg->offset);
}

/* One that does not depend on the hook. */
void emit_argument(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach)
{
	uint32_t at = arg->ir->position;

	if (arg->source == ARG_FIELD)
		emit_field(e, arg);
	else if (arg->source == ARG_TARGET)
		fprintf(e->out, "tg_target(ctx)");
	else if (arg->source == ARG_SYSCALL)
		emit_syscall(e, at, arg->abi32, attach);
	else
		emit_parameter(e, at, attach);
}

void emit_slot_value(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		     enum tg_attach attach)
{
	const struct tir_arg *arg = h->slots[slot].arg;

	if (h->at_return)
		emit_return_value(e, h, arg, attach);
	else if (arg->source == ARG_OPERAND)
		emit_operand(e, &h->operands[arg->ir->position]);
	else if (arg->source == ARG_REGISTER)
		emit_register(e, arg, h->syscall, attach);
	else
		emit_argument(e, arg, attach);
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
			emit_slot_value(e, h, i, attach);
		else
			fprintf(e->out, "c->a[%u]", i);
		fprintf(e->out, ");\n");
	}
}
