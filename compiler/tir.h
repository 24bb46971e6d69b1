/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed normal form, made by typecheck() from the IR and a kernel's BTF: every argument has a
 * source in the kernel and a width, every value is a constant of its argument's type.
 * Owned by the compilation's arena; read-only afterwards.
 */
#ifndef TGC_TIR_H
#define TGC_TIR_H

#include "ir.h"

struct kbtf;

enum arg_source {
	ARG_PARAMETER, /* the function's parameter number `position` */
	ARG_SYSCALL,   /* the system call's, from the saved user registers */
	ARG_FIELD,     /* a member of the tracepoint's record */
	ARG_NONE,      /* nop */
};

struct tir_arg {
	const struct ir_arg *ir;
	const struct type_info *type;
	enum arg_source source;
	uint32_t bits; /* of the kernel's own type; extended from there */
	bool is_signed, is_enum, is_pointer;
	bool from_user;	    /* a string that the program passes to the kernel */
	uint32_t offset;    /* ARG_FIELD: bytes into the record */
	const char *record; /* ARG_FIELD: its struct and member, relocated at load; */
	const char *field;  /* NULL for system call events, whose layout is fixed */
};

/* One constant of a filter: a number for integers, bytes for text. */
struct tir_value {
	uint64_t number;
	const char *text;
	uint32_t len;
};

struct tir_filter {
	const struct ir_filter *ir;
	uint32_t arg;
	enum op op;
	struct tir_value *values;
	size_t value_count;
};

struct tir_selector {
	const struct ir_selector *ir;
	struct tir_filter *filters;
	size_t filter_count;
};

struct tir_hook {
	const struct ir_hook *ir;
	struct tir_arg *args;
	size_t arg_count;
	struct tir_selector *selectors;
	size_t selector_count;
	bool returns_int; /* the hooked function's result can be overridden */
	bool lsm_twin;	  /* security_X, and LSM hook X has the same arguments */
};

struct tir_policy {
	const struct ir_policy *ir;
	struct tir_hook *hooks;
	size_t hook_count;
};

struct tir {
	struct tir_policy *policies;
	size_t policy_count;
};

struct tir *typecheck(struct arena *a, struct diags *d, const struct ir *ir, const struct kbtf *k);

/* Parses one filter value for an argument type; false with a sentence in `why` when it is none. */
bool value_parse(struct arena *a, const struct ast_str *text, const struct type_info *type,
		 enum op op, struct tir_value *out, const char **why);

#endif
