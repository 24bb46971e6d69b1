/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the stage "typecheck" (typecheck.c, check_*.c) only. */
#ifndef TGC_CHECK_H
#define TGC_CHECK_H

#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/binaries/userelf.h"
#include "tir.h"

#define SYSCALL_ARGS 6

struct checking {
	struct arena *arena;
	struct diags *diags;
	const struct kernel *kernel;
	const struct kbtf *btf;		/* the kernel's, or the hook's module's on top of it */
	const struct ir_policy *policy; /* the ones being checked: */
	const struct ir_hook *hook;
	struct tir_hook *out;
	const struct kfunction *function; /* NULL for records of tracepoints */
	bool syscall_function;		  /* `function` is a system call's prototype */
	const struct tracepoint *event;	  /* tracepoints; NULL: a system call's, of fixed layout */
	const struct userelf *binary;	  /* of user programs, when it was looked at */
};

/* ---- check_function.c: what a hook is attached to --------------------------------------- */

/* Each fills out->symbol and c->function. False: reported, or left out as the policy allows. */
bool find_function(struct checking *c, const struct ir_name *name);
bool find_lsm(struct checking *c, const struct ir_name *name);
/* A function that an enforcer acts in. */
void find_enforced(struct checking *c, const struct ir_name *name);
/* "the kernel has: int f(int a)" */
void note_signature(struct checking *c, struct diag *m);
bool kernel_has(const struct checking *c, const char *prefix, const char *name);
/* `sys_x` as this kernel's symbol; a name with an architecture's prefix is kept. */
const char *syscall_symbol(struct arena *a, const struct ir_name *name);
/* A system call's name without any prefix: `openat`; NULL: it is none. */
const char *syscall_plain(const char *symbol);

/* ---- check_module.c: kernel modules ------------------------------------------------------- */

/* The function in a module of the profile; c->btf and c->out->module are the module's then.
 * NULL: no module that is known has it. */
const struct kfunction *module_function(struct checking *c, const char *symbol);
/* Goes on with the types of the module that the policy names. False: reported, or, when `known`
 * is false, nothing is known of any module. */
bool module_types(struct checking *c, const struct ast_str *module, bool *known);

/* ---- check_syscall.c: prototypes of system calls ----------------------------------------- */

/* NULL when the table does not have it. `name`: as syscall_plain() gives it. */
const struct kfunction *syscall_prototype(struct arena *a, const char *name);

/* ---- check_event.c: tracepoints ----------------------------------------------------------- */

bool find_tracepoint(struct checking *c);
bool check_field(struct checking *c, struct tir_arg *arg);
/* Whether the event is sys_enter_* or sys_exit_*, whose layout is fixed. */
bool is_syscall_event(const struct ir_hook *h, const char **name, bool *enter);

/* ---- check_arg.c: arguments --------------------------------------------------------------- */

void check_args(struct checking *c);
void report_misfit(struct checking *c, const struct tir_arg *arg, const char *what,
		   const struct ktype *have, ktype_id id);
void check_width(struct checking *c, const struct tir_arg *arg, const struct ktype *have);
/* The policy type that fits a kernel type, for hints; NULL: none. */
const char *fitting_type(const struct checking *c, const struct ktype *t, ktype_id id);
/* Whether a policy type reads what the kernel has. */
bool type_fits(const struct checking *c, const struct type_info *want, const struct ktype *have,
	       ktype_id id);

/* ---- check_path.c: resolve ----------------------------------------------------------------- */

/* Walks arg->ir->path from `start` (a parameter, or a struct), and types the argument by its
 * end. */
bool check_path(struct checking *c, struct tir_arg *arg, ktype_id start, bool is_parameter);

/* ---- check_filter.c: operators and values -------------------------------------------------- */

void check_selectors(struct checking *c);

/* ---- check_probe.c: user binaries ---------------------------------------------------------- */

bool find_probe(struct checking *c);
bool check_probe_arg(struct checking *c, struct tir_arg *arg);
/* `Set` of USDT probes. */
void check_sets(struct checking *c);
/* A place of a uprobe in its binary. False: it has none, and `why` says so. */
bool find_place(struct checking *c, const struct ir_place *p, struct userelf_place *out, char *why,
		size_t size);

/* What tells the hook's binary from others. */
const char *digest_of(struct checking *c);

/* ---- check_jump.c: Override of user programs' functions ------------------------------------ */

/* Whether the kernel lets uprobes change registers; false: reported, or left out. */
bool check_register_writes(struct checking *c);
/* Where the calls go on; fills out->jumps. */
void check_jumps(struct checking *c);
bool check_probe_return(struct checking *c, struct tir_arg *arg);

/* ---- check_hash.c ---------------------------------------------------------------------------- */

/* Whether the kernel has what `imaHash` needs; reports it, or notes it in c->out. */
void check_hashes(struct checking *c);

/* ---- check_loader.c ------------------------------------------------------------------------- */

/* Fills c->out for `loader`; reports a kernel that cannot have it. */
void check_loader(struct checking *c);

/* ---- check_kernel.c: which kernels a hook is for -------------------------------------------- */

/* A function, a record or RECORD.MEMBER of the kernel itself: its modules do not count. */
bool kernel_knows(const struct kbtf *k, struct arena *a, const char *name);
/* What keeps the hook out of this kernel; NULL: nothing. */
const struct ir_kernel_name *kernel_misfit(const struct kernel *k, struct arena *a,
					   const struct ir_hook *h);

#endif
