// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/procfs.h"
#include "runtime/startup.h"

#define ANCESTORS_MAX 64 /* how far up a namespace's first process is looked for */
#define NO_AUID	      UINT32_MAX

static struct tg_key key_of(const struct procfs_process *p)
{
	return (struct tg_key){.pid = p->pid, .ktime = p->ktime};
}

static const struct tg_key kernel_key = {.pid = 0, .ktime = 1};

static struct tg_key parent_of(const struct procfs_list *list, const struct procfs_process *p)
{
	const struct procfs_process *parent = procfs_lookup(list, p->parent_pid);

	if (!p->parent_pid)
		return kernel_key;
	return parent ? key_of(parent) : (struct tg_key){.pid = p->parent_pid};
}

static bool in_init_tree(const struct procfs_list *list, const struct procfs_process *p)
{
	for (int i = 0; p && i < ANCESTORS_MAX; i++) {
		if (p->nspid == 1)
			return true;
		p = procfs_lookup(list, p->parent_pid);
	}
	return false;
}

/* Without an entry the process is unknown in later events: a loss, no reason to stop. */
static int count_full(struct startup *out)
{
	if (errno != E2BIG && errno != ENOMEM)
		return -1;
	out->table_full++;
	return 0;
}

static int add_kernel(struct procs *procs, int table, struct startup *out)
{
	struct tg_proc value = {.ktime = kernel_key.ktime, .flags = TG_P_PROCFS};
	struct proc_image image = {
		.key = kernel_key,
		.parent = kernel_key,
		.flags = TG_P_PROCFS,
		.auid = NO_AUID,
		.binary = "<kernel>",
		.arguments = "",
		.cwd = "",
	};

	if (!procs_exec(procs, &image))
		return -1;
	return bpf_map_update_elem(table, &kernel_key.pid, &value, BPF_ANY) ? count_full(out) : 0;
}

/* 1 when the kernel's table has a newer entry, or the process has ended meanwhile. */
static int enter_table(int table, const char *directory, const struct procfs_process *p,
		       const struct tg_key *parent, uint32_t flags)
{
	struct tg_proc value = {
		.ktime = p->ktime,
		.parent_ktime = parent->ktime,
		.parent_pid = parent->pid,
		.flags = flags,
	};

	if (bpf_map_update_elem(table, &p->pid, &value, BPF_NOEXIST))
		return errno == EEXIST ? 1 : -1;
	if (procfs_alive(directory, p))
		return 0;
	/* It ended before its entry was there to be removed by the exit program. */
	bpf_map_delete_elem(table, &p->pid);
	return 1;
}

struct scan {
	const char *directory;
	int table;
	struct procs *procs;
	struct procfs_list list;
	struct startup *out;
};

static int add_process(struct scan *s, const struct procfs_process *p)
{
	struct proc_image image = {
		.key = key_of(p),
		.parent = parent_of(&s->list, p),
		.flags = p->flags | (in_init_tree(&s->list, p) ? TG_P_INIT_TREE : 0),
		.uid = p->uid,
		.auid = p->auid,
		.binary = p->binary,
		.arguments = p->arguments,
		.cwd = p->cwd,
		.docker = p->docker.text,
		.nspid = p->nspid,
		.facts = p->facts,
	};
	int result = enter_table(s->table, s->directory, p, &image.parent, image.flags);

	if (result > 0)
		return 0;
	if ((result < 0 && count_full(s->out)) || !procs_exec(s->procs, &image))
		return -1;
	if (!p->kernel_thread)
		s->out->v[s->out->count++] = image.key;
	return 0;
}

/* A parent is older than its children. */
static int compare_ages(const void *a, const void *b)
{
	const struct procfs_process *p = *(struct procfs_process *const *)a;
	const struct procfs_process *q = *(struct procfs_process *const *)b;

	if (p->ktime != q->ktime)
		return p->ktime < q->ktime ? -1 : 1;
	return p->pid < q->pid ? -1 : p->pid > q->pid;
}

/* The oldest first: an entry counts as its parent's user only if the parent is there. */
static int add_all(struct scan *s)
{
	size_t count = s->list.count;
	struct procfs_process **order = calloc(count + 1, sizeof(struct procfs_process *));
	int result = order && !add_kernel(s->procs, s->table, s->out) ? 0 : -1;

	for (size_t i = 0; order && i < count; i++)
		order[i] = &s->list.v[i];
	if (order)
		qsort(order, count, sizeof(struct procfs_process *), compare_ages);
	for (size_t i = 0; !result && i < count; i++)
		result = add_process(s, order[i]);
	free(order);
	return result;
}

int startup_scan(struct startup *out, const char *directory, int table_fd, struct procs *procs,
		 bool facts, struct failure *why)
{
	struct scan s = {directory, table_fd, procs, {0}, out};
	int result;

	*out = (struct startup){0};
	if (procfs_read(&s.list, directory, facts))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot read %s: %s", directory,
				   strerror(errno));
	out->v = calloc(s.list.count + 1, sizeof(*out->v));
	result = out->v ? add_all(&s) : -1;
	if (result)
		failure_set(why, TGRUN_ENVIRONMENT, "cannot fill the process table: %s",
			    strerror(errno));
	procfs_list_free(&s.list);
	return result;
}

void startup_free(struct startup *s)
{
	free(s->v);
	*s = (struct startup){0};
}
