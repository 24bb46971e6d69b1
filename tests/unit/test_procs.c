/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include "runtime/procs.h"

static struct tg_key key(uint32_t pid, uint64_t ktime)
{
	return (struct tg_key){.pid = pid, .ktime = ktime};
}

static struct proc *exec_process(struct procs *procs, struct tg_key self, struct tg_key parent,
				 struct tg_key previous, uint32_t flags)
{
	struct proc_image image = {
		.key = self,
		.parent = parent,
		.previous = previous,
		.flags = flags,
		.uid = self.pid,
		.binary = "/bin/x",
		.arguments = "y z",
		.cwd = "/w",
	};
	struct proc *p = procs_exec(procs, &image);

	if (previous.ktime)
		procs_replace(procs, &previous);
	return p;
}

static struct proc *clone_process(struct procs *procs, struct tg_key self, struct tg_key parent)
{
	struct tg_clone clone = {.key = self, .parent = parent, .flags = TG_P_EXECVE};

	return procs_clone(procs, &clone);
}

static const struct tg_key none;

static void expect_uses(struct procs *procs, struct tg_key k, uint32_t uses)
{
	struct proc *p = procs_find(procs, &k);

	cr_assert_not_null(p, "pid %u", k.pid);
	cr_expect_eq(p->uses, uses, "pid %u: %u uses, not %u", k.pid, p->uses, uses);
}

static bool known(struct procs *procs, struct tg_key k)
{
	return procs_find(procs, &k) != NULL;
}

Test(procs, a_clone_is_its_parent_until_it_execs)
{
	struct procs *procs = procs_new(10);
	struct tg_key shell = key(1, 10);
	struct proc *p;

	exec_process(procs, shell, none, none, TG_P_EXECVE);
	p = clone_process(procs, key(2, 20), shell);
	cr_expect_str_eq(proc_binary(p), "/bin/x");
	cr_expect_str_eq(proc_arguments(p), "y z");
	cr_expect_str_eq(proc_cwd(p), "/w");
	cr_expect_eq(p->uid, 1);
	cr_expect(p->cloned);
	cr_expect_eq(p->parent.pid, 1);
	cr_expect_null(clone_process(procs, key(3, 30), key(9, 9)), "of an unknown parent");
	procs_free(procs);
}

Test(procs, counts_fork_and_exec_and_exit)
{
	struct procs *procs = procs_new(10);
	struct tg_key shell = key(1, 10), forked = key(2, 20), image = key(2, 21);

	exec_process(procs, shell, none, none, TG_P_EXECVE);
	clone_process(procs, forked, shell);
	expect_uses(procs, shell, 2);
	expect_uses(procs, forked, 1);
	exec_process(procs, image, shell, forked, TG_P_EXECVE | TG_P_CLONE);
	expect_uses(procs, shell, 2);
	expect_uses(procs, forked, 0);
	expect_uses(procs, image, 1);
	procs_exit(procs, &image);
	expect_uses(procs, shell, 1);
	expect_uses(procs, image, 0);
	procs_free(procs);
}

Test(procs, an_exec_without_a_clone_is_the_child_of_the_image_it_replaces)
{
	struct procs *procs = procs_new(10);
	struct tg_key shell = key(1, 10), first = key(2, 20), second = key(2, 21);
	struct proc *p;

	exec_process(procs, shell, none, none, TG_P_EXECVE);
	exec_process(procs, first, shell, none, TG_P_EXECVE | TG_P_CLONE);
	p = exec_process(procs, second, shell, first, TG_P_EXECVE);
	cr_expect_eq(p->parent.pid, 2);
	cr_expect_eq(p->parent.ktime, 20);
	expect_uses(procs, first, 1);
	expect_uses(procs, shell, 1);
	procs_exit(procs, &second);
	expect_uses(procs, first, 0);
	procs_free(procs);
}

Test(procs, the_parent_of_the_first_processes_is_the_kernel)
{
	struct procs *procs = procs_new(10);
	struct proc *p = exec_process(procs, key(1, 10), key(0, 0), none, TG_P_EXECVE);

	cr_expect_eq(p->parent.pid, 0);
	cr_expect_eq(p->parent.ktime, 1);
	procs_free(procs);
}

Test(procs, a_reused_pid_is_another_process)
{
	struct procs *procs = procs_new(10);

	exec_process(procs, key(7, 10), none, none, TG_P_EXECVE);
	exec_process(procs, key(7, 99), none, none, TG_P_EXECVE);
	cr_expect_eq(procs_count(procs), 2);
	expect_uses(procs, key(7, 10), 0);
	procs_exit(procs, &(struct tg_key){.pid = 7, .ktime = 10});
	expect_uses(procs, key(7, 99), 1);
	cr_expect_not(known(procs, key(7, 11)));
	procs_free(procs);
}

