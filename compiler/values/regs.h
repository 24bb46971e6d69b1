/* SPDX-License-Identifier: Apache-2.0 */
/* Registers by name, and `argRegs`: what an Override of a uprobe assigns to them. */
#ifndef TGC_REGS_H
#define TGC_REGS_H

#include "value_error.h"

enum arch { ARCH_X86_64, ARCH_ARM64, ARCH_COUNT };

struct reg {
	enum arch arch;
	const char *name;
	const char *member; /* of struct pt_regs: "ax", "regs[3]" */
	uint16_t offset;    /* of the whole register in struct pt_regs */
	uint8_t size;	    /* bytes: 8, 4, 2 or 1, the low ones; reading extends with zeros */
};

/* How many assignments one Override may have. */
#define REG_ASSIGNMENTS 18

enum reg_source {
	REG_CONSTANT, /* DST = N */
	REG_REGISTER, /* DST = N%SRC; N is 0 when not written */
	REG_MEMORY,   /* DST = N(%SRC): 8 bytes of user memory */
};

struct reg_assignment {
	const struct reg *to, *from; /* from: NULL for REG_CONSTANT */
	enum reg_source source;
	int64_t number; /* the constant, or what is added to the register */
};

const char *arch_name(enum arch arch);
/* NULL: the architecture has no such register. */
const struct reg *reg_find(enum arch arch, const char *s, size_t len);
/* As `resolve` of `source: pt_regs` names one. */
bool reg_read(struct arena *a, enum arch arch, const struct ast_str *text, const struct reg **out,
	      struct value_error *e);
bool reg_assignment_parse(struct arena *a, enum arch arch, const struct ast_str *text,
			  struct reg_assignment *out, struct value_error *e);
const char *reg_assignment_print(struct arena *a, const struct reg_assignment *r);

#endif
