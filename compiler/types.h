/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of policies: argument types, operators and actions, by their spelling. */
#ifndef TGC_TYPES_H
#define TGC_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/artifact.h"

enum type_class { CLASS_INT, CLASS_STRING, CLASS_FILENAME, CLASS_PATH, CLASS_NOP, CLASS_AUTO };

enum type_id {
#define TYPE(id, name, class, bits, sign, print) TYPE_##id,
#include "types.def"
#undef TYPE
	TYPE_COUNT
};

struct type_info {
	const char *name;
	enum type_class class;
	uint8_t bits; /* how many low bits filters compare; integers only */
	bool is_signed;
	uint32_t print; /* enum tg_arg_type; 0: not in events */
};

enum op {
	OP_EQUAL,
	OP_NOT_EQUAL,
	OP_PREFIX,
	OP_NOT_PREFIX,
	OP_POSTFIX,
	OP_NOT_POSTFIX,
	OP_MASK,
	OP_GT,
	OP_LT,
	OP_COUNT
};

const struct type_info *type_get(enum type_id id);
/* By spelling; TYPE_COUNT, OP_COUNT or -1 when unknown. */
enum type_id type_find(const char *name);
enum op op_find(const char *name);
int action_find(const char *name);
const char *op_name(enum op op);

static inline bool op_negated(enum op op)
{
	return op == OP_NOT_EQUAL || op == OP_NOT_PREFIX || op == OP_NOT_POSTFIX;
}

static inline bool op_textual(enum op op)
{
	return op >= OP_EQUAL && op <= OP_NOT_POSTFIX;
}

static inline bool op_numeric(enum op op)
{
	return op <= OP_NOT_EQUAL || op >= OP_MASK;
}

#endif
