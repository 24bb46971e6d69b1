// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/procfs.h"
#include "runtime/ring_peek.h"
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
	const struct startup_kept *kept;
	struct procs *procs;
	struct procfs_list list;
	struct startup *out;
};

/* ---- a table that was kept ----------------------------------------------------------------- */

/* A process of the list, as the table has it. */
struct entry {
	const struct procfs_process *process;
	struct tg_proc is; /* ktime 0: it has none */
};

/* By process id. */
struct entries {
	struct entry *v;
	size_t count;
};

static int compare_pids(const void *a, const void *b)
{
	uint32_t p = ((const struct entry *)a)->process->pid;
	uint32_t q = ((const struct entry *)b)->process->pid;

	return p < q ? -1 : p > q;
}

static struct entry *find_entry(struct entries *all, uint32_t pid)
{
	struct procfs_process process = {.pid = pid};
	struct entry wanted = {.process = &process};

	return bsearch(&wanted, all->v, all->count, sizeof(wanted), compare_pids);
}

/* The start or exec that made this entry waits in the ring, and will tell more than /proc. */
static void leave_to_ring(void *state, const void *record, size_t size)
{
	struct tg_clone head; /* an exec begins alike */
	struct entry *e;

	if (size < sizeof(head))
		return;
	memcpy(&head, record, sizeof(head));
	if (head.head.kind != TG_EXEC && head.head.kind != TG_CLONE)
		return;
	e = find_entry(state, head.key.pid);
	if (e && e->is.ktime == head.key.ktime)
		e->is.ktime = 0;
}

/* Who has ended, or is younger than the entry says, is somebody else's business. */
static bool is_about(const struct tg_proc *entry, const struct procfs_process *p)
{
	return !(entry->flags & TG_PROC_DEAD) && entry->ktime >= p->ktime;
}

static int read_entries(struct scan *s, struct entries *out)
{
	out->v = calloc(s->list.count + 1, sizeof(*out->v));
	if (!out->v)
		return -1;
	for (size_t i = 0; i < s->list.count; i++) {
		struct entry e = {.process = &s->list.v[i]};

		if (!bpf_map_lookup_elem(s->table, &e.process->pid, &e.is) &&
		    is_about(&e.is, e.process))
			out->v[out->count++] = e;
	}
	qsort(out->v, out->count, sizeof(*out->v), compare_pids);
	return ring_peek(s->kept->ring_fd, s->kept->ring_size, leave_to_ring, out);
}

/* ---- each process -------------------------------------------------------------------------- */

static int remember(struct scan *s, const struct procfs_process *p, const struct tg_key *key,
		    const struct tg_key *parent, uint32_t flags)
{
	struct proc_image image = {
		.key = *key,
		.parent = *parent,
		.flags = flags,
		.uid = p->uid,
		.auid = p->auid,
		.binary = p->binary,
		.arguments = p->arguments,
		.cwd = p->cwd,
		.docker = p->docker.text,
		.nspid = p->nspid,
		.facts = p->facts,
	};

	if (!procs_exec(s->procs, &image))
		return -1;
	if (!p->kernel_thread)
		s->out->v[s->out->count++] = image.key;
	return 0;
}

static int add_process(struct scan *s, struct entries *entries, const struct procfs_process *p)
{
	const struct entry *e = entries->count ? find_entry(entries, p->pid) : NULL;
	struct tg_key key = key_of(p), parent = parent_of(&s->list, p);
	uint32_t flags = p->flags | (in_init_tree(&s->list, p) ? TG_P_INIT_TREE : 0);
	int result;

	if (e && e->is.ktime) {
		key.ktime = e->is.ktime;
		parent = (struct tg_key){.pid = e->is.parent_pid, .ktime = e->is.parent_ktime};
		return remember(s, p, &key, &parent, (e->is.flags & ~TG_PROC_FLAGS) | flags);
	}
	result = enter_table(s->table, s->directory, p, &parent, flags);
	if (result > 0)
		return 0;
	if (result < 0 && count_full(s->out))
		return -1;
	return remember(s, p, &key, &parent, flags);
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
	struct entries entries = {0};
	int result = order && !add_kernel(s->procs, s->table, s->out) ? 0 : -1;

	if (!result && s->kept)
		result = read_entries(s, &entries);

	for (size_t i = 0; order && i < count; i++)
		order[i] = &s->list.v[i];
	if (order)
		qsort(order, count, sizeof(struct procfs_process *), compare_ages);
	for (size_t i = 0; !result && i < count; i++)
		result = add_process(s, &entries, order[i]);
	free(entries.v);
	free(order);
	return result;
}

int startup_scan(struct startup *out, const char *directory, int table_fd,
		 const struct startup_kept *kept, struct procs *procs, bool facts,
		 struct failure *why)
{
	struct scan s = {directory, table_fd, kept, procs, {0}, out};
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
