// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The process programs that every tgrun carries: they keep the process table and report
 * exec, clone and exit. Bundles rely on the table, so these attach before any bundle.
 */
#include "tg_path.h"
#include "tg_namespaces.h"

_Static_assert(TG_EXEC_NAMESPACES == TG_NAMESPACES, "kinds of namespaces");

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/*
 * Entries not delivered, by enum tg_kind; index 0: process table full. Behind them, from
 * TG_STOOD_IN on, what a spare program (below) did in another's place, and from TG_UNSURE on, what
 * it left alone because it could not tell whether it was done.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TG_UNSURE + TG_KIND_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} tg_base_lost SEC(".maps");

#define TG_PROC_EXECS_OF(id) (((__u32)(id) | 8) << 26 & TG_PROC_EXECS)

#define TG_ANCESTORS 4 /* how far up a parent with an entry is looked for */

static __inline void count_lost(__u32 kind)
{
	__u64 *n = bpf_map_lookup_elem(&tg_base_lost, &kind);

	if (n)
		__sync_fetch_and_add(n, 1);
}

static __inline void emit(void *record, __u64 size, __u32 kind)
{
	if (bpf_ringbuf_output(&tg_ring, record, size, 0))
		count_lost(kind);
}

/*
 * What a task points to, read once and before anything branches: for each load of a pointer from a
 * trusted one that they come to, verifiers look through all of the kernel's types several times.
 */
struct task_parts {
	struct task_struct *parent;
	struct pid *pid;
	const struct cred *cred;
	struct nsproxy *nsproxy;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct css_set *cgroups;
};

/* The pid in the innermost namespace; 0 in the initial one. */
static __inline __u32 namespace_pid(struct pid *pid)
{
	__u32 level = pid->level;
	int nr = 0;

	if (!level)
		return 0;
	bpf_probe_read_kernel(&nr, sizeof(nr), &pid->numbers[level & 31].nr);
	return nr;
}

/* The nearest ancestor with an entry; `miss` when there is none within reach. */
static __inline struct tg_proc *find_parent(struct task_struct *parent, struct tg_key *key,
					    bool *miss)
{
	__u64 up = (__u64)parent;
	__u32 tgid = parent->tgid;
	struct tg_proc *found;

	key->pid = tgid;
#pragma clang loop unroll(full)
	for (int i = 0; i < TG_ANCESTORS; i++) {
		if (i)
			tgid = tg_member(up, struct task_struct, tgid);
		found = bpf_map_lookup_elem(&tg_proc, &tgid);
		if (found) {
			key->pid = tgid;
			key->ktime = found->ktime;
			*miss = false;
			return found;
		}
		up = tg_member(up, struct task_struct, real_parent);
	}
	*miss = true;
	return NULL;
}

static __inline __u32 inherited_flags(const struct tg_proc *parent, __u32 nspid)
{
	if (nspid == 1 || (parent && (parent->flags & TG_P_INIT_TREE)))
		return TG_P_INIT_TREE;
	return 0;
}

static __inline void report_clone(struct task_struct *child, bool spare)
{
	struct tg_clone r = {.head = {.kind = TG_CLONE, .size = sizeof(r)}};
	struct tg_proc entry = {}, *parent;
	struct task_struct *up = child->real_parent;
	struct pid *pid = child->thread_pid;
	__u32 tgid = child->tgid;
	bool miss;

	parent = find_parent(up, &r.parent, &miss);
	r.head.ktime = bpf_ktime_get_boot_ns();
	r.nspid = namespace_pid(pid);
	r.flags = TG_P_EXECVE | inherited_flags(parent, r.nspid) | (miss ? TG_P_MISS : 0);
	r.key.pid = tgid;
	r.key.ktime = r.head.ktime;
	entry.ktime = r.head.ktime;
	entry.parent_pid = r.parent.pid;
	entry.parent_ktime = r.parent.ktime;
	entry.flags = r.flags | TG_PROC_FRESH;
	tg_known_forget(tgid);
	if (bpf_map_update_elem(&tg_proc, &tgid, &entry, BPF_ANY)) {
		/* That there is no entry does not tell whether this was done before. */
		count_lost(spare ? TG_UNSURE + TG_CLONE : 0);
		if (spare)
			return;
	}
	if (spare)
		count_lost(TG_STOOD_IN + TG_CLONE);
	emit(&r, sizeof(r), TG_CLONE);
}

