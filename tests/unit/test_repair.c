/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/procfs.h"
#include "runtime/repair.h"

/* A kernel's table of a few entries. */
struct table {
	struct {
		uint32_t pid;
		struct tg_proc entry;
	} v[4];
	size_t count, looked;
	size_t stale_after; /* from this look on the entry has a newer image; 0: never */
};

static int look(void *context, uint32_t pid, struct tg_proc *out)
{
	struct table *t = context;

	t->looked++;
	for (size_t i = 0; i < t->count; i++) {
		if (t->v[i].pid != pid)
			continue;
		*out = t->v[i].entry;
		if (t->stale_after && t->looked >= t->stale_after)
			out->ktime++;
		return 0;
	}
	return -1;
}

static struct tg_key own_key(void)
{
	struct procfs_process p;
	struct tg_key key = {.pid = (uint32_t)getpid()};

	cr_assert_eq(procfs_read_one(&p, "/proc", key.pid, false), 0);
	key.ktime = p.ktime + 5; /* an exec a little later than the fork */
	procfs_process_free(&p);
	return key;
}

static void enter(struct table *t, struct tg_key key, struct tg_key parent, uint32_t flags)
{
	t->v[t->count].pid = key.pid;
	t->v[t->count++].entry = (struct tg_proc){.ktime = key.ktime,
						  .parent_pid = parent.pid,
						  .parent_ktime = parent.ktime,
						  .flags = flags};
}

static struct procs *one_process(struct tg_key key)
{
	struct procs *procs = procs_new(10);
	struct proc_image image = {
		.key = key, .uid = 5, .binary = "/bin/x", .arguments = "y", .cwd = "/"};

	procs_exec(procs, &image);
	return procs;
}

static const struct tg_key shell = {.pid = 1, .ktime = 10};

Test(repair, a_lost_exec_is_read_from_proc_and_says_so)
{
	struct procs *procs = one_process(shell);
	struct tg_key self = own_key();
	struct table t = {.count = 0};
	struct repair r = {.look = look, .context = &t, .procfs = "/proc"};
	const struct proc *p;
	char exe[4096];
	ssize_t size = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	cr_assert_gt(size, 0);
	exe[size] = '\0';
	enter(&t, self, shell, TG_P_EXECVE | TG_PROC_EXECS);
	cr_assert(repair_process(&r, procs, &self, 0));
	p = procs_find(procs, &self);
	cr_assert_not_null(p);
	cr_expect_str_eq(proc_binary(p), exe);
	cr_expect_eq(p->flags, TG_P_EXECVE | TG_P_PROCFS);
	cr_expect_eq(p->parent.pid, 1);
	cr_expect_eq(p->uid, geteuid());
	cr_expect_eq(r.repaired, 1);
	procs_free(procs);
}

Test(repair, a_lost_clone_is_its_parent_whether_it_lives_or_not)
{
	struct tg_key child = {.pid = 99999999, .ktime = 20},
		      grandchild = {.pid = 99999998, .ktime = 30};
	struct procs *procs = one_process(shell);
	struct table t = {.count = 0};
	struct repair r = {.look = look, .context = &t, .procfs = "/proc"};
	const struct proc *p;

	enter(&t, child, shell, TG_P_EXECVE | TG_PROC_FRESH | TG_PROC_DEAD);
	enter(&t, grandchild, child, TG_P_EXECVE | TG_PROC_FRESH);
	cr_assert(repair_process(&r, procs, &grandchild, 0));
	p = procs_find(procs, &grandchild);
	cr_assert_not_null(p);
	cr_expect_str_eq(proc_binary(p), "/bin/x");
	cr_expect_eq(p->flags, TG_P_EXECVE);
	cr_expect(p->cloned);
	cr_expect_eq(p->parent.pid, child.pid);
	cr_expect_not_null(procs_find(procs, &child), "the line is repaired from above");
	procs_free(procs);
}

/* Nothing is entered, and that is counted. */
static void expect_unknown(struct table *t, struct tg_key key)
{
	struct repair r = {.look = look, .context = t, .procfs = "/proc"};
	struct procs *procs = one_process(shell);

	cr_expect_not(repair_process(&r, procs, &key, 0));
	cr_expect_null(procs_find(procs, &key));
	cr_expect_eq(r.failed, 1);
	procs_free(procs);
}

