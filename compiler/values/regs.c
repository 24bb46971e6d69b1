// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "number.h"
#include "regs.h"

static const struct reg regs[] = {
#define REGISTER(arch, name, member, offset, size) {ARCH_##arch, name, member, offset, size},
#include "grammar/registers.def"
};

#define COUNT (sizeof(regs) / sizeof(regs[0]))

const char *arch_name(enum arch arch)
{
	return arch == ARCH_X86_64 ? "x86-64" : "arm64";
}

const struct reg *reg_find(enum arch arch, const char *s, size_t len)
{
	for (size_t i = 0; i < COUNT; i++)
		if (regs[i].arch == arch && strlen(regs[i].name) == len &&
		    !memcmp(regs[i].name, s, len))
			return &regs[i];
	return NULL;
}

static const char *near_register(struct arena *a, enum arch arch, const char *s, size_t len)
{
	const char *names[COUNT];
	size_t count = 0;

	for (size_t i = 0; i < COUNT; i++)
		if (regs[i].arch == arch)
			names[count++] = regs[i].name;
	return nearest(arena_strndup(a, s, len), names, count);
}

/* The bytes from..to of the text as a register; what is wrong is mended inside the whole text. */
static const struct reg *find_at(struct arena *a, enum arch arch, const struct ast_str *text,
				 size_t from, size_t to, struct value_error *e)
{
	const struct reg *r = reg_find(arch, text->s + from, to - from);
	enum arch other = arch == ARCH_X86_64 ? ARCH_ARM64 : ARCH_X86_64;
	const char *name = shown(a, text->s + from, to - from), *near;

	if (r)
		return r;
	if (from == to) {
		refuse(e, arena_printf(a, "`%s` names no register", shown(a, text->s, text->len)));
		return NULL;
	}
	refuse_at(e, from, to, arena_printf(a, "`%s` is no register of %s", name, arch_name(arch)));
	if (reg_find(other, text->s + from, to - from)) {
		e->hint = arena_printf(a, "`%s` is a register of %s", name, arch_name(other));
		return NULL;
	}
	near = near_register(a, arch, text->s + from, to - from);
	if (near)
		e->replacement = mended(a, text, from, to, near);
	return NULL;
}

bool reg_read(struct arena *a, enum arch arch, const struct ast_str *text, const struct reg **out,
	      struct value_error *e)
{
	const struct reg *bare;

	if (!no_nul(a, text, "a register's name", e))
		return false;
	if (text->len && text->s[0] == '%') {
		bare = find_at(a, arch, text, 1, text->len, e);
		return bare ? refuse_mend(e,
					  arena_printf(a,
						       "`%s`: registers are named without `%%` "
						       "here",
						       shown(a, text->s, text->len)),
					  bare->name)
			    : false;
	}
	*out = find_at(a, arch, text, 0, text->len, e);
	return *out;
}

/* ---- assignments ------------------------------------------------------------------------ */

static void trim(const char *s, size_t *from, size_t *to)
{
	while (*from < *to && (s[*from] == ' ' || s[*from] == '\t'))
		++*from;
	while (*to > *from && (s[*to - 1] == ' ' || s[*to - 1] == '\t'))
		--*to;
}

static bool read_offset(struct arena *a, const struct ast_str *text, size_t from, size_t to,
			bool constant, int64_t *out, struct value_error *e)
{
	const char *s = text->s + from;
	struct number n;

	if (!number_base0(s, to - from, SIGN_MINUS, &n))
		return refuse_at(e, from, to,
				 arena_printf(a, "`%s` is no number, and no register with its `%%`",
					      shown(a, s, to - from)));
	if (!number_fits(&n, 64, true) && !(constant && number_fits(&n, 64, false)))
		return refuse_at(
			e, from, to,
			arena_printf(a, "%s does not fit in 64 bits", shown(a, s, to - from)));
	*out = (int64_t)number_value(&n);
	return true;
}

/* N, %REG, N%REG, (%REG) or N(%REG). */
static bool read_source(struct arena *a, enum arch arch, const struct ast_str *text, size_t from,
			size_t to, struct reg_assignment *out, struct value_error *e)
{
	const char *s = text->s, *percent = memchr(s + from, '%', to - from);
	size_t name = percent ? (size_t)(percent - s) + 1 : 0, number_end = name - 1, end = to;

	if (!percent) {
		out->source = REG_CONSTANT;
		if (reg_find(arch, s + from, to - from)) {
			refuse_at(e, from, to, "a register on the right side needs its `%`");
			e->replacement = mended(a, text, from, from, "%");
			return false;
		}
		return read_offset(a, text, from, to, true, &out->number, e);
	}
	out->source = REG_REGISTER;
	if (number_end > from && s[number_end - 1] == '(') {
		out->source = REG_MEMORY;
		number_end--;
		if (s[to - 1] != ')')
			return refuse_at(e, number_end, to, "a `(` is not closed");
		end = to - 1;
	}
	if (number_end > from && !read_offset(a, text, from, number_end, false, &out->number, e))
		return false;
	out->from = find_at(a, arch, text, name, end, e);
	return out->from;
}

static bool refuse_equals(struct arena *a, const struct ast_str *text, const char *equals,
			  struct value_error *e)
{
	return refuse_hint(e,
			   arena_printf(a,
					equals ? "`%s` has more than one `=`"
					       : "`%s` assigns nothing: it has no `=`",
					shown(a, text->s, text->len)),
			   "an assignment looks like `rdi = 0` or `rax = 8(%rsp)`");
}

bool reg_assignment_parse(struct arena *a, enum arch arch, const struct ast_str *text,
			  struct reg_assignment *out, struct value_error *e)
{
	const char *equals = memchr(text->s, '=', text->len);
	size_t at = equals ? (size_t)(equals - text->s) : 0;
	size_t from = 0, to = at, source = at + 1, end = text->len;

	*out = (struct reg_assignment){.number = 0};
	if (!no_nul(a, text, "an assignment", e))
		return false;
	if (!equals || memchr(equals + 1, '=', end - source))
		return refuse_equals(a, text, equals, e);
	trim(text->s, &from, &to);
	trim(text->s, &source, &end);
	if (from < to && text->s[from] == '%') {
		refuse_at(e, from, from + 1, "a register on the left side is written without `%`");
		e->replacement = mended(a, text, from, from + 1, "");
		return false;
	}
	if (source == end)
		return refuse(e, arena_printf(a, "`%s` has nothing behind its `=`",
					      shown(a, text->s, text->len)));
	out->to = find_at(a, arch, text, from, to, e);
	return out->to && read_source(a, arch, text, source, end, out, e);
}

const char *reg_assignment_print(struct arena *a, const struct reg_assignment *r)
{
	const char *number = r->source == REG_CONSTANT || r->number
				     ? arena_printf(a, "%" PRId64, r->number)
				     : "";

	if (r->source == REG_CONSTANT)
		return arena_printf(a, "%s = %s", r->to->name, number);
	return arena_printf(a, r->source == REG_MEMORY ? "%s = %s(%%%s)" : "%s = %s%%%s",
			    r->to->name, number, r->from->name);
}