SEC("tp_btf/sched_process_fork")
int tg_clone(__u64 *ctx)
{
	struct task_struct *child = (void *)ctx[1];

	if (child->pid == child->tgid)
		report_clone(child, false);
	return 0;
}

struct rest_record {
	struct tg_rest fixed;
	char bytes[TG_REST_MAX + 1];
};

/* What is only told when it is asked for. */
const volatile struct tg_wanted tg_wanted SEC(TG_WANTED_SECTION) = {0};

/* Half of the ring is for others: whoever executes programs with long arguments floods it. */
static __inline bool has_room(void)
{
	return bpf_ringbuf_query(&tg_ring, BPF_RB_AVAIL_DATA) <
	       bpf_ringbuf_query(&tg_ring, BPF_RB_RING_SIZE) / 2;
}

/* Its size with the NUL; below 0 when it cannot be read. */
static __inline long first_text(__u64 from)
{
	struct rest_record *r = has_room() ? bpf_ringbuf_reserve(&tg_ring, sizeof(*r), 0) : NULL;
	long n = -1;

	if (!r)
		return n;
	n = bpf_probe_read_user_str(r->bytes, TG_PATH_MAX, (const void *)from);
	bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
	return n;
}

/*
 * Sends what an exec's record will have no room for, in records of its own. Whether some of it was
 * not sent. Verifiers look at a global function once, by itself, and allow none where a program
 * has working memory: so this comes before the exec's record.
 */
__subprogram int tg_send_rest(__u64 from, __u64 end, __u64 ktime, __u32 of)
{
	long skip = of == TG_REST_ARGS ? first_text(from) + TG_ARGV_MAX - 1 : TG_ENV_MAX - 1;

	from += skip;
	if (skip < TG_ARGV_MAX - 1)
		return 1;
	for (__u32 i = 0; i < TG_RESTS_MAX && from < end; i++) {
		__u64 size = end - from < TG_REST_MAX ? end - from : TG_REST_MAX;
		struct rest_record *r = NULL;

		if (has_room())
			r = bpf_ringbuf_reserve(&tg_ring, sizeof(*r), 0);
		if (!r) {
			count_lost(TG_REST);
			break;
		}
		tg_bound(size, TG_REST_MAX);
		if (bpf_probe_read_user(r->bytes, size, (const void *)from)) {
			bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
			break;
		}
		__builtin_memset(&r->fixed, 0, sizeof(r->fixed));
		r->fixed.head.kind = TG_REST;
		r->fixed.head.size = sizeof(r->fixed) + size;
		r->fixed.head.ktime = r->fixed.key.ktime = ktime;
		r->fixed.key.pid = bpf_get_current_pid_tgid() >> 32;
		r->fixed.of = of;
		r->fixed.at = i * TG_REST_MAX;
		bpf_ringbuf_submit(r, 0);
		from += size;
	}
	return from < end;
}

/* What was sent before an exec's record. */
struct sent {
	__u64 ktime;	 /* of the exec; 0: nothing */
	__u32 args, env; /* flags for its record */
};

