// SPDX-License-Identifier: Apache-2.0
/* Filter values: text from the policy to constants of the argument's type. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "tir.h"

#define PREFIX_MAX  255
#define POSTFIX_MAX 127
#define EQUAL_MAX   4096

/* The base that a number's spelling announces (Go's base 0); `*digits` is moved behind it. */
static int number_base(const char **digits)
{
	const char *p = *digits;

	if (p[0] != '0' || !p[1])
		return 10;
	switch (p[1] | 0x20) {
	case 'x':
		*digits += 2;
		return 16;
	case 'b':
		*digits += 2;
		return 2;
	case 'o':
		*digits += 2;
		return 8;
	default:
		*digits += 1;
		return 8;
	}
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/*
 * Magnitude of an unsigned literal; single underscores may stand between digits. False when it
 * is none; `*fits` tells whether 64 bits hold it.
 */
static bool parse_magnitude(const char *p, uint64_t *out, bool *fits)
{
	int base = number_base(&p);
	bool after_digit = base != 10;
	uint64_t value = 0;

	*fits = true;
	if (!*p)
		return false;
	for (; *p; p++) {
		int digit = digit_value(*p);

		if (*p == '_' && after_digit && p[1] && p[1] != '_') {
			after_digit = false;
			continue;
		}
		if (digit >= base)
			return false;
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			*fits = false;
		after_digit = true;
	}
	*out = value;
	return true;
}

/* size_t is parsed signed, as in Tetragon, although it compares unsigned. */
static bool parses_signed(const struct type_info *t)
{
	return t->is_signed || !strcmp(t->name, "size_t");
}

/* Tetragon reads values of 8 and 16 bits as 32 bits wide; those that cannot occur are refused. */
static bool in_range(uint64_t magnitude, bool negative, const struct type_info *t)
{
	uint64_t limit = 1ull << (t->bits - 1);

	if (parses_signed(t))
		return negative ? magnitude <= limit : magnitude < limit;
	return !negative && (t->bits == 64 || magnitude < 2 * limit);
}

static bool parse_number(struct arena *a, const struct ast_str *text, const struct type_info *t,
			 struct tir_value *out, const char **why)
{
	const char *p = text->s;
	bool negative = *p == '-';
	uint64_t magnitude;
	bool fits;

	if (*p == '-' || (*p == '+' && parses_signed(t)))
		p++;
	if (strlen(text->s) != text->len || !parse_magnitude(p, &magnitude, &fits)) {
		*why = !text->len ? "an empty value is not a number"
		       : strlen(text->s) != text->len
			       ? "a NUL byte is no part of a number"
			       : arena_printf(a, "`%s` is not a number", text->s);
		return false;
	}
	if (!fits || !in_range(magnitude, negative, t)) {
		*why = arena_printf(a, "%s does not fit: `%s` takes %s %u-bit number", text->s,
				    t->name, parses_signed(t) ? "a signed" : "an unsigned",
				    t->bits);
		return false;
	}
	out->number = negative ? -magnitude : magnitude;
	return true;
}

static bool parse_text(struct arena *a, const struct ast_str *text, const struct type_info *t,
		       enum op op, struct tir_value *out, const char **why)
{
	bool prefix = op == OP_PREFIX || op == OP_NOT_PREFIX;
	bool postfix = op == OP_POSTFIX || op == OP_NOT_POSTFIX;
	size_t len = text->len;
	size_t max = prefix ? PREFIX_MAX : postfix ? POSTFIX_MAX : EQUAL_MAX;

	if (postfix || (t->class == CLASS_STRING && !prefix))
		while (len && !text->s[len - 1])
			len--;
	if (memchr(text->s, 0, len)) {
		*why = arena_printf(a, "a NUL byte, which no `%s` argument contains", t->name);
		return false;
	}
	if (!len && !prefix) {
		*why = arena_printf(a, "an empty value: `%s` compares with nothing", op_name(op));
		return false;
	}
	if (len > max) {
		*why = arena_printf(a, "%zu bytes: `%s` compares %zu at most", len, op_name(op),
				    max);
		return false;
	}
	out->text = text->s;
	out->len = (uint32_t)len;
	return true;
}

bool value_parse(struct arena *a, const struct ast_str *text, const struct type_info *type,
		 enum op op, struct tir_value *out, const char **why)
{
	*out = (struct tir_value){0};
	if (type->class == CLASS_INT)
		return parse_number(a, text, type, out, why);
	return parse_text(a, text, type, op, out, why);
}
