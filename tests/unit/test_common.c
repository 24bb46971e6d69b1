// SPDX-License-Identifier: Apache-2.0
/* What several kernels make of one policy, put together. */
#include <criterion/criterion.h>
#include <string.h>
#include "compiler/back/common.h"
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"

struct lab {
	struct arena arena;
	struct sources sources;
	struct diags diags;
	struct ir_arg arg;
	struct ir_hook hook;
	struct ir_policy policy;
	struct kernel kernels[2];
	struct tir_arg args[2];
	struct tir_hook hooks[2];
	struct tir_policy policies[2];
	struct tir tirs[2];
};

/* One hook with one argument, which both kernels have as an `int`. */
static void begin(struct lab *l)
{
	memset(l, 0, sizeof(*l));
	l->diags = (struct diags){.arena = &l->arena, .sources = &l->sources};
	l->arg.type = TYPE_LONG;
	l->hook.kind = HOOK_KPROBE;
	l->policy.hooks = &l->hook;
	l->policy.hook_count = 1;
	for (int i = 0; i < 2; i++) {
		l->kernels[i].name = i ? "new" : "old";
		l->args[i] = (struct tir_arg){.ir = &l->arg,
					      .type = type_get(TYPE_LONG),
					      .source = ARG_PARAMETER,
					      .bits = 32,
					      .is_signed = true,
					      .good = true,
					      .kernel = "int"};
		l->hooks[i] = (struct tir_hook){.ir = &l->hook,
						.symbol = "do_work",
						.found = true,
						.args = &l->args[i],
						.arg_count = 1,
						.returns_int = true};
		l->policies[i] = (struct tir_policy){
			.ir = &l->policy, .hooks = &l->hooks[i], .hook_count = 1};
		l->tirs[i] = (struct tir){
			.kernel = &l->kernels[i], .policies = &l->policies[i], .policy_count = 1};
	}
}

static const struct tir *join(struct lab *l)
{
	struct tir *const both[] = {&l->tirs[0], &l->tirs[1]};

	return common_tir(&l->arena, &l->diags, both, 2);
}

Test(common, the_same_in_both)
{
	struct lab l;
	const struct tir *t;

	begin(&l);
	t = join(&l);
	cr_assert_eq(l.diags.errors, 0);
	cr_assert_eq(t->policies[0].hook_count, 1);
	cr_assert(!t->policies[0].hooks[0].may_miss);
	arena_free(&l.arena);
}

Test(common, another_width)
{
	struct lab l;

	begin(&l);
	l.args[1].bits = 64;
	l.args[1].kernel = "long";
	join(&l);
	cr_assert_eq(l.diags.errors, 1);
	cr_assert_eq(l.diags.first->id, DIAG_KERNELS_DIFFER);
	cr_assert_str_eq(l.diags.first->text,
			 "the kernels old and new have this argument in different forms");
	arena_free(&l.arena);
}

Test(common, wide_enough_in_both)
{
	struct lab l;

	begin(&l);
	l.args[0].type = l.args[1].type = type_get(TYPE_INT);
	l.args[1].bits = 64;
	join(&l);
	cr_assert_eq(l.diags.errors, 0);
	arena_free(&l.arena);
}

Test(common, missing_in_one)
{
	struct lab l;
	const struct tir *t;

	begin(&l);
	l.hooks[0].found = false;
	t = join(&l);
	cr_assert_eq(l.diags.errors, 0);
	cr_assert(t->policies[0].hooks[0].may_miss);
	arena_free(&l.arena);
}

/* A kernel that the hook is not for does not lack it. */
Test(common, not_for_one)
{
	static const struct ir_kernel_name name = {.name = "other"};
	struct lab l;
	const struct tir *t;

	begin(&l);
	l.hooks[0].found = false;
	l.hooks[0].left_out = &name;
	t = join(&l);
	cr_assert_eq(l.diags.errors, 0);
	cr_assert_eq(t->policies[0].hook_count, 1);
	cr_assert(!t->policies[0].hooks[0].may_miss);
	arena_free(&l.arena);
}

Test(common, not_for_any)
{
	static const struct ir_kernel_name name = {.name = "other"};
	struct lab l;

	begin(&l);
	for (int i = 0; i < 2; i++) {
		l.hooks[i].found = false;
		l.hooks[i].left_out = &name;
	}
	cr_assert_eq(join(&l)->policies[0].hook_count, 0);
	cr_assert_eq(l.diags.errors, 0);
	arena_free(&l.arena);
}

Test(common, not_for_one_and_missing_in_the_other)
{
	static const struct ir_kernel_name name = {.name = "other"};
	struct lab l;

	begin(&l);
	l.hooks[0].found = l.hooks[1].found = false;
	l.hooks[0].left_out = &name;
	join(&l);
	cr_assert_eq(l.diags.errors, 1);
	cr_assert_eq(l.diags.first->id, DIAG_UNKNOWN_FUNCTION);
	arena_free(&l.arena);
}

Test(common, missing_in_all)
{
	struct lab l;

	begin(&l);
	l.hooks[0].found = l.hooks[1].found = false;
	join(&l);
	cr_assert_eq(l.diags.errors, 1);
	cr_assert_eq(l.diags.first->id, DIAG_UNKNOWN_FUNCTION);
	arena_free(&l.arena);
}

/* An enforcer acts where any kernel has the function; its LSM hook must be in all of them. */
Test(common, enforcers)
{
	struct tir_enforced old = {.symbol = "security_x", .lsm_twin = true},
			    more[] = {{.symbol = "security_x"}, {.symbol = "security_y"}};
	const struct tir *t;
	struct lab l;

	begin(&l);
	l.policies[0].enforced = &old;
	l.policies[0].enforced_count = 1;
	l.policies[1].enforced = more;
	l.policies[1].enforced_count = 2;
	t = join(&l);
	cr_assert_eq(t->policies[0].enforced_count, 2);
	cr_assert(!t->policies[0].enforced[0].lsm_twin);
	cr_assert_str_eq(t->policies[0].enforced[1].symbol, "security_y");
	arena_free(&l.arena);
}
