// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "number.h"
#include "usdt.h"

struct reader {
	struct arena *arena;
	enum arch arch;
	const struct ast_str *text;
	struct value_error *error;
	size_t at;
	size_t start; /* of the operand */
	struct usdt_operand *out;
};

static char byte(const struct reader *r)
{
	return r->at < r->text->len ? r->text->s[r->at] : 0;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct reader *r)
{
	while (blank(byte(r)))
		r->at++;
}

static bool fail(struct reader *r, const char *why)
{
	size_t to = r->start;

	while (to < r->text->len && !blank(r->text->s[to]))
		to++;
	return refuse_at(r->error, r->start, to,
			 arena_printf(r->arena, "`%s` is no operand: %s",
				      shown(r->arena, r->text->s + r->start, to - r->start), why));
}

static bool take(struct reader *r, char c)
{
	if (byte(r) != c || r->at >= r->text->len)
		return false;
	r->at++;
	return true;
}

/* A number with its sign, as assemblers write it. */
static bool read_number(struct reader *r, int64_t *out)
{
	size_t from = r->at;
	struct number n;

	if (byte(r) == '-')
		r->at++;
	while (isalnum((unsigned char)byte(r)))
		r->at++;
	if (!number_base0(r->text->s + from, r->at - from, SIGN_MINUS, &n) ||
	    (!number_fits(&n, 64, true) && !number_fits(&n, 64, false)))
		return false;
	*out = (int64_t)number_value(&n);
	return true;
}

static bool read_register(struct reader *r, const struct reg **out)
{
	size_t from;

	if (r->arch == ARCH_X86_64 && !take(r, '%'))
		return fail(r, "a register starts with `%`");
	from = r->at;
	while (isalnum((unsigned char)byte(r)))
		r->at++;
	*out = reg_find(r->arch, r->text->s + from, r->at - from);
	if (*out)
		return true;
	return fail(r, arena_printf(r->arena, "`%s` is no register of %s that a probe can read",
				    shown(r->arena, r->text->s + from, r->at - from),
				    arch_name(r->arch)));
}

static bool read_size(struct reader *r)
{
	struct usdt_operand *o = r->out;

	o->is_signed = take(r, '-');
	switch (byte(r)) {
	case '1':
	case '2':
	case '4':
	case '8':
		o->size = (uint8_t)(byte(r) - '0');
		r->at++;
		break;
	default:
		return fail(r, "it starts with its size: 1, 2, 4 or 8, with a minus when signed");
	}
	if (byte(r) == 'f')
		return fail(r, "floating-point values are not available");
	return take(r, '@') || fail(r, "a `@` follows the size");
}

/* (%base), (%base,%index) or (%base,%index,scale); the offset has been read. */
static bool read_x86_memory(struct reader *r)
{
	struct usdt_operand *o = r->out;
	int64_t scale = 1;

	o->kind = USDT_MEMORY;
	if (!take(r, '(') || !read_register(r, &o->base))
		return r->error->text ? false : fail(r, "a `(` with a register is expected");
	if (take(r, ',')) {
		if (!read_register(r, &o->index))
			return false;
		if (take(r, ',') && (!read_number(r, &scale) ||
				     (scale != 1 && scale != 2 && scale != 4 && scale != 8)))
			return fail(r, "a scale is 1, 2, 4 or 8");
	}
	o->scale = (uint8_t)scale;
	return take(r, ')') || fail(r, "a `)` is missing");
}

static bool read_x86(struct reader *r)
{
	struct usdt_operand *o = r->out;

	switch (byte(r)) {
	case '$':
		r->at++;
		return read_number(r, &o->number) || fail(r, "a number follows `$`");
	case '%':
		o->kind = USDT_REGISTER;
		return read_register(r, &o->base);
	case '(':
		return read_x86_memory(r);
	default:
		if (!read_number(r, &o->number))
			return fail(r, "symbols and other forms are not available");
		return read_x86_memory(r);
	}
}

/* [base], [base, offset] or [base, index]; compilers put a blank behind the comma. */
static bool read_arm_memory(struct reader *r)
{
	struct usdt_operand *o = r->out;

	o->kind = USDT_MEMORY;
	o->scale = 1;
	r->at++;
	skip_blanks(r);
	if (!read_register(r, &o->base))
		return false;
	skip_blanks(r);
	if (take(r, ',')) {
		skip_blanks(r);
		take(r, '#');
		if (isalpha((unsigned char)byte(r)) ? !read_register(r, &o->index)
						    : !read_number(r, &o->number))
			return r->error->text ? false : fail(r, "an offset or index is expected");
		skip_blanks(r);
	}
	return take(r, ']') || fail(r, "a `]` is missing");
}

static bool read_arm(struct reader *r)
{
	struct usdt_operand *o = r->out;

	if (byte(r) == '[')
		return read_arm_memory(r);
	if (isalpha((unsigned char)byte(r))) {
		o->kind = USDT_REGISTER;
		return read_register(r, &o->base);
	}
	return read_number(r, &o->number) || fail(r, "a number, a register or `[` is expected");
}

static bool read_operand(struct reader *r)
{
	r->start = r->at;
	*r->out = (struct usdt_operand){.kind = USDT_CONSTANT, .from = (uint32_t)r->at};
	if (!read_size(r) || !(r->arch == ARCH_X86_64 ? read_x86(r) : read_arm(r)))
		return false;
	if (r->at < r->text->len && !blank(byte(r)))
		return fail(r, "a blank is expected behind it");
	r->out->to = (uint32_t)r->at;
	return true;
}

bool usdt_parse(struct arena *a, enum arch arch, const struct ast_str *text,
		struct usdt_operand out[USDT_OPERANDS], size_t *count, struct value_error *e)
{
	struct reader r = {.arena = a, .arch = arch, .text = text, .error = e};

	*e = (struct value_error){.text = NULL};
	*count = 0;
	for (skip_blanks(&r); r.at < text->len; skip_blanks(&r)) {
		if (*count == USDT_OPERANDS)
			return refuse_at(
				e, r.at, text->len,
				arena_printf(a, "a probe has %d operands at most", USDT_OPERANDS));
		r.out = &out[*count];
		if (!read_operand(&r))
			return false;
		++*count;
	}
	return true;
}

static const char *print_x86(struct arena *a, const struct usdt_operand *o)
{
	const char *offset = o->number ? arena_printf(a, "%" PRId64, o->number) : "";

	if (o->kind == USDT_CONSTANT)
		return arena_printf(a, "$%" PRId64, o->number);
	if (o->kind == USDT_REGISTER)
		return arena_printf(a, "%%%s", o->base->name);
	if (!o->index)
		return arena_printf(a, "%s(%%%s)", offset, o->base->name);
	return arena_printf(a, "%s(%%%s,%%%s,%u)", offset, o->base->name, o->index->name, o->scale);
}

static const char *print_arm(struct arena *a, const struct usdt_operand *o)
{
	if (o->kind == USDT_CONSTANT)
		return arena_printf(a, "%" PRId64, o->number);
	if (o->kind == USDT_REGISTER)
		return o->base->name;
	if (o->index)
		return arena_printf(a, "[%s, %s]", o->base->name, o->index->name);
	if (o->number)
		return arena_printf(a, "[%s, %" PRId64 "]", o->base->name, o->number);
	return arena_printf(a, "[%s]", o->base->name);
}

const char *usdt_print(struct arena *a, enum arch arch, const struct usdt_operand *o)
{
	return arena_printf(a, "%s%u@%s", o->is_signed ? "-" : "", o->size,
			    arch == ARCH_X86_64 ? print_x86(a, o) : print_arm(a, o));
}
