// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "family.h"
#include "tree.h"

#define SLACK 64

/* By generation: the process itself, its parent and so on; the kernel's initial task is the last.
 */
static struct task_struct *tasks[SHAPE_PARENTS + 2];
static struct task_struct *initial; /* process 1 */

/* ---- tasks ----------------------------------------------------------------------------- */

static struct pid *pid_of(uint32_t nspid)
{
	struct pid *pid = fake_alloc(sizeof(*pid) + sizeof(struct upid), SLACK);

	pid->level = nspid ? 1 : 0;
	pid->numbers[pid->level].nr = (int)nspid;
	return pid;
}

static void number(struct task_struct *task, uint32_t pid, uint32_t nspid)
{
	task->pid = task->tgid = (int)pid;
	task->group_leader = task;
	task->thread_pid = pid_of(nspid);
	task->signal = fake_alloc(sizeof(*task->signal), SLACK);
	task->signal->live.counter = 0;
	task->start_time = 1000 + pid;
}

/* Every kind of namespace but users' begins with its number. */
static void *namespace(uint32_t inode)
{
	struct ns_common *ns = fake_alloc(sizeof(*ns), SLACK);

	ns->inum = inode;
	return ns;
}

static struct user_namespace *users(uint32_t inode)
{
	struct user_namespace *ns = fake_alloc(sizeof(*ns), SLACK);

	ns->ns.inum = inode;
	return ns;
}

static void situation(struct task_struct *task, const uint32_t *inodes,
		      const uint64_t *capabilities)
{
	struct cred *cred = fake_alloc(sizeof(*cred), SLACK);
	struct nsproxy *all = fake_alloc(sizeof(*all), SLACK);

	cred->cap_effective.bits = capabilities[0];
	cred->cap_inheritable.bits = capabilities[1];
	cred->cap_permitted.bits = capabilities[2];
	all->uts_ns = namespace(inodes[0]);
	all->ipc_ns = namespace(inodes[1]);
	all->mnt_ns = namespace(inodes[2]);
	task->thread_pid->numbers[task->thread_pid->level].ns = namespace(inodes[3]);
	all->pid_ns_for_children = namespace(inodes[4]);
	all->net_ns = namespace(inodes[5]);
	all->time_ns = namespace(inodes[6]);
	all->time_ns_for_children = namespace(inodes[7]);
	all->cgroup_ns = namespace(inodes[8]);
	cred->user_ns = users(inodes[9]);
	task->cred = cred;
	task->nsproxy = all;
}

static struct task_struct *ancestor(const struct event *e, const struct relative *r)
{
	struct event as = *e;

	as.exe = r->exe;
	as.exe_given = true;
	as.kernel_thread = r->kernel_thread;
	as.root = (struct text){"", 0};
	return tree_task(&as);
}

void family_make(const struct event *e, struct task_struct *task)
{
	struct event host;

	tasks[0] = task;
	number(task, FAKE_TGID, e->nspid);
	situation(task, e->namespaces, e->capabilities);
	for (unsigned i = 0; i < e->parent_count; i++) {
		tasks[i + 1] = ancestor(e, &e->parents[i]);
		number(tasks[i + 1], e->parents[i].pid, e->parents[i].nspid);
		situation(tasks[i + 1], e->namespaces, e->capabilities);
	}
	tasks[e->parent_count + 1] = fake_alloc(sizeof(*task), SLACK);
	number(tasks[e->parent_count + 1], 0, 0);
	tasks[e->parent_count + 1]->real_parent = tasks[e->parent_count + 1];
	for (unsigned i = 0; i <= e->parent_count; i++)
		tasks[i]->real_parent = tasks[i + 1];
	event_begin(&host);
	initial = fake_alloc(sizeof(*initial), SLACK);
	number(initial, 1, 0);
	situation(initial, host.namespaces, host.capabilities);
	if (e->exe_inherited && e->parent_count)
		task->mm = tasks[1]->mm;
}

/* ---- their lives ----------------------------------------------------------------------- */

typedef int program(__u64 *ctx);
typedef int iterator(struct bpf_iter__task *ctx);

/* NULL: no policy of the unit asks for what the program keeps. With one that does, a program that
 * is missing is a mistake. */
static void *find(void *library, const char *name, const char *keeps)
{
	void *at = dlsym(library, name);

	if (!at && dlsym(library, keeps)) {
		printf("the unit has no %s\n", name);
		exit(3);
	}
	return at;
}

static void iterate(void *library, const char *name, const char *keeps, struct task_struct *task)
{
	struct bpf_iter__task ctx = {.task = task};
	iterator *run = (iterator *)find(library, name, keeps);

	if (run)
		run(&ctx);
}

/* A program that is about the current task is run by it. */
static void act(program *run, struct task_struct *about, struct task_struct *second,
		struct task_struct *current)
{
	void *caller = fake_conditions.task;
	__u64 ctx[] = {(__u64)about, (__u64)second, 0};

	fake_conditions.task = current;
	if (run)
		run(ctx);
	fake_conditions.task = caller;
}

static void live(void *library, const struct event *e, const char *what, const char *keeps)
{
	program *run_fork, *run_exec;
	char fork[64], exec[64];

	snprintf(fork, sizeof(fork), "tg_%s_fork", what);
	snprintf(exec, sizeof(exec), "tg_%s_exec", what);
	run_fork = (program *)find(library, fork, keeps);
	run_exec = (program *)find(library, exec, keeps);
	for (unsigned i = e->parent_count + 1; i-- > 0;) {
		act(run_fork, tasks[i + 1], tasks[i], tasks[i + 1]);
		if (i || !e->exe_inherited)
			act(run_exec, tasks[i], NULL, tasks[i]);
	}
}

/* In the order of their numbers, as if the youngest had the lowest. */
static void go_through(void *library, const struct event *e, const char *name, const char *keeps)
{
	for (unsigned i = 0; i <= e->parent_count; i++)
		iterate(library, name, keeps, tasks[i]);
}

void family_tell(void *library, const struct event *e, enum family_history history)
{
	iterate(library, "tg_host_scan", "tg_host_inodes", initial);
	situation(tasks[0], e->recorded_namespaces, e->recorded_capabilities);
	if (history == FAMILY_LIVED) {
		live(library, e, "bits", "tg_bits");
		live(library, e, "changes", "tg_recorded");
	} else if (history == FAMILY_BEFORE) {
		go_through(library, e, "tg_changes_scan", "tg_recorded");
		go_through(library, e, "tg_bits_scan", "tg_bits");
		go_through(library, e, "tg_bits_families", "tg_bits");
		go_through(library, e, "tg_bits_families", "tg_bits");
	}
	situation(tasks[0], e->namespaces, e->capabilities);
}