static __inline void send_rests(struct task_struct *task, struct sent *sent)
{
	struct mm_struct *mm = task->mm;
	__u64 args = mm->arg_start, args_end = mm->arg_end;
	__u64 env = tg_wanted.environment ? mm->env_start : 0;
	__u64 env_end = tg_wanted.environment ? mm->env_end : 0;

	if (args_end - args < TG_ARGV_MAX && env_end - env < TG_ENV_MAX)
		return;
	sent->ktime = bpf_ktime_get_boot_ns();
	if (args_end - args >= TG_ARGV_MAX)
		sent->args = tg_send_rest(args, args_end, sent->ktime, TG_REST_ARGS)
				     ? TG_P_DATA_ARGS | TG_P_TRUNC_ARGS
				     : TG_P_DATA_ARGS;
	if (env_end - env >= TG_ENV_MAX)
		sent->env = tg_send_rest(env, env_end, sent->ktime, TG_REST_ENV)
				    ? TG_P_DATA_ENVS | TG_P_ERR_ENVS
				    : TG_P_DATA_ENVS;
}

/*
 * The parts of an exec record's tail are appended one after the other; s->end says where.
 * Sizes go through memory so that the verifier does not follow one path for every range.
 */
static __inline void append_path(struct tg_scratch *s, struct tg_exec *r, const char *filename)
{
	long n = bpf_probe_read_kernel_str(s->record + sizeof(*r), TG_PATH_MAX, filename);

	s->end = sizeof(*r);
	if (n < 1) {
		r->flags |= TG_P_ERR_FILE;
		return;
	}
	r->path_size = n - 1;
	s->end = sizeof(*r) + n - 1;
}

/* argv without argv[0], as the new program will see it: NUL-separated. */
static __inline void append_args(struct tg_scratch *s, struct tg_exec *r, struct mm_struct *mm,
				 __u32 sent)
{
	__u64 start = mm->arg_start, end = mm->arg_end, size;
	long skip = bpf_probe_read_user_str(s->text, TG_PATH_MAX, (const void *)start);
	__u32 at = tg_fresh(s->end);

	size = end - start - skip;
	if (skip < 0 || at > sizeof(*r) + TG_PATH_MAX) {
		r->flags |= TG_P_ERR_ARGS;
		return;
	}
	if ((__s64)size <= 0)
		return;
	if (size > TG_ARGV_MAX - 1) {
		r->flags |= sent;
		size = TG_ARGV_MAX - 1;
	}
	tg_bound(size, TG_ARGV_MAX - 1);
	if (bpf_probe_read_user(s->record + at, size, (const void *)(start + skip))) {
		r->flags |= TG_P_ERR_ARGS;
		return;
	}
	r->args_size = size;
	s->end = at + size;
}

static __inline void append_cwd(struct tg_scratch *s, struct tg_exec *r, struct fs_struct *fs)
{
	__u32 start, len, at;

	tg_path_text(s, (__u64)fs->pwd.dentry, (__u64)fs->pwd.mnt, (__u64)fs);
	start = tg_fresh(s->read.start);
	len = tg_fresh(s->read.len);
	at = tg_fresh(s->end);
	if (tg_fresh(s->read.flags) & TG_PATH_UNRESOLVED)
		r->flags |= TG_P_ERR_CWDPATH;
	if (!len)
		r->flags |= TG_P_ROOTCWD;
	tg_bound(start, TG_TEXT_MASK);
	if (!len || len > TG_PATH_MAX || at > sizeof(*r) + TG_PATH_MAX + TG_ARGV_MAX)
		return;
	bpf_probe_read_kernel(s->record + at, len, s->text + start);
	r->cwd_size = len;
	s->end = at + len;
}

/* By the unified hierarchy: the cgroup's number, and its name, which has a container's id in it. */
static __inline void append_cgroup(struct tg_scratch *s, struct tg_exec *r, struct css_set *groups)
{
	__u32 at = tg_fresh(s->end);
	long n;

	r->cgroup = bpf_get_current_cgroup_id();
	if (at > sizeof(*r) + TG_PATH_MAX + TG_ARGV_MAX + TG_PATH_MAX)
		return;
	n = bpf_probe_read_kernel_str(s->record + at, TG_CGROUP_MAX + 1,
				      groups->dfl_cgrp->kn->name);
	if (n < 1)
		return;
	r->cgroup_size = n - 1;
	s->end = at + n - 1;
}