Test(procs, a_finished_process_stays_for_two_ticks)
{
	struct procs *procs = procs_new(10);
	struct tg_key p = key(1, 10);

	exec_process(procs, p, none, none, TG_P_EXECVE);
	procs_tick(procs);
	procs_tick(procs);
	cr_expect(known(procs, p), "while it is used");
	procs_exit(procs, &p);
	procs_tick(procs);
	cr_expect(known(procs, p), "after one tick");
	procs_tick(procs);
	cr_expect_not(known(procs, p));
	cr_expect_eq(procs_count(procs), 0);
	procs_free(procs);
}

Test(procs, a_late_child_keeps_a_finished_process)
{
	struct procs *procs = procs_new(10);
	struct tg_key parent = key(1, 10), child = key(2, 20);

	exec_process(procs, parent, none, none, TG_P_EXECVE);
	procs_exit(procs, &parent);
	procs_tick(procs);
	clone_process(procs, child, parent);
	procs_tick(procs);
	procs_tick(procs);
	cr_expect(known(procs, parent));
	procs_exit(procs, &child);
	procs_tick(procs);
	procs_tick(procs);
	cr_expect_not(known(procs, parent));
	cr_expect_not(known(procs, child));
	procs_free(procs);
}

Test(procs, beyond_the_capacity_unused_ones_go_first)
{
	struct procs *procs = procs_new(3);
	struct tg_key finished = key(3, 30);

	exec_process(procs, key(1, 10), none, none, TG_P_EXECVE);
	exec_process(procs, key(2, 20), none, none, TG_P_EXECVE);
	exec_process(procs, finished, none, none, TG_P_EXECVE);
	procs_exit(procs, &finished);
	exec_process(procs, key(4, 40), none, none, TG_P_EXECVE);
	cr_expect_not(known(procs, finished));
	cr_expect(known(procs, key(1, 10)));
	exec_process(procs, key(5, 50), none, none, TG_P_EXECVE);
	cr_expect_not(known(procs, key(2, 20)), "1 was used more recently");
	cr_expect_eq(procs_evicted(procs), 2);
	cr_expect_eq(procs_count(procs), 3);
	procs_free(procs);
}

Test(procs, thousands_are_found_again)
{
	struct procs *procs = procs_new(PROCS_CAPACITY);
	uint32_t n = 20000;

	exec_process(procs, key(1, 1), none, none, TG_P_EXECVE);
	for (uint32_t i = 2; i <= n; i++)
		clone_process(procs, key(i, 1000ull * i), key(1, 1));
	cr_expect_eq(procs_count(procs), n);
	for (uint32_t i = 2; i <= n; i++)
		cr_assert(known(procs, key(i, 1000ull * i)));
	expect_uses(procs, key(1, 1), n);
	for (uint32_t i = 2; i <= n; i++)
		procs_exit(procs, &(struct tg_key){.pid = i, .ktime = 1000ull * i});
	procs_tick(procs);
	procs_tick(procs);
	cr_expect_eq(procs_count(procs), 1);
	expect_uses(procs, key(1, 1), 1);
	procs_free(procs);
}

Test(procs, records_that_contradict_themselves_do_no_harm)
{
	struct procs *procs = procs_new(2);
	struct tg_key self = key(1, 10);

	exec_process(procs, self, self, self, TG_P_EXECVE);
	exec_process(procs, self, self, none, TG_P_EXECVE);
	clone_process(procs, self, self);
	clone_process(procs, key(2, 20), self);
	clone_process(procs, key(3, 30), key(2, 20));
	procs_exit(procs, &self);
	procs_exit(procs, &self);
	procs_exit(procs, &self);
	procs_tick(procs);
	procs_tick(procs);
	cr_expect_leq(procs_count(procs), 2);
	procs_free(procs);
}

Test(procs, an_end_that_is_reported_twice_counts_once)
{
	struct procs *procs = procs_new(10);
	struct tg_key shell = key(1, 10), child = key(2, 20), grandchild = key(3, 30);

	exec_process(procs, shell, none, none, TG_P_EXECVE);
	clone_process(procs, child, shell);
	clone_process(procs, grandchild, child);
	procs_exit(procs, &child);
	procs_exit(procs, &child);
	expect_uses(procs, child, 1);
	expect_uses(procs, shell, 1);
	procs_free(procs);
}

/* A chain of 100,000 processes and as many that come and go: none is forgotten, none is mixed up.
 */
