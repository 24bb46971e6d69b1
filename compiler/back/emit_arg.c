// SPDX-License-Identifier: Apache-2.0
/* Arguments: where a program finds them, how they are read, and what a record holds of them. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "compiler/values/regs.h"
#include "emit.h"

/* Registers by which x86-64 passes parameters: to a function, to a system call of either ABI. */
static const char *const call_registers[] = {"di", "si", "dx", "cx", "r8", "r9"};
static const char *const syscall_registers[] = {"di", "si", "dx", "r10", "r8", "r9"};
static const char *const ia32_registers[] = {"bx", "cx", "dx", "si", "di", "bp"};

#define REGISTERS 6

static void emit_register(struct emitter *e, const struct tir_arg *arg, bool syscall,
			  enum tg_attach attach)
{
	const struct ast_str *name = arg->ir->resolve;
	const struct reg *r = reg_find(ARCH_X86_64, name->s, name->len);

	fprintf(e->out, "(__u64)(%s)", emit_int_type(r->size * 8, false));
	if (!syscall)
		fprintf(e->out, "*(const __u64 *)((const char *)ctx + %u)", r->offset);
	else if (!emit_typed(attach))
		fprintf(e->out, "tg_kernel_word(((struct pt_regs *)ctx)->di + %u)", r->offset);
	else
		fprintf(e->out, "*(const __u64 *)((const char *)ctx[0] + %u)", r->offset);
}

static void emit_field_value(struct emitter *e, const struct tir_arg *arg)
{
	if (arg->record)
		fprintf(e->out, "(__u64)((struct %s *)ctx)->%s", arg->record, arg->field);
	else
		fprintf(e->out, "*(const %s *)((const char *)ctx + %u)",
			emit_int_type(arg->bits, arg->is_signed), arg->offset);
}

/* Behind the return address, eight bytes each. */
static void emit_stacked(struct emitter *e, uint32_t at, enum tg_attach attach)
{
	bool user = emit_is_user(attach);

	fprintf(e->out, "%s(((struct pt_regs *)ctx)->sp + %u%s)",
		user ? "tg_user_word" : "tg_kernel_word", 8 * (at - REGISTERS + 1),
		user ? ", 8" : "");
}

/* A 32-bit call has 32 bits of each register, whatever the program left in the rest. */
static void emit_syscall(struct emitter *e, uint32_t at, bool narrow, enum tg_attach attach)
{
	const char *name = narrow ? ia32_registers[at] : syscall_registers[at];
	const char *cut = narrow ? "(__u64)(__u32)" : "";

	if (emit_typed(attach))
		fprintf(e->out, "%s((const struct pt_regs *)ctx[0])->%s", cut, name);
	else
		fprintf(e->out, "%stg_syscall_register(ctx, %s)", cut, name);
}

/* A parameter by its number. */
static void emit_parameter(struct emitter *e, const struct tir_arg *arg, uint32_t at,
			   enum tg_attach attach)
{
	if (arg->source == ARG_SYSCALL)
		emit_syscall(e, at, arg->abi32, attach);
	else if (emit_typed(attach))
		fprintf(e->out, "ctx[%u]", at);
	else if (at < REGISTERS)
		fprintf(e->out, "((struct pt_regs *)ctx)->%s", call_registers[at]);
	else
		emit_stacked(e, at, attach);
}

void emit_operand_address(struct emitter *e, const struct usdt_operand *o)
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
	emit_operand_address(e, o);
	fprintf(e->out, ", %u)", o->size);
}

static void emit_raw(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach)
{
	if (arg->source == ARG_FIELD && attach == TG_ATTACH_TP_BTF)
		fprintf(e->out, "ctx[1]"); /* plan_variants.c: the number of a system call */
	else if (arg->source == ARG_FIELD)
		emit_field_value(e, arg);
	else if (arg->source == ARG_TARGET)
		fprintf(e->out, "tg_target(ctx)");
	else if (arg->source == ARG_TASK)
		fprintf(e->out, "(__u64)bpf_get_current_task()");
	else if (arg->source == ARG_REGISTER)
		emit_register(e, arg, arg->from_user, attach);
	else
		emit_parameter(e, arg, arg->ir->position, attach);
}

void emit_argument(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach)
{
	bool abi = arg->type->id == TYPE_SYSCALL64;

	fprintf(e->out, abi ? "tg_abi_number(" : "");
	emit_raw(e, arg, attach);
	fprintf(e->out, abi ? ")" : "");
}

void emit_slot_value(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		     enum tg_attach attach)
{
	const struct tir_arg *arg = h->slots[slot].arg;

	if (h->at_return)
		emit_return_value(e, h, arg, attach);
	else if (arg->source == ARG_OPERAND)
		emit_operand(e, &h->operands[arg->ir->position]);
	else
		emit_argument(e, arg, attach);
}

