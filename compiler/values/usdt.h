/* SPDX-License-Identifier: Apache-2.0 */
/* The argument string of a USDT probe's note: where the probe's values are. */
#ifndef TGC_USDT_H
#define TGC_USDT_H

#include "regs.h"

#define USDT_OPERANDS 12

enum usdt_kind {
	USDT_CONSTANT, /* number */
	USDT_REGISTER, /* base */
	USDT_MEMORY,   /* at base + index * scale + number */
};

struct usdt_operand {
	enum usdt_kind kind;
	uint8_t size; /* bytes: 1, 2, 4 or 8; the value is cut to them and extended to 64 bits */
	bool is_signed;
	uint8_t scale;			/* 1, 2, 4 or 8; of the index */
	const struct reg *base, *index; /* NULL where there is none */
	int64_t number;
	uint32_t from, to; /* bytes of the text */
};

/*
 * Reads the operands of a note, separated by blanks. On an error the operands before the wrong
 * one are in `out` and counted. More than USDT_OPERANDS is an error, too.
 */
bool usdt_parse(struct arena *a, enum arch arch, const struct ast_str *text,
		struct usdt_operand out[USDT_OPERANDS], size_t *count, struct value_error *e);
const char *usdt_print(struct arena *a, enum arch arch, const struct usdt_operand *o);

#endif