#define cred_at(member) (tg_offset(struct cred, member) - tg_offset(struct cred, uid))
#define CRED_WORDS	16 /* from `uid` to the last capability */

/* As kernels have them that do not shuffle structures; there may be a gap before the capabilities.
 */
#define cred_in_order()                                                                            \
	(cred_at(gid) == 4 && cred_at(suid) == 8 && cred_at(sgid) == 12 && cred_at(euid) == 16 &&  \
	 cred_at(egid) == 20 && cred_at(fsuid) == 24 && cred_at(fsgid) == 28 &&                    \
	 cred_at(securebits) == 32 && cred_at(cap_permitted) == cred_at(cap_inheritable) + 8 &&    \
	 cred_at(cap_effective) == cred_at(cap_inheritable) + 16)

static __inline void take_credentials(struct tg_credentials *c, const __u32 *w, const int caps)
{
	c->uid = w[0];
	c->gid = w[1];
	c->suid = w[2];
	c->sgid = w[3];
	c->euid = w[4];
	c->egid = w[5];
	c->fsuid = w[6];
	c->fsgid = w[7];
	c->securebits = w[8];
	c->inheritable = w[caps] | (__u64)w[caps + 1] << 32;
	c->permitted = w[caps + 2] | (__u64)w[caps + 3] << 32;
	c->effective = w[caps + 4] | (__u64)w[caps + 5] << 32;
}

/* One read where it can be: each costs as much as four typed loads. */
static __inline void exec_credentials(struct tg_credentials *c, const struct cred *cred)
{
	__u32 w[CRED_WORDS] = {};

	if (cred_in_order() && cred_at(cap_inheritable) == 36) {
		bpf_probe_read_kernel(w, 60, &cred->uid);
		take_credentials(c, w, 9);
		return;
	}
	if (cred_in_order() && cred_at(cap_inheritable) == 40) {
		bpf_probe_read_kernel(w, 64, &cred->uid);
		take_credentials(c, w, 10);
		return;
	}
	c->uid = cred->uid.val;
	c->gid = cred->gid.val;
	c->euid = cred->euid.val;
	c->egid = cred->egid.val;
	c->suid = cred->suid.val;
	c->sgid = cred->sgid.val;
	c->fsuid = cred->fsuid.val;
	c->fsgid = cred->fsgid.val;
	c->securebits = cred->securebits;
	bpf_probe_read_kernel(&c->permitted, sizeof(c->permitted), &cred->cap_permitted);
	bpf_probe_read_kernel(&c->effective, sizeof(c->effective), &cred->cap_effective);
	bpf_probe_read_kernel(&c->inheritable, sizeof(c->inheritable), &cred->cap_inheritable);
}

/* An element of an array whose index is not known has no type. */
static __inline __u32 pid_namespace_inode(struct pid *pid)
{
	struct pid_namespace *ns = NULL;
	__u32 inode = 0;

	bpf_probe_read_kernel(&ns, sizeof(ns), &pid->numbers[pid->level & 31].ns);
	bpf_probe_read_kernel(&inode, sizeof(inode), &ns->ns.inum);
	return inode;
}

#define namespace_inode(all, member)                                                               \
	(tg_has_field(struct nsproxy, member) ? (all)->member->ns.inum : 0)

static __inline void exec_namespaces(__u32 *inodes, const struct task_parts *parts)
{
	struct nsproxy *all = parts->nsproxy;

	inodes[0] = namespace_inode(all, uts_ns);
	inodes[1] = namespace_inode(all, ipc_ns);
	inodes[2] = namespace_inode(all, mnt_ns);
	inodes[3] = parts->pid->level ? pid_namespace_inode(parts->pid) : TG_FIRST_PID_NAMESPACE;
	inodes[4] = namespace_inode(all, pid_ns_for_children);
	inodes[5] = namespace_inode(all, net_ns);
	inodes[6] = namespace_inode(all, time_ns);
	inodes[7] = namespace_inode(all, time_ns_for_children);
	inodes[8] = namespace_inode(all, cgroup_ns);
	inodes[9] = parts->cred->user_ns->ns.inum;
}

