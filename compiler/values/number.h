/* SPDX-License-Identifier: Apache-2.0 */
/* Spellings of whole numbers in policies. Pure functions on bytes that need no NUL at the end. */
#ifndef TGC_NUMBER_H
#define TGC_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number {
	uint64_t magnitude; /* undefined when it does not fit */
	bool negative;
	bool fits;	   /* 64 bits hold the magnitude */
	bool announced;	   /* a base was announced */
	bool leading_zero; /* 010: octal for number_base0(), ten for number_decimal() */
};

/* Which signs a number may have. */
enum number_sign { SIGN_NONE = 0, SIGN_MINUS = 1, SIGN_PLUS = 2, SIGN_ANY = 3 };

/*
 * As Go's base 0: 0x, 0b, 0o and a leading 0 announce a base, single underscores may stand
 * between digits. False when the text is no number.
 */
bool number_base0(const char *s, size_t len, enum number_sign signs, struct number *out);
/* Decimal digits only. */
bool number_decimal(const char *s, size_t len, enum number_sign signs, struct number *out);

/* Does a type of `bits` (1 to 64) hold the number? Unsigned types take no minus, not even of 0. */
bool number_fits(const struct number *n, unsigned bits, bool is_signed);
/* The number modulo 2^bits, extended to 64 bits by the type's signedness. */
uint64_t number_extend(uint64_t value, unsigned bits, bool is_signed);

static inline uint64_t number_value(const struct number *n)
{
	return n->negative ? -n->magnitude : n->magnitude;
}

#endif
