// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": kernel functions, system calls and LSM hooks by name. */
#include <string.h>
#include "check.h"
#include "compiler/explain/renames.h"

static const char *const syscall_prefixes[] = {"__x64_", "__ia32_", "__arm64_"};

void note_signature(struct checking *c, struct diag *m)
{
	if (!c->function)
		return;
	if (c->syscall_function)
		diag_note(c->diags, m, "the system call is: %s",
			  kfunction_text(c->arena, c->function));
	else
		diag_note(c->diags, m, "the kernel has: %s", kfunction_text(c->arena, c->function));
}

bool kernel_has(const struct checking *c, const char *prefix, const char *name)
{
	return kbtf_function_id(c->btf, arena_printf(c->arena, "%s%s", prefix, name));
}

static bool has_prefix(const char *name)
{
	for (size_t i = 0; i < sizeof(syscall_prefixes) / sizeof(syscall_prefixes[0]); i++)
		if (!strncmp(name, syscall_prefixes[i], strlen(syscall_prefixes[i])))
			return true;
	return false;
}

const char *syscall_symbol(struct arena *a, const struct ir_name *name)
{
	if (has_prefix(name->name))
		return name->name;
	return arena_printf(a, "%s%s", abi_prefix(name->abi), name->name);
}

const char *syscall_plain(const char *symbol)
{
	for (size_t i = 0; i < sizeof(syscall_prefixes) / sizeof(syscall_prefixes[0]); i++)
		if (!strncmp(symbol, syscall_prefixes[i], strlen(syscall_prefixes[i]))) {
			symbol += strlen(syscall_prefixes[i]);
			break;
		}
	return strncmp(symbol, "sys_", 4) ? NULL : symbol + 4;
}

/* People write the other kind of name: `tcp_connect` as a system call, `sys_x` as a function. */
static bool hint_syscall_key(struct checking *c, struct diag *m, const struct ir_name *name,
			     const char *plain)
{
	if (name->syscall && kernel_has(c, "", plain)) {
		diag_note(c->diags, m,
			  "`syscall` defaults to true, so the name was looked up as a system call");
		diag_hint(c->diags, m, "syscall: false   # %s is an ordinary function", plain);
		diag_fix_key(c->diags, m, c->hook->at, c->hook->calls.at, "syscall", "false");
	} else if (name->syscall && kernel_has(c, "__x64_sys_", plain)) {
		diag_hint(c->diags, m, "call: \"sys_%s\"", plain);
		diag_fix_word(c->diags, m, name->at, name->name,
			      arena_printf(c->arena, "sys_%s", plain));
	} else if (name->syscall && kernel_has(c, "__x64_", plain)) {
		diag_hint(c->diags, m, "call: \"%s\"", plain);
		diag_fix_word(c->diags, m, name->at, name->name, plain);
	} else if (!name->syscall && kernel_has(c, "__x64_", plain)) {
		diag_hint(c->diags, m, "syscall: true   # %s is a system call", plain);
	} else {
		return false;
	}
	return true;
}

/* A known function of other kernels. */
static bool hint_renamed(struct checking *c, struct diag *m, const struct ir_name *name)
{
	const char *now = name->syscall ? NULL : renamed_function(c->btf, name->name);

	if (!now)
		return false;
	diag_note(c->diags, m, "in this kernel `%s` does its work; compare the arguments", now);
	diag_hint(c->diags, m, "call: \"%s\"", now);
	return true;
}

static void hint_near_function(struct checking *c, struct diag *m, const struct ir_name *name,
			       const char *plain)
{
	bool syscall = name->syscall && !strncmp(plain, "sys_", 4);
	const char *near = kbtf_nearest(c->btf, c->arena, syscall ? "__x64_" : "", plain, false);

	if (!syscall)
		diag_note(c->diags, m,
			  "a function that the kernel's compiler has inlined, or that belongs to a "
			  "module, is not in this type information");
	if (near)
		diag_hint(c->diags, m,
			  name->syscall && !syscall ? "did you mean `%s`, with `syscall: false`?"
						    : "did you mean `%s`?",
			  near);
}

/* A system call's name as the author means it, without the prefix of any architecture. */
static const char *plain_name(const struct ir_name *name)
{
	for (size_t i = 0; i < sizeof(syscall_prefixes) / sizeof(syscall_prefixes[0]); i++)
		if (name->syscall &&
		    !strncmp(name->name, syscall_prefixes[i], strlen(syscall_prefixes[i])))
			return name->name + strlen(syscall_prefixes[i]);
	return name->name;
}

static void report_function(struct checking *c, const struct ir_name *name, const char *symbol)
{
	const char *plain = plain_name(name);
	struct diag *m = diag_at(c->diags, DIAG_UNKNOWN_FUNCTION, name->at,
				 "the kernel has no function `%s`", symbol);

	if (!hint_renamed(c, m, name) && !hint_syscall_key(c, m, name, plain))
		hint_near_function(c, m, name, plain);
	if (c->hook->kind == HOOK_KPROBE && c->hook->calls.list)
		diag_note_at(c->diags, m, c->hook->calls.at, "the list is used here");
}

bool find_function(struct checking *c, const struct ir_name *name)
{
	struct tir_hook *out = c->out;
	const char *plain;

	out->syscall = name->syscall;
	out->abi = name->abi;
	out->symbol = name->syscall ? syscall_symbol(c->arena, name) : name->name;
	c->function = kbtf_function(c->btf, c->arena, out->symbol);
	if (!c->function && !name->syscall)
		c->function = module_function(c, out->symbol);
	if (!c->function) {
		if (!c->hook->ignore_missing && !c->kernel->allow_missing)
			report_function(c, name, out->symbol);
		return false;
	}
	plain = name->syscall ? syscall_plain(out->symbol) : NULL;
	if (name->syscall) {
		c->function = plain ? syscall_prototype(c->arena, plain) : NULL;
		c->syscall_function = true;
	}
	return true;
}

bool find_lsm(struct checking *c, const struct ir_name *name)
{
	const char *full = arena_printf(c->arena, "bpf_lsm_%s", name->name);
	const char *plain = name->name, *near;
	struct diag *m;

	c->out->symbol = name->name;
	c->function = kbtf_function(c->btf, c->arena, full);
	if (c->function || c->kernel->allow_missing)
		return c->function;
	m = diag_at(c->diags, DIAG_UNKNOWN_FUNCTION, name->at, "the kernel has no LSM hook `%s`",
		    name->name);
	if (!strncmp(plain, "security_", 9))
		plain += 9;
	else if (!strncmp(plain, "bpf_lsm_", 8))
		plain += 8;
	if (plain != name->name)
		diag_note(c->diags, m, "LSM hooks are named without a prefix");
	near = kernel_has(c, "bpf_lsm_", plain)
		       ? plain
		       : kbtf_nearest(c->btf, c->arena, "bpf_lsm_", plain, false);
	if (near)
		diag_hint(c->diags, m, "hook: \"%s\"", near);
	if (near && plain != name->name && near == plain)
		diag_fix_word(c->diags, m, name->at, name->name, plain);
	return false;
}

void find_enforced(struct checking *c, const struct ir_name *name)
{
	const char *symbol = name->syscall ? syscall_symbol(c->arena, name) : name->name;
	const char *near;
	struct diag *m;

	if (kbtf_function_id(c->btf, symbol))
		return;
	m = diag_at(c->diags, DIAG_UNKNOWN_FUNCTION, name->at, "the kernel has no function `%s`",
		    symbol);
	near = kbtf_nearest(c->btf, c->arena, name->syscall ? abi_prefix(name->abi) : "",
			    name->name, false);
	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
}