/*
 * In the entry's place where there is one: only this task, the last of its process, changes it.
 * Another that reads it meanwhile takes single members only. The flags say that all is done.
 */
static __inline void keep_identity(const struct tg_exec *r, struct tg_proc *old, __u32 execs)
{
	struct tg_proc entry = {};
	__u32 tgid = r->key.pid;

	if (old) {
		old->ktime = r->key.ktime;
		old->parent_pid = r->parent.pid;
		old->parent_ktime = r->parent.ktime;
		tg_known_forget(tgid);
		tg_fresh(old->flags) = r->flags | execs;
		return;
	}
	entry.ktime = r->key.ktime;
	entry.parent_pid = r->parent.pid;
	entry.parent_ktime = r->parent.ktime;
	entry.flags = r->flags | execs;
	if (bpf_map_update_elem(&tg_proc, &tgid, &entry, BPF_ANY))
		count_lost(0);
	tg_known_forget(tgid);
}

static __inline void exec_identity(struct tg_exec *r, struct task_struct *task,
				   const struct task_parts *parts, __u64 ktime)
{
	__u32 tgid = task->tgid;
	struct tg_proc *old = bpf_map_lookup_elem(&tg_proc, &tgid), *parent;
	bool miss;

	parent = find_parent(parts->parent, &r->parent, &miss);
	r->head.ktime = ktime ? ktime : bpf_ktime_get_boot_ns();
	r->key.pid = tgid;
	r->key.ktime = r->head.ktime;
	r->nspid = namespace_pid(parts->pid);
	r->uid = parts->cred->euid.val;
	r->auid = tg_has_field(struct task_struct, loginuid) ? task->loginuid.val : ~0u;
	r->flags |= TG_P_EXECVE | inherited_flags(parent, r->nspid) | (miss ? TG_P_MISS : 0);
	r->previous.pid = tgid;
	if (old) {
		r->previous.ktime = old->ktime;
		r->flags |= old->flags & TG_P_INIT_TREE;
		if (old->flags & TG_PROC_FRESH)
			r->flags |= TG_P_CLONE;
	}
	exec_credentials(&r->credentials, parts->cred);
	exec_namespaces(r->namespaces, parts);
	keep_identity(r, old, TG_PROC_EXECS_OF(task->self_exec_id));
}

/* ---- what is only told when it is asked for ------------------------------------------------- */

/* What execs under way have raised, by process. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} tg_raised SEC(".maps");

static __inline __u64 permitted_of(__u64 cred)
{
	return tg_word((const char *)cred + tg_offset(struct cred, cap_permitted));
}

static __inline __u32 raised_by(__u64 cred, __u64 old)
{
	__u32 uid = tg_member(cred, struct cred, uid), euid = tg_member(cred, struct cred, euid);
	__u32 egid = tg_member(cred, struct cred, egid), raised = 0;

	if (euid != (__u32)tg_member(old, struct cred, euid))
		raised |= TG_RAISED_SETUID;
	if (egid != (__u32)tg_member(old, struct cred, egid))
		raised |= TG_RAISED_SETGID;
	if (!(permitted_of(cred) & ~permitted_of(old)))
		return raised;
	if (!euid && (raised & TG_RAISED_SETUID))
		raised |= TG_RAISED_SETUID_ROOT;
	else if (!egid && (raised & TG_RAISED_SETGID))
		raised |= TG_RAISED_SETGID_ROOT;
	else if (uid && euid)
		raised |= TG_RAISED_FILE_CAPS;
	return raised;
}

/* The last moment at which both the new and the old credentials are there. */
SEC("fentry/security_bprm_committing_creds")
int tg_raise(__u64 *ctx)
{
	struct linux_binprm *bprm = (void *)ctx[0];
	__u64 old = tg_member(bpf_get_current_task(), struct task_struct, cred);
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, raised = raised_by((__u64)bprm->cred, old);

	if (raised && bpf_map_update_elem(&tg_raised, &tgid, &raised, BPF_ANY))
		count_lost(0);
	return 0;
}