/* Negative sizes are none. */
void emit_size(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach)
{
	const struct tir_size *size = &arg->size;
	uint32_t at = arg->ir->size_position;

	if (!at) {
		fprintf(e->out, "0");
		return;
	}
	fprintf(e->out, size->is_signed ? "tg_size((__s64)(%s)" : "(__u64)((%s)",
		emit_int_type(size->bits, size->is_signed));
	if (arg->source != ARG_FIELD)
		emit_parameter(e, arg, at - 1, attach);
	else if (size->field)
		fprintf(e->out, "((struct %s *)ctx)->%s", arg->record, size->field);
	else
		fprintf(e->out, "*(const %s *)((const char *)ctx + %u)",
			emit_int_type(size->bits, size->is_signed), size->offset);
	fprintf(e->out, ")");
}

void emit_number_value(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		       enum tg_attach attach)
{
	if (plan_is_fetched(&h->slots[slot]))
		fprintf(e->out, "v%u", slot);
	else
		emit_slot_value(e, h, slot, attach);
}

/* Text that `c->a[slot]` points to, or lies in the record that `c->ctx` points to. */
static const char *text_reader(const struct tir_arg *arg)
{
	static const char *const readers[TYPE_COUNT] = {
		[TYPE_FILE] = "file",
		[TYPE_PATH] = "path",
		[TYPE_STRING] = "string",
		[TYPE_FILENAME] = "filename",
		[TYPE_DENTRY] = "dentry",
		[TYPE_FD] = "fd",
		[TYPE_KIOCB] = "kiocb",
		[TYPE_LINUX_BINPRM] = "binprm",
		[TYPE_NET_DEVICE] = "net_device",
		[TYPE_SOCKADDR_UN] = "sockaddr_un",
		[TYPE_CHAR_BUF] = "buffer",
		[TYPE_CHAR_IOVEC] = "iovec",
		[TYPE_IOV_ITER] = "iov_iter",
		[TYPE_DATA_LOC] = "data_loc",
		[TYPE_CONST_BUF] = "array",
	};

	if (arg->type->id == TYPE_STRING && arg->from_user)
		return "user";
	if (arg->type->id == TYPE_CHAR_BUF && arg->ir->max_data)
		return "data";
	return readers[arg->type->id];
}

static void emit_reader(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	const struct tir_arg *arg = h->slots[slot].arg;
	bool known = emit_sketched(h, slot);

	fprintf(e->out, "tg_read_%s%s(s, ", known ? "known_" : "", text_reader(arg));
	if (emit_in_record(arg))
		fprintf(e->out, "c->ctx, ");
	fprintf(e->out, "c->a[%u], ", slot);
	if (emit_has_size(arg))
		fprintf(e->out, "c->b%u, ", slot);
	if (emit_has_size(arg) || arg->type->id == TYPE_SOCKADDR_UN)
		fprintf(e->out, "%d, ", arg->from_user);
	fprintf(e->out, MASK, h->slots[slot].filtered);
	if (known)
		fprintf(e->out, ", &c->k%u", slot);
	fprintf(e->out, ");\n");
}

void emit_read(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	if (plan_is_fetched(&h->slots[slot]))
		fprintf(e->out,
			"\t\tif (c->f%u)\n\t\t\ttg_read_failed(s, c->f%u, " MASK ");\n\t\telse\n\t",
			slot, slot, h->slots[slot].filtered);
	fprintf(e->out, "\t\t");
	emit_reader(e, h, slot);
}

void emit_text_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	const char *what = emit_only_path(h) ? "path" : "text";

	if (h->slots[slot].arg->type->class == CLASS_BYTES)
		what = "bytes";
	fprintf(e->out, "tg_slot_%s(s, &slot[%u]);\n", what, slot);
}

static void emit_int_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			  const char *array, enum tg_attach attach)
{
	const struct tir_arg *arg = h->slots[slot].arg;
	const struct type_info *t = arg->type;
	uint32_t bits = t->print == TG_ARG_SIZE ? 64 : t->bits;

	if (plan_is_fetched(&h->slots[slot]))
		fprintf(e->out, "\ttg_slot_set(&%s[%u], %sf%u, (__u64)%s(%s)(%s)", array, slot,
			attach ? "" : "c->", slot, t->is_signed ? "(__s64)" : "",
			emit_int_type(bits, t->is_signed),
			emit_int_type(arg->bits, arg->is_signed));
	else
		fprintf(e->out, "\ttg_slot_int(&%s[%u], (__u64)%s(%s)(%s)", array, slot,
			t->is_signed ? "(__s64)" : "", emit_int_type(bits, t->is_signed),
			emit_int_type(arg->bits, arg->is_signed));
	if (attach)
		emit_number_value(e, h, slot, attach);
	else
		fprintf(e->out, "c->a[%u]", slot);
	fprintf(e->out, ");\n");
}

/* `attach` 0: in the text half, where the arguments have been handed over. */
void emit_int_slots(struct emitter *e, const struct plan_hook *h, const char *array,
		    enum tg_attach attach)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		if (!plan_is_number(&h->slots[i]))
			continue;
		if (h->slots[i].shown)
			emit_int_slot(e, h, i, array, attach);
		else
			fprintf(e->out, "\ttg_slot_unread(&%s[%u]);\n", array, i);
	}
}