Test(procs, a_hundred_thousand_live_processes)
{
	enum { LIVE = 100000 };
	struct procs *procs = procs_new(2 * LIVE);
	struct tg_key init = key(1, 1);

	exec_process(procs, init, none, none, TG_P_EXECVE);
	for (uint32_t i = 2; i <= LIVE; i++) {
		cr_assert_not_null(clone_process(procs, key(i, i), key(i / 2, i / 2)));
		cr_assert_not_null(clone_process(procs, key(LIVE + i, i), key(i, i)));
		procs_exit(procs, &(struct tg_key){.pid = LIVE + i, .ktime = i});
		if (i % 1000 == 0)
			procs_tick(procs);
	}
	for (uint32_t i = 2; i <= LIVE; i++) {
		struct tg_key self = key(i, i), reused = key(i, i + 1);
		const struct proc *p = procs_find(procs, &self);

		cr_assert_not_null(p);
		cr_assert_eq(p->parent.pid, i / 2);
		cr_assert_eq(p->uses, 1u + (2 * i <= LIVE) + (2 * i + 1 <= LIVE));
		cr_assert_null(procs_find(procs, &reused), "a pid alone is nobody");
	}
	cr_expect_eq(procs_evicted(procs), 0);
	procs_tick(procs);
	procs_tick(procs);
	cr_expect_eq(procs_count(procs), LIVE);
	procs_free(procs);
}

/* With ancestors in use a grandparent outlives its end as long as anybody below it lives. */
Test(procs, ancestors_are_kept)
{
	struct procs *procs = procs_new(10);
	const struct proc *line[PROCS_ANCESTORS_MAX], *p;
	struct tg_key kernel = key(0, 1), init = key(1, 10), shell = key(2, 20), tool = key(3, 30);

	procs_keep_ancestors(procs);
	exec_process(procs, kernel, none, none, TG_P_PROCFS);
	exec_process(procs, init, kernel, none, TG_P_EXECVE);
	clone_process(procs, shell, init);
	p = clone_process(procs, tool, shell);
	expect_uses(procs, init, 3); /* itself, the shell, the tool */
	cr_assert_eq(procs_ancestors(procs, p, line), 1);
	cr_expect_eq(line[0]->key.pid, 1, "not the kernel");
	procs_exit(procs, &shell);
	procs_exit(procs, &init);
	for (int i = 0; i < 5; i++)
		procs_tick(procs);
	p = procs_find(procs, &tool);
	cr_expect_eq(procs_ancestors(procs, p, line), 1);
	expect_uses(procs, init, 1);
	procs_exit(procs, &tool);
	procs_tick(procs);
	procs_tick(procs);
	cr_expect_not(known(procs, init));
	cr_expect_not(known(procs, shell));
	cr_expect_eq(procs_count(procs), 1, "the kernel");
	procs_free(procs);
}

/* Lines of ancestors end somewhere, also when records claim a circle. */
Test(procs, a_circle_of_ancestors)
{
	struct procs *procs = procs_new(10);
	const struct proc *line[PROCS_ANCESTORS_MAX], *p;
	struct tg_key a = key(1, 1), b = key(2, 2);

	procs_keep_ancestors(procs);
	exec_process(procs, a, b, none, TG_P_EXECVE);
	p = exec_process(procs, b, a, none, TG_P_EXECVE);
	cr_expect_leq(procs_ancestors(procs, p, line), PROCS_ANCESTORS_MAX);
	procs_exit(procs, &a);
	procs_exit(procs, &b);
	procs_free(procs);
}

Test(procs, facts_are_shared_with_clones)
{
	struct procs *procs = procs_new(10);
	struct proc_facts facts = {.credentials = {.uid = 7, .effective = 3}};
	struct tg_key self = key(1, 1);
	struct proc *p;

	procs_exec(
		procs,
		&(struct proc_image){
			.key = self, .binary = "b", .arguments = "", .cwd = "", .facts = &facts});
	facts.credentials.uid = 8;
	p = clone_process(procs, key(2, 2), self);
	cr_assert_not_null(proc_facts(p));
	cr_expect_eq(proc_facts(p)->credentials.uid, 7);
	procs_free(procs);
}

/* Their ends were lost: nobody would ever give them up. */
Test(procs, an_older_image_of_a_pid_ends_when_the_next_begins)
{
	struct procs *procs = procs_new(10);
	struct tg_key shell = key(1, 10), first = key(7, 20), second = key(7, 30),
		      third = key(7, 40);

	exec_process(procs, shell, none, none, TG_P_EXECVE);
	clone_process(procs, first, shell);
	expect_uses(procs, shell, 2);
	clone_process(procs, second, shell);
	expect_uses(procs, shell, 2);
	expect_uses(procs, first, 0);
	cr_expect_eq(procs_replaced(procs), 1);
	/* What an exec replaces ends as ever, and is no loss. */
	exec_process(procs, third, shell, second, TG_P_EXECVE | TG_P_CLONE);
	expect_uses(procs, shell, 2);
	expect_uses(procs, third, 1);
	expect_uses(procs, second, 0);
	cr_expect_eq(procs_replaced(procs), 1);
	procs_exit(procs, &third);
	expect_uses(procs, shell, 1);
	procs_free(procs);
}
