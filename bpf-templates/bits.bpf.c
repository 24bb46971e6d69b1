// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Facts about a process are decided when it is made and when it executes a program, and kept as
 * bits. Linked to bundles that have such conditions; where they need more than one word, the unit
 * has this text in it. What the facts are is generated (tg_bits.h).
 */
#ifndef TG_BITS_PROGRAMS
#define TG_BITS_PROGRAMS
#ifndef TG_BITS
#define TG_BITS __subprogram /* not hidden: verified once, however often it is called */
#endif
#include "tg_kernel.h"
#include "tg_bits.h"

#define BITS_ANCESTORS 16
#define BITS_UNKNOWN   (1ull << TG_BITS_UNKNOWN)
#define BITS_ORPHAN    (1ull << TG_BITS_ORPHAN)
/* In the table's first word only: the process has ended, and waits for its last task to be freed.
 */
#define BITS_DEAD (1ull << 63)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TG_PROCESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct tg_bits_value);
} tg_bits SEC(".maps");

__u64 tg_bits_seen[TG_BITS_WORDS][TG_BITS_SEEN];
#ifndef TG_HOST
#define BITS_LOOP _Pragma("clang loop unroll(disable)")
#else
const unsigned tg_bits_size = sizeof(struct tg_bits_value), tg_seen_size = sizeof(tg_bits_seen);
#define BITS_LOOP
#endif

/*
 * Always 0, which the verifier does not know: it would follow every combination of facts that
 * it has seen being found out.
 */
static volatile __u64 bits_zero;

#define each_word(i) for (__u32 i = 0; i < TG_BITS_WORDS; i++)

/* ---- the words of one process ---------------------------------------------------------- */

static __inline void bits_flag(__u64 *w, __u64 flag)
{
	each_word(i) w[i] |= flag;
}

/* Adds those facts of a table's entry that are in the mask. */
static __inline void bits_add(__u64 *w, const struct tg_bits_value *from, const __u64 *mask,
			      __u64 flags)
{
	each_word(i) w[i] |= tg_bits_both(from, i) & (mask[i] | flags);
}

/* What a process keeps when it executes a program. */
static __inline void bits_keep(__u64 *w, const struct tg_bits_value *old)
{
	bits_add(w, old, tg_bits_masks.lasting, 0);
	bits_add(w, old, tg_bits_masks.parent, BITS_ORPHAN);
}

/*
 * A path that had to be cut has more bytes than any that can be listed, so that it is none of them,
 * nor does anybody know how it begins: nobody gets an exemption by living deep down.
 */
static __inline void bits_of_file(__u64 *w, struct tg_scratch *s, __u64 file, __u64 fs)
{
	__u64 *found = (__u64 *)s->record;
	struct tg_words path = {};

	tg_read_two(&path, file + tg_offset(struct file, f_path), struct path, mnt, dentry);
	if (!path.a || !path.b || !fs) {
		bits_flag(w, BITS_UNKNOWN);
		return;
	}
	each_word(i) found[i] = 0;
	tg_path_text(s, path.b, path.a, fs);
	tg_bits_path(s, found, tg_fresh(s->read.flags) & TG_PATH_UNRESOLVED);
	each_word(i) w[i] = tg_fresh(found[i]);
}

/* A kernel thread runs no binary that could be listed; a task that ends has none any more. */
static __inline void bits_of_task(__u64 *w, struct tg_scratch *s, __u64 task)
{
	__u64 mm = tg_member(task, struct task_struct, mm), file;

	if ((__u32)tg_member(task, struct task_struct, flags) & TG_PF_KTHREAD)
		return;
	file = mm ? tg_member(mm, struct mm_struct, exe_file) : 0;
	if (file)
		bits_of_file(w, s, file, tg_member(task, struct task_struct, fs));
	else
		bits_flag(w, BITS_UNKNOWN);
}

