// SPDX-License-Identifier: Apache-2.0
/* Numbers and texts against the values of a filter (reference 3.11, 3.12). */
#include <inttypes.h>
#include <string.h>
#include "internal.h"
#include "compiler/words/syscalls.h"

#define TEXT_MAX      4096 /* bytes that are read of a string, and kept of a path: its end */
#define BUFFER_MAX    4095
#define INTERFACE_MAX 15

/* ---- numbers --------------------------------------------------------------------------- */

static uint64_t extend(uint64_t v, unsigned bits, bool is_signed)
{
	if (bits == 0 || bits >= 64)
		return v;
	v &= (1ull << bits) - 1;
	if (is_signed && v >> (bits - 1))
		v |= ~0ull << bits;
	return v;
}

/* First what the kernel has, then what the policy calls it. */
uint64_t number_of(const struct tir_arg *arg, const struct eval_value *v)
{
	uint64_t kernel = extend(v->number, arg->bits, arg->is_signed);

	if (arg->type->class == CLASS_CAPS) /* behind a pointer: 64 bits whatever points there */
		kernel = v->number;
	return extend(kernel, arg->type->bits, arg->type->is_signed);
}

static bool less(const struct type_info *type, uint64_t a, uint64_t b)
{
	return type->is_signed ? (int64_t)a < (int64_t)b : a < b;
}

static const struct ast_list *find_list(const struct ir_policy *p, const struct value *v)
{
	for (size_t i = 0; i < p->ast->list_count; i++) {
		const struct ast_str *name = &p->ast->lists[i].name;

		if (name->len == v->len && !memcmp(name->s, v->text, v->len))
			return &p->ast->lists[i];
	}
	return NULL;
}

/* Every system call of the kernel's own ABI that this kernel has. */
static bool in_kernel(const struct evaluation *e, uint64_t number)
{
	const struct kbtf *btf = e->state->tir->kernel->btf;
	const struct syscall *call =
		number <= UINT32_MAX ? syscall_at(ABI_X64, (uint32_t)number) : NULL;

	return call && kbtf_function_id(btf, arena_printf(e->arena, "__x64_sys_%s", call->entry));
}

/* list:NAME in InMap: numbers of system calls, 32-bit ones with their bit. */
static bool in_list(const struct evaluation *e, const struct value *v, uint64_t number)
{
	const struct ast_list *list = find_list(e->state->tir->policies[e->policy].ir, v);

	if (!list || !list->type.s)
		return false;
	if (!strcmp(list->type.s, "generated_syscalls"))
		return in_kernel(e, number);
	for (size_t i = 0; i < list->values.n; i++) {
		struct syscall_element element;
		struct value_error error;

		if (syscall_parse(e->arena, ARCH_X86_64, &list->values.v[i], SYSCALL_AS_NUMBER,
				  &element, &error) &&
		    element.number == number)
			return true;
	}
	return false;
}

/* The operator without its negation, on one value. */
static bool number_compares(const struct evaluation *e, enum op op, const struct type_info *type,
			    uint64_t number, const struct value *v)
{
	if (v->kind == VALUE_IS_LIST)
		return in_list(e, v, number);
	if (v->kind == VALUE_IS_RANGE)
		return !less(type, number, v->low) && !less(type, v->high, number);
	switch (op) {
	case OP_GT:
		return less(type, v->number, number);
	case OP_LT:
		return less(type, number, v->number);
	case OP_MASK:
		return (number & v->number) != 0;
	default: /* Equal, InMap */
		return number == v->number;
	}
}

bool number_holds(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg,
		  const struct eval_value *v)
{
	uint64_t number = number_of(arg, v);
	bool any = false;

	for (size_t i = 0; i < f->value_count; i++)
		any |= number_compares(e, op_get(f->op)->plain, arg->type, number, &f->values[i]);
	if (any != op_negated(f->op))
		return true;
	if (arg->type->is_signed)
		return miss(e, "the value is %" PRId64, (int64_t)number);
	return miss(e, "the value is %" PRIu64, number);
}

/* ---- texts ----------------------------------------------------------------------------- */

static struct text first_bytes(struct text t, size_t most)
{
	t.len = t.len < most ? t.len : most;
	return t;
}

struct text text_of(const struct type_info *type, const struct eval_value *v)
{
	struct text t = {v->text, v->len};

	switch (type->class) {
	case CLASS_PATH:
		if (t.len > TEXT_MAX)
			t = (struct text){t.s + t.len - TEXT_MAX, TEXT_MAX};
		return t;
	case CLASS_BYTES:
		return first_bytes(t, BUFFER_MAX);
	case CLASS_STRING:
	case CLASS_FILENAME: /* they end at their NUL */
		t.len = t.len ? strnlen(t.s, t.len) : 0;
		return first_bytes(t, type->id == TYPE_NET_DEVICE ? INTERFACE_MAX : TEXT_MAX);
	default:
		return t;
	}
}

static bool same_bytes(const char *a, const char *b, size_t len, bool ignore_case)
{
	return ignore_case ? !strncasecmp(a, b, len) : !memcmp(a, b, len);
}

static bool contains(struct text t, const struct value *v, bool ignore_case)
{
	for (size_t at = 0; at + v->len <= t.len; at++)
		if (same_bytes(t.s + at, v->text, v->len, ignore_case))
			return true;
	return false;
}

static bool text_compares(enum op op, struct text t, const struct value *v)
{
	if (t.len < v->len || t.len == 0)
		return false;
	switch (op) {
	case OP_PREFIX:
		return same_bytes(t.s, v->text, v->len, false);
	case OP_POSTFIX:
		return same_bytes(t.s + t.len - v->len, v->text, v->len, false);
	case OP_SUBSTRING:
		return contains(t, v, false);
	case OP_SUBSTRING_IGNCASE:
		return contains(t, v, true);
	default:
		return t.len == v->len && same_bytes(t.s, v->text, v->len, false);
	}
}

bool text_holds(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg,
		const struct eval_value *v)
{
	struct text t = text_of(arg->type, v);
	bool any = false;

	if (arg->type->class == CLASS_PATH && !t.len)
		return miss(e, "the file has no path");
	for (size_t i = 0; i < f->value_count; i++)
		any |= text_compares(op_get(f->op)->plain, t, &f->values[i]);
	if (any != op_negated(f->op))
		return true;
	return miss(e, "the text is `%s`", shown(e->arena, t.s, t.len));
}
