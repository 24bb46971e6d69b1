/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed normal form, made by typecheck() from the IR and what is known of one kernel: every
 * argument has a source in the kernel and a width, every path is offsets and loads, every value
 * is a constant of its argument's type, lists of functions are the functions of that kernel.
 * Owned by the compilation's arena; read-only afterwards.
 */
#ifndef TGC_TIR_H
#define TGC_TIR_H

#include "compiler/lower/ir.h"
#include "compiler/kernels/kbtf.h"
#include "compiler/values/value.h"

struct profile;
struct tracepoints;

/* A kernel that policies are checked against. */
struct kernel {
	const char *name; /* as the user gave it */
	const struct kbtf *btf;
	struct profile *profile; /* NULL: nothing but type information is known */
	const char *root;	 /* NULL, or the folder where user binaries are looked up */
	bool allow_missing;	 /* what the kernel does not have is left out without a word */
	struct arena *arena;	 /* lives as long as the kernel */
	const struct tracepoints **events; /* filled at first use */
};

enum arg_source {
	ARG_PARAMETER, /* the function's parameter number `position` */
	ARG_SYSCALL,   /* the system call's, from the saved user registers */
	ARG_FIELD,     /* a member of the tracepoint's record */
	ARG_RETURN,    /* the function's result */
	ARG_TASK,      /* the current task, at the start of `steps` */
	ARG_REGISTER,  /* a register by name */
	ARG_OPERAND,   /* an operand of a USDT note */
	ARG_NONE,      /* nop */
	ARG_TARGET,    /* which function of a list it is; made by the plan */
};

/* One step of `resolve`: adds an offset, then loads the pointer that is there. */
struct tir_step {
	const char *record, *member; /* for relocation; NULL: an array element */
	bool in_union;		     /* `record` is one */
	enum kshape_kind kind;	     /* of the member; of the elements, when it is an array */
	uint8_t dimensions;	     /* of the array; 0: it is none */
	uint32_t offset;	     /* bytes, in this kernel */
	bool load;
};

/* Where the size of a buffer is: parameter or field number `size_position` - 1. */
struct tir_size {
	uint32_t bits;
	bool is_signed;
	uint32_t offset;   /* ARG_FIELD: as in struct tir_arg */
	const char *field; /* a member of the argument's `record` */
};

struct tir_arg {
	const struct ir_arg *ir;
	const struct type_info *type;
	enum arg_source source;
	uint32_t bits; /* of the kernel's own type; extended from there */
	bool is_signed, is_enum, is_pointer;
	bool abi32;	    /* of a 32-bit system call */
	bool from_user;	    /* a pointer that the program passes to the kernel */
	bool good;	    /* it passed the checks; filters on others are not looked at */
	uint32_t offset;    /* ARG_FIELD: bytes into the record */
	const char *record; /* ARG_FIELD: its struct and member, relocated at load; */
	const char *field;  /* NULL for system call events, whose layout is fixed */
	const char *kernel; /* the kernel's own type as C writes it; NULL: not known */
	uint32_t element;   /* of an array in a record: bytes of an element */
	struct tir_size size;
	struct tir_step *steps;
	size_t step_count;
};

struct tir_filter {
	const struct ir_filter *ir;
	uint32_t arg;
	enum op op;
	struct value *values;
	size_t value_count;
	const struct cel_node *expression;
};

struct tir_filters {
	struct tir_filter *v;
	size_t n;
};

struct tir_selector {
	const struct ir_selector *ir;
	struct tir_filters filters[IR_SECTIONS];
};

/* An Override of a user program's function that goes on elsewhere: how far that is from a place. */
struct tir_jump {
	const struct ir_action *action;
	size_t place; /* of the hook's places */
	int64_t distance;
};

/* One function of one hook: a list gives several. */
struct tir_hook {
	const struct ir_hook *ir;
	const struct ir_name *name; /* NULL: generated, or a probe in a user binary */
	const char *symbol;	    /* as attached: system calls carry the architecture's prefix */
	bool syscall;
	enum syscall_abi abi;
	bool found;			       /* this kernel has it */
	const struct ir_kernel_name *left_out; /* why it is not for this kernel; NULL: it is */
	bool may_miss;			       /* other kernels do not (common.h); */
	bool hash_may_miss;		       /* some kernel has no hashes of files */
	bool params_differ;		       /* or have it with more or less parameters */
	size_t kernels;			       /* how many have it */
	const char *module;		       /* of the kernel that has the function; NULL: none */
	const struct kfunction *function;      /* its prototype, where there is one */
	struct tir_arg *args;
	size_t arg_count;
	struct tir_arg *data;
	size_t data_count;
	struct tir_arg *return_arg; /* NULL: the return side is not watched */
	struct tir_selector *selectors;
	size_t selector_count;
	bool returns_int; /* the hooked function's result can be overridden */
	bool lsm_twin;	  /* security_X, and LSM hook X has the same arguments */
	/* USDT, when its binary was looked at: the places of the probe; */
	const struct userelf_probe **sites;
	size_t site_count;
	struct tir_jump *jumps;
	size_t jump_count, jump_room;
	const char *file_digest; /* of the binary, when what is compiled fits no other; else NULL */
};

/* A function in which the policy's enforcer acts. */
struct tir_enforced {
	struct span at;
	const char *symbol;
	bool syscall;
	bool lsm_twin; /* security_X, and there is an LSM hook X */
};

struct tir_policy {
	const struct ir_policy *ir;
	struct tir_enforced *enforced;
	size_t enforced_count, enforced_room;
	struct tir_hook *hooks;
	size_t hook_count, hook_room;
};

struct tir {
	const struct kernel *kernel;
	struct tir_policy *policies;
	size_t policy_count;
};

/* NULL: it does not go on elsewhere, or the binary was not looked at. */
static inline const struct tir_jump *tir_jump(const struct tir_hook *h,
					      const struct ir_action *action, size_t place)
{
	for (size_t i = 0; i < h->jump_count; i++)
		if (h->jumps[i].action == action && h->jumps[i].place == place)
			return &h->jumps[i];
	return NULL;
}

struct tir *typecheck(struct arena *a, struct diags *d, const struct ir *ir,
		      const struct kernel *k);

/* Stable text of what typecheck() made; `places` as for ast_print(). */
void tir_print(const struct tir *tir, const struct sources *places, FILE *to);

#endif
