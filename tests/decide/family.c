// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "family.h"
#include "tree.h"

#define SLACK 64

/* By generation: the process itself, its parent and so on; the kernel's first task is the last. */
static struct task_struct *tasks[SHAPE_PARENTS + 2];

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
	tasks[0] = task;
	number(task, FAKE_TGID, e->nspid);
	for (unsigned i = 0; i < e->parent_count; i++) {
		tasks[i + 1] = ancestor(e, &e->parents[i]);
		number(tasks[i + 1], e->parents[i].pid, e->parents[i].nspid);
	}
	tasks[e->parent_count + 1] = fake_alloc(sizeof(*task), SLACK);
	number(tasks[e->parent_count + 1], 0, 0);
	tasks[e->parent_count + 1]->real_parent = tasks[e->parent_count + 1];
	for (unsigned i = 0; i <= e->parent_count; i++)
		tasks[i]->real_parent = tasks[i + 1];
	if (e->exe_inherited && e->parent_count)
		task->mm = tasks[1]->mm;
}

/* ---- their lives ----------------------------------------------------------------------- */

typedef int program(__u64 *ctx);
typedef int iterator(struct bpf_iter__task *ctx);

static void *find(void *library, const char *name)
{
	void *at = dlsym(library, name);

	if (!at) {
		printf("the unit has no %s\n", name);
		exit(3);
	}
	return at;
}

/* A program that is about the current task is run by it. */
static void act(void *library, const char *name, struct task_struct *first,
		struct task_struct *second, struct task_struct *current)
{
	void *caller = fake_conditions.task;
	__u64 ctx[] = {(__u64)first, (__u64)second, 0};

	fake_conditions.task = current;
	((program *)find(library, name))(ctx);
	fake_conditions.task = caller;
}

static void live(void *library, const struct event *e, const char *what)
{
	char fork[64], exec[64];

	snprintf(fork, sizeof(fork), "tg_%s_fork", what);
	snprintf(exec, sizeof(exec), "tg_%s_exec", what);
	for (unsigned i = e->parent_count + 1; i-- > 0;) {
		act(library, fork, tasks[i + 1], tasks[i], tasks[i + 1]);
		if (i || !e->exe_inherited)
			act(library, exec, tasks[i], NULL, tasks[i]);
	}
}

/* In the order of their numbers, as if the youngest had the lowest. */
static void go_through(void *library, const struct event *e, const char *name)
{
	for (unsigned i = 0; i <= e->parent_count; i++) {
		struct bpf_iter__task ctx = {.task = tasks[i]};

		((iterator *)find(library, name))(&ctx);
	}
}

void family_tell(void *library, const struct event *e, enum family_history history)
{
	if (history == FAMILY_LIVED) {
		live(library, e, "bits");
	} else if (history == FAMILY_BEFORE) {
		go_through(library, e, "tg_bits_scan");
		go_through(library, e, "tg_bits_families");
		go_through(library, e, "tg_bits_families");
	}
}