/* The facts about what the task runs, and no others. */
static __subprogram int bits_of_binary(__u64 *w, __u64 task)
{
	struct tg_scratch *s = tg_scratch_take();
	bool held = false;
	__u64 token;

	BITS_LOOP
	for (int i = 0; i < TG_SCRATCH_TRIES && s && !held; i++) {
		token = tg_scratch_hold(s);
		each_word(k) w[k] = 0;
		bits_of_task(w, s, task);
		held = tg_scratch_held(s, token);
	}
	tg_scratch_give();
	if (!held)
		each_word(k) w[k] = BITS_UNKNOWN;
	return 0;
}

/* Adds what a parent hands down, but for what goes on to it from its own. */
static __inline void bits_of_parent(__u64 *w, const struct tg_bits_value *parent)
{
	tg_bits_parent(w, parent);
	if (tg_fresh(parent->w[0]) & BITS_UNKNOWN)
		bits_flag(w, BITS_ORPHAN);
}

/*
 * Adds what one ancestor hands down; the next one up. A loop around this is for the start alone:
 * events are verified with all that they call, again for every hook.
 */
static __inline __u64 bits_of_ancestor(__u64 *w, __u64 task, bool is_parent)
{
	__u64 up = tg_member(task, struct task_struct, real_parent);
	__u32 id = tg_member(up, struct task_struct, tgid);
	struct tg_bits_value *known = id ? bpf_map_lookup_elem(&tg_bits, &id) : NULL;

	if (known)
		bits_add(w, known, tg_bits_masks.lasting, 0);
	else
		tg_bits_number(w, id, id ? up : 0);
	if (is_parent && known)
		bits_of_parent(w, known);
	if (is_parent && !known)
		bits_flag(w, BITS_ORPHAN);
	return id ? up : 0;
}

/* ---- the table ------------------------------------------------------------------------- */

/*
 * After the table was changed. A word that was read before the change can be written back only by
 * an event of the process itself that was under way meanwhile. There is none: a new process has not
 * run yet, one that executes a program has no other thread left, and whatever interrupts
 * this program has come to its end.
 */
static __inline void bits_forget(__u32 id)
{
	each_word(i) tg_fresh(tg_bits_seen[i][id & (TG_BITS_SEEN - 1)]) = 0;
}

/* Rather nothing than what is no longer so: who finds no entry computes one. */
static __inline void bits_store(__u32 id, const struct tg_bits_value *v)
{
	if (bpf_map_update_elem(&tg_bits, &id, v, BPF_ANY))
		bpf_map_delete_elem(&tg_bits, &id);
	bits_forget(id);
}

/* Besides what it runs. */
static __inline void bits_of_newcomer(__u64 *w, __u32 id, __u64 task)
{
	tg_bits_number(w, id, task);
	bits_of_ancestor(w, task, true);
}

/* A word as it is remembered and returned. What is not known is tried again at the next event. */
static __inline __u64 bits_remember(__u32 id, __u32 n, __u64 word)
{
	word = (word ^ bits_zero) & TG_BITS_ALL;
	if (!(word & BITS_UNKNOWN))
		tg_fresh(tg_bits_seen[n][id & (TG_BITS_SEEN - 1)]) = word | (__u64)(id + 1)
										    << TG_BITS_TAG;
	return word;
}

TG_BITS __u64 tg_bits_fetch(__u32 n)
{
	__u32 id = bpf_get_current_pid_tgid() >> 32;
	struct tg_bits_value *known = bpf_map_lookup_elem(&tg_bits, &id), made = {};
	__u64 task = bpf_get_current_task();

	if (n >= TG_BITS_WORDS)
		return BITS_UNKNOWN | BITS_ORPHAN;
	if (known && !(tg_fresh(known->w[0]) & BITS_UNKNOWN))
		return bits_remember(id, n, tg_bits_both(known, n));
	bits_of_binary(made.w, task);
	if (known) {
		bits_keep(made.w, known);
		made.w[0] |= tg_fresh(known->w[0]) & BITS_DEAD;
		each_word(i) tg_fresh(known->w[i]) = made.w[i];
		return bits_remember(id, n, tg_bits_both(known, n));
	}
	bits_of_newcomer(made.w, id, task);
	if (!((made.w[0] ^ bits_zero) & BITS_UNKNOWN))
		bpf_map_update_elem(&tg_bits, &id, &made, BPF_NOEXIST);
	return bits_remember(id, n, made.w[n]);
}