static __inline void add_properties(struct tg_exec_more *more, struct linux_binprm *bprm,
				    __u32 tgid)
{
	struct inode *inode = bprm->file->f_inode;
	__u32 *raised = bpf_map_lookup_elem(&tg_raised, &tgid);

	more->links = inode->i_nlink;
	more->inode = inode->i_ino;
	if (!raised)
		return;
	more->raised = *raised;
	bpf_map_delete_elem(&tg_raised, &tgid);
}

/* Behind struct tg_exec_more, which comes to stand at `at`. How many bytes. */
static __inline __u32 append_environment(struct tg_scratch *s, struct tg_exec *r,
					 struct mm_struct *mm, __u32 at, __u32 sent)
{
	__u64 start = mm->env_start, size = mm->env_end - start;

	if (at > TG_RECORD_MAX - TG_ENV_MAX - sizeof(struct tg_exec_more)) {
		r->flags |= TG_P_ERR_ENVS;
		return 0;
	}
	if ((__s64)size <= 0)
		return 0;
	if (size > TG_ENV_MAX - 1) {
		r->flags |= sent;
		size = TG_ENV_MAX - 1;
	}
	tg_bound(size, TG_ENV_MAX - 1);
	if (!bpf_probe_read_user(s->record + at + sizeof(struct tg_exec_more), size,
				 (const void *)start))
		return size;
	r->flags |= TG_P_ERR_ENVS;
	return 0;
}

static __inline void append_more(struct tg_scratch *s, struct tg_exec *r, struct task_struct *task,
				 struct linux_binprm *bprm, __u32 sent)
{
	struct tg_exec_more more = {};
	__u32 at = tg_fresh(s->end);

	if (at > TG_RECORD_MAX - sizeof(more)) {
		r->flags |= TG_P_ERR_ENVS;
		return;
	}
	if (tg_wanted.properties)
		add_properties(&more, bprm, r->key.pid);
	if (tg_wanted.environment)
		more.env_size = append_environment(s, r, task->mm, at, sent);
	bpf_probe_read_kernel(s->record + at, sizeof(more), &more);
	r->head.flags = TG_F_MORE;
	s->end = at + sizeof(more) + more.env_size;
}

static __inline void report_exec(struct tg_scratch *s, struct task_struct *task,
				 struct linux_binprm *bprm, const struct sent *sent)
{
	struct tg_exec *r = (struct tg_exec *)s->record;
	const struct task_parts parts = {.parent = task->real_parent,
					 .pid = task->thread_pid,
					 .cred = task->cred,
					 .nsproxy = task->nsproxy,
					 .mm = task->mm,
					 .fs = task->fs,
					 .cgroups = task->cgroups};
	__u64 token = tg_scratch_hold(s);
	__u32 size;

	__builtin_memset(r, 0, sizeof(*r));
	exec_identity(r, task, &parts, sent->ktime);
	append_path(s, r, bprm->filename);
	append_args(s, r, parts.mm, sent->args);
	append_cwd(s, r, parts.fs);
	append_cgroup(s, r, parts.cgroups);
	if (tg_wanted.properties | tg_wanted.environment)
		append_more(s, r, task, bprm, sent->env);
	size = tg_fresh(s->end);
	r->head.kind = TG_EXEC;
	r->head.size = size;
	if (size > TG_RECORD_MAX || !tg_scratch_held(s, token))
		count_lost(TG_EXEC);
	else
		emit(r, size, TG_EXEC);
}

