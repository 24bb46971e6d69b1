// SPDX-License-Identifier: Apache-2.0
#include "number.h"

/* The base that a spelling announces; `*at` is moved behind the announcement. */
static unsigned announced_base(const char *s, size_t len, size_t *at)
{
	if (len - *at < 2 || s[*at] != '0')
		return 10;
	switch (s[*at + 1] | 0x20) {
	case 'x':
		*at += 2;
		return 16;
	case 'b':
		*at += 2;
		return 2;
	case 'o':
		*at += 2;
		return 8;
	default:
		*at += 1;
		return 8;
	}
}

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

static bool add_digit(struct number *n, unsigned base, char c)
{
	unsigned digit = digit_value(c);

	if (digit >= base)
		return false;
	if (__builtin_mul_overflow(n->magnitude, (uint64_t)base, &n->magnitude) ||
	    __builtin_add_overflow(n->magnitude, (uint64_t)digit, &n->magnitude))
		n->fits = false;
	return true;
}

static size_t read_sign(const char *s, size_t len, enum number_sign signs, struct number *out)
{
	*out = (struct number){.fits = true};
	if (!len || !((s[0] == '-' && signs & SIGN_MINUS) || (s[0] == '+' && signs & SIGN_PLUS)))
		return 0;
	out->negative = s[0] == '-';
	return 1;
}

bool number_base0(const char *s, size_t len, enum number_sign signs, struct number *out)
{
	size_t at = read_sign(s, len, signs, out), start = at;
	unsigned base = announced_base(s, len, &at);
	bool after_digit = base != 10;

	out->announced = base != 10;
	out->leading_zero = at == start + 1;
	if (at == len)
		return false;
	for (; at < len; at++) {
		if (s[at] == '_' && after_digit && at + 1 < len && s[at + 1] != '_') {
			after_digit = false;
			continue;
		}
		if (!add_digit(out, base, s[at]))
			return false;
		after_digit = true;
	}
	return true;
}

bool number_decimal(const char *s, size_t len, enum number_sign signs, struct number *out)
{
	size_t at = read_sign(s, len, signs, out);

	if (at == len)
		return false;
	out->leading_zero = s[at] == '0' && len - at > 1;
	for (; at < len; at++)
		if (!add_digit(out, 10, s[at]))
			return false;
	return true;
}

bool number_fits(const struct number *n, unsigned bits, bool is_signed)
{
	uint64_t limit = 1ull << (bits - 1);

	if (!n->fits)
		return false;
	if (is_signed)
		return n->negative ? n->magnitude <= limit : n->magnitude < limit;
	return !n->negative && (bits == 64 || n->magnitude < 2 * limit);
}

uint64_t number_extend(uint64_t value, unsigned bits, bool is_signed)
{
	unsigned unused = 64 - bits;

	value <<= unused;
	return is_signed ? (uint64_t)((int64_t)value >> unused) : value >> unused;
}
