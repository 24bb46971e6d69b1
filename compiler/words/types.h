/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of policies: argument types, operators and actions, by their spelling. */
#ifndef TGC_TYPES_H
#define TGC_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/artifact.h"

enum type_class {
	CLASS_INT,
	CLASS_CAPS,	/* a 64-bit capability mask */
	CLASS_STRING,	/* text up to its NUL */
	CLASS_BYTES,	/* a counted buffer */
	CLASS_FILENAME, /* text that a struct filename holds */
	CLASS_PATH,	/* what the kernel resolved */
	CLASS_SOCK,
	CLASS_SKB,
	CLASS_SOCKADDR,
	CLASS_SOCKADDR_UN,
	CLASS_STRUCT, /* shown in events, never compared */
	CLASS_NOP,
	CLASS_AUTO,
	CLASS_COUNT
};

enum type_id {
#define TYPE(id, ...) TYPE_##id,
#include "types.def"
#undef TYPE
	TYPE_COUNT
};

struct type_info {
	const char *name;
	enum type_class class;
	uint8_t bits; /* how many low bits filters compare; integers and masks only */
	bool is_signed;
	uint32_t print; /* enum tg_arg_type; 0: not in events */
	enum type_id id;
	bool compiled; /* false: part of the language, not of this version */
};

enum op {
#define OPERATOR(id, ...) OP_##id,
#include "grammar/operators.def"
	OP_COUNT
};

/* What a value of an operator is. */
enum operand {
	OPERAND_NONE,  /* the operator takes no values */
	OPERAND_TYPED, /* a constant of the argument's type: number, mask or text */
	OPERAND_TEXT,
	OPERAND_RANGE,	    /* min:max */
	OPERAND_MAP,	    /* N, A:B or list:NAME */
	OPERAND_PORT,	    /* N or A:B */
	OPERAND_ADDRESS,    /* address or CIDR */
	OPERAND_PROTOCOL,   /* N, A:B or IPPROTO_* */
	OPERAND_FAMILY,	    /* N, A:B or AF_* */
	OPERAND_STATE,	    /* N, A:B or TCP_* */
	OPERAND_EXPRESSION, /* cel.h */
	OPERAND_FILE_TYPE,
	OPERAND_MEMBER, /* of a process section, by its own rules: process_value.h */
};

struct op_info {
	const char *name;
	enum op plain; /* what this one negates; itself when it negates nothing */
	enum operand takes;
	uint32_t fits; /* bit N: enum type_class N, apart from what operator.h knows better */
	bool compiled; /* false: part of the language, not of this version */
};

const struct type_info *type_get(enum type_id id);
/* By spelling; TYPE_COUNT, OP_COUNT or -1 when unknown. */
enum type_id type_find(const char *name);
enum op op_find(const char *name);
int action_find(const char *name);
/* The spelling of an enum tg_action, or NULL. */
const char *action_name(uint32_t action);
const char *op_name(enum op op);

const struct op_info *op_get(enum op op);

static inline bool op_negated(enum op op)
{
	return op_get(op)->plain != op;
}

/* Texts, and numbers, as far as this version compiles them. */
bool op_textual(enum op op);
bool op_numeric(enum op op);

#endif