SEC("tp_btf/sched_process_exec")
int tg_exec(__u64 *ctx)
{
	struct sent sent = {};
	struct tg_scratch *s;

	send_rests((void *)ctx[0], &sent);
	s = tg_scratch_begin();
	if (s)
		report_exec(s, (void *)ctx[0], (void *)ctx[2], &sent);
	tg_scratch_done();
	return 0;
}

/*
 * The entry outlives the exit, because files and sockets are closed after it. Two last threads
 * may both report in a close race; tgrun takes the first.
 */
static __inline bool report_exit(struct task_struct *task)
{
	struct tg_exit r = {.head = {.kind = TG_EXIT, .size = sizeof(r)}};
	struct tg_proc *entry;
	__u32 tgid = task->tgid;

	if (task->signal->live.counter > 0)
		return false;
	entry = bpf_map_lookup_elem(&tg_proc, &tgid);
	if (!entry || (entry->flags & TG_PROC_DEAD))
		return false;
	entry->flags |= TG_PROC_DEAD;
	r.key.pid = tgid;
	r.key.ktime = entry->ktime;
	r.head.ktime = bpf_ktime_get_boot_ns();
	r.code = task->group_leader->exit_code;
	r.tid = tgid;
	emit(&r, sizeof(r), TG_EXIT);
	return true;
}

SEC("tp_btf/sched_process_exit")
int tg_exit(__u64 *ctx)
{
	report_exit((void *)ctx[0]);
	return 0;
}

/* A new process with the same id has an entry of its own, which is not dead. */
static __inline void forget(struct task_struct *task)
{
	__u32 tgid = task->tgid;
	struct tg_proc *entry;

	if (task->pid != task->tgid)
		return;
	entry = bpf_map_lookup_elem(&tg_proc, &tgid);
	if (!entry || !(entry->flags & TG_PROC_DEAD))
		return;
	bpf_map_delete_elem(&tg_proc, &tgid);
	tg_known_forget(tgid);
}

SEC("tp_btf/sched_process_free")
int tg_free(__u64 *ctx)
{
	forget((void *)ctx[0]);
	return 0;
}

/*
 * Spares. Where a tracepoint's programs can be preempted (from 7.0 on), the kernel skips a program
 * for whatever else gets there on that processor before it goes on. Each has a spare, loaded only
 * there, that sees from the table whether the work was done, and else does it: for an event to
 * be lost, both must be interrupted at a time.
 */
SEC("tp_btf/sched_process_fork")
int tg_clone_spare(__u64 *ctx)
{
	struct task_struct *child = (void *)ctx[1];
	__u32 tgid = child->tgid;
	struct tg_proc *entry;

	if (child->pid != child->tgid)
		return 0;
	entry = bpf_map_lookup_elem(&tg_proc, &tgid);
	if (!entry || entry->ktime < child->start_boottime)
		report_clone(child, true);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int tg_exec_spare(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	__u32 tgid = task->tgid, execs = TG_PROC_EXECS_OF(task->self_exec_id);
	struct tg_proc *entry = bpf_map_lookup_elem(&tg_proc, &tgid);
	struct sent sent = {};
	struct tg_scratch *s;

	/* The table was full, or the clone was missed by both, too. */
	if (!entry) {
		count_lost(TG_UNSURE + TG_EXEC);
		return 0;
	}
	if ((entry->flags & (TG_PROC_EXECS | TG_PROC_FRESH)) == execs)
		return 0;
	count_lost(TG_STOOD_IN + TG_EXEC);
	send_rests(task, &sent);
	s = tg_scratch_begin();
	if (s)
		report_exec(s, task, (void *)ctx[2], &sent);
	tg_scratch_done();
	return 0;
}

SEC("tp_btf/sched_process_exit")
int tg_exit_spare(__u64 *ctx)
{
	if (report_exit((void *)ctx[0]))
		count_lost(TG_STOOD_IN + TG_EXIT);
	return 0;
}

SEC("tp_btf/sched_process_free")
int tg_free_spare(__u64 *ctx)
{
	forget((void *)ctx[0]);
	return 0;
}
