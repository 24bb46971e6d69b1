// SPDX-License-Identifier: Apache-2.0
#include "runtime/repair.h"

#define SECOND	   1000000000ull
#define LINE_DEPTH 8 /* parents that are unknown, too */

static bool may_try(struct repair *r, uint64_t now)
{
	if (now - r->second >= SECOND) {
		r->second = now;
		r->tries = 0;
	}
	return r->tries++ < REPAIR_MOST;
}

/* Whether the table's entry is about this image, and not about what the process ran before or
 * runs by now. */
static bool is_current(struct repair *r, const struct tg_key *key, struct tg_proc *out)
{
	return !r->look(r->context, key->pid, out) && out->ktime == key->ktime;
}

static struct tg_key parent_of(const struct tg_proc *entry)
{
	return (struct tg_key){.pid = entry->parent_pid, .ktime = entry->parent_ktime};
}

/* What the lost record said is all in the table. */
static bool clone_again(struct procs *procs, const struct tg_key *key, const struct tg_proc *entry)
{
	struct tg_clone clone = {
		.key = *key, .parent = parent_of(entry), .flags = entry->flags & ~TG_PROC_FLAGS};

	return procs_clone(procs, &clone) != NULL;
}

static bool exec_again(struct procs *procs, const struct tg_key *key, const struct tg_proc *entry,
		       const struct procfs_process *p)
{
	struct proc_image image = {
		.key = *key,
		.parent = parent_of(entry),
		.flags = (entry->flags & ~TG_PROC_FLAGS) | p->flags,
		.uid = p->uid,
		.auid = p->auid,
		.nspid = p->nspid,
		.binary = p->binary,
		.arguments = p->arguments,
		.cwd = p->cwd,
		.docker = p->docker.text,
		.facts = p->facts,
	};

	return procs_exec(procs, &image) != NULL;
}

static void ask_links(struct repair *r, struct procfs_process *p)
{
	struct procfs_links links;

	if (r->links && p->flags & (TG_P_ERR_FILE | TG_P_ERR_CWD) &&
	    !r->links(r->reader, p->pid, &links))
		procfs_add_links(p, &links);
}

/* /proc tells of the image only if the table had it before and after; of the process, only if that
 * is not younger than its image. */
static bool read_image(struct repair *r, struct procs *procs, const struct tg_key *key)
{
	struct procfs_process p;
	struct tg_proc entry;
	bool done = false;

	if (procfs_read_one(&p, r->procfs, key->pid, r->facts))
		return false;
	ask_links(r, &p);
	if (p.ktime <= key->ktime && is_current(r, key, &entry))
		done = exec_again(procs, key, &entry, &p);
	procfs_process_free(&p);
	return done;
}

static bool repair_line(struct repair *r, struct procs *procs, const struct tg_key *key, int depth)
{
	struct tg_proc entry;
	struct tg_key parent;

	if (!is_current(r, key, &entry))
		return false;
	parent = parent_of(&entry);
	if (depth && parent.ktime && !procs_find(procs, &parent))
		repair_line(r, procs, &parent, depth - 1);
	if (entry.flags & TG_PROC_FRESH)
		return clone_again(procs, key, &entry);
	return read_image(r, procs, key);
}

bool repair_process(struct repair *r, struct procs *procs, const struct tg_key *key, uint64_t now)
{
	if (!key->pid || !key->ktime || !may_try(r, now))
		return false;
	if (!repair_line(r, procs, key, LINE_DEPTH)) {
		r->failed++;
		return false;
	}
	r->repaired++;
	return true;
}