Test(repair, another_image_or_another_process_is_never_taken_for_it)
{
	struct tg_key self = own_key(), earlier = self, gone = {.pid = 99999999, .ktime = 20};
	struct table none = {.count = 0}, newer = {.count = 0}, changes = {.stale_after = 2};
	struct table reused = {.count = 0}, dead = {.count = 0};

	expect_unknown(&none, self);
	enter(&newer, self, shell, TG_P_EXECVE);
	earlier.ktime--;
	expect_unknown(&newer, earlier);
	enter(&changes, self, shell, TG_P_EXECVE);
	expect_unknown(&changes, self);
	/* Its image is older than the process that has its id. */
	earlier.ktime = self.ktime - 1000000;
	enter(&reused, earlier, shell, TG_P_EXECVE);
	expect_unknown(&reused, earlier);
	enter(&dead, gone, shell, TG_P_EXECVE);
	expect_unknown(&dead, gone);
}

Test(repair, tries_are_few_in_a_second)
{
	struct table t = {.count = 0};
	struct repair r = {.look = look, .context = &t, .procfs = "/proc"};
	struct procs *procs = one_process(shell);
	struct tg_key key = {.pid = 7, .ktime = 20};
	uint64_t now = 5000000000ull;

	for (int i = 0; i < 3 * REPAIR_MOST; i++)
		repair_process(&r, procs, &key, now + (uint64_t)i);
	cr_expect_eq(t.looked, REPAIR_MOST);
	repair_process(&r, procs, &key, now + 1000000000ull);
	cr_expect_eq(t.looked, REPAIR_MOST + 1);
	procs_free(procs);
}

/* Who may read more says where a process runs, and what. */
static int read_links(void *reader, uint32_t pid, struct procfs_links *out)
{
	(*(int *)reader)++;
	*out = (struct procfs_links){.exe_size = 6, .cwd_size = 1, .namespaces = {9, 8}};
	memcpy(out->exe, "/bin/\xff", 6);
	out->cwd[0] = '/';
	return pid == 7 ? 0 : -1;
}

Test(repair, links_that_may_not_be_read_are_asked_for)
{
	struct proc_facts facts = {.namespaces = {0, 5}};
	struct procfs_process p = {.pid = 7,
				   .flags = TG_P_PROCFS | TG_P_ERR_FILE | TG_P_ERR_CWD,
				   .binary = strdup(""),
				   .cwd = strdup(""),
				   .facts = &facts};
	struct procfs_links links;
	int asked = 0;

	cr_assert_eq(read_links(&asked, 7, &links), 0);
	procfs_add_links(&p, &links);
	cr_expect_str_eq(p.binary, "/bin/\xef\xbf\xbd");
	cr_expect_str_eq(p.cwd, "/");
	cr_expect_eq(p.flags, TG_P_PROCFS | TG_P_ROOTCWD);
	cr_expect(facts.namespaces[0] == 9 && facts.namespaces[1] == 5);
	/* A size beyond the room, and a link that nobody could read, change nothing. */
	p.flags |= TG_P_ERR_FILE | TG_P_ERR_CWD;
	links.exe_size = 4097;
	links.cwd_size = -1;
	procfs_add_links(&p, &links);
	cr_expect_eq(p.flags, TG_P_PROCFS | TG_P_ROOTCWD | TG_P_ERR_FILE | TG_P_ERR_CWD);
	free(p.binary);
	free(p.cwd);
}

Test(repair, own_links_are_read_and_need_nobody)
{
	struct procs *procs = one_process(shell);
	struct tg_key self = own_key();
	struct procfs_links links;
	struct table t = {.count = 0};
	int asked = 0;
	struct repair r = {.look = look,
			   .context = &t,
			   .links = read_links,
			   .reader = &asked,
			   .procfs = "/proc"};

	enter(&t, self, shell, TG_P_EXECVE | TG_PROC_EXECS);
	cr_assert(repair_process(&r, procs, &self, 0));
	cr_expect_eq(asked, 0);
	procfs_read_links(&links, "/proc", self.pid);
	cr_expect_eq((size_t)links.exe_size, strlen(proc_binary(procs_find(procs, &self))));
	cr_expect_neq(links.namespaces[0], 0);
	procfs_read_links(&links, "/proc", 99999999);
	cr_expect(links.exe_size < 0 && links.cwd_size < 0);
	procs_free(procs);
}