/* ---- programs -------------------------------------------------------------------------- */

SEC("tp_btf/sched_process_exec")
int tg_bits_exec(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct tg_bits_value *known, made = {};
	__u32 id = task->tgid;

	known = bpf_map_lookup_elem(&tg_bits, &id);
	bits_of_binary(made.w, (__u64)task);
	if (!known) {
		bits_of_newcomer(made.w, id, (__u64)task);
		bits_store(id, &made);
		return 0;
	}
	bits_keep(made.w, known);
	each_word(i) tg_fresh(known->w[i]) = made.w[i];
	bits_forget(id);
	return 0;
}

/* The parent is the process that forks, whomever it gives the child to (CLONE_PARENT). */
SEC("tp_btf/sched_process_fork")
int tg_bits_fork(__u64 *ctx)
{
	struct task_struct *parent = (void *)ctx[0], *child = (void *)ctx[1];
	__u32 from = parent->tgid, id = child->tgid;
	struct tg_bits_value *known, made = {};

	if (child->pid != child->tgid)
		return 0;
	known = bpf_map_lookup_elem(&tg_bits, &from);
	if (known) {
		bits_add(made.w, known, tg_bits_masks.lasting, BITS_UNKNOWN);
		bits_add(made.w, known, tg_bits_masks.own, 0);
		bits_of_parent(made.w, known);
		tg_bits_number(made.w, id, (__u64)child);
	} else {
		bits_of_binary(made.w, (__u64)child);
		bits_of_newcomer(made.w, id, (__u64)child);
	}
	bits_store(id, &made);
	return 0;
}

/* The entry outlives the exit: files and sockets are closed after this. */
SEC("tp_btf/sched_process_exit")
int tg_bits_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct tg_bits_value *known;
	__u32 id = task->tgid;

	if (task->signal->live.counter > 0)
		return 0;
	known = bpf_map_lookup_elem(&tg_bits, &id);
	if (known)
		known->w[0] |= BITS_DEAD;
	return 0;
}

/* A new process with the same id has an entry of its own, which is not dead. */
SEC("tp_btf/sched_process_free")
int tg_bits_free(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct tg_bits_value *known;
	__u32 id = task->tgid;

	if (task->pid != task->tgid)
		return 0;
	known = bpf_map_lookup_elem(&tg_bits, &id);
	if (known && (known->w[0] & BITS_DEAD))
		bpf_map_delete_elem(&tg_bits, &id);
	bits_forget(id);
	return 0;
}

/* ---- processes that were there before the bundle --------------------------------------- */

/* Their own facts first, for all of them: */
SEC("iter/task")
int tg_bits_scan(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct tg_bits_value made = {};
	__u32 id;

	if (!task || task->pid != task->tgid)
		return 0;
	id = task->tgid;
	bits_of_binary(made.w, (__u64)task);
	tg_bits_number(made.w, id, (__u64)task);
	if (!((made.w[0] ^ bits_zero) & BITS_UNKNOWN))
		bpf_map_update_elem(&tg_bits, &id, &made, BPF_NOEXIST);
	return 0;
}

/*
 * Then what they have from their ancestors. No event has remembered a word yet: the bundle's hooks
 * are attached after this.
 */
SEC("iter/task")
int tg_bits_families(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct tg_bits_value *known;
	__u64 found[TG_BITS_WORDS], up;
	__u32 id;

	if (!task || task->pid != task->tgid)
		return 0;
	id = task->tgid;
	known = bpf_map_lookup_elem(&tg_bits, &id);
	if (!known)
		return 0;
	each_word(i) found[i] = 0;
	up = bits_of_ancestor(found, (__u64)task, true);
	BITS_LOOP
	for (int i = 0; i < BITS_ANCESTORS && up; i++)
		up = bits_of_ancestor(found, up, false);
	each_word(i) tg_fresh(known->family[i]) = found[i];
	return 0;
}
#endif
