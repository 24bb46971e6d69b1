// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The library that is linked to every bundle: reading arguments, filling and sending records. */
#ifndef TG_LIBRARY
#define TG_LIBRARY __hidden __subprogram
#endif
#include "tg_lib.h"
#include "tg_path.h"
#include "tg_sketch.h"
#include "tg_walk.h"
#include "tg_actions.h"

TG_LIBRARY struct tg_scratch *tg_scratch_take(void)
{
	return tg_scratch_begin();
}

TG_LIBRARY int tg_scratch_give(void)
{
	tg_scratch_done();
	return 0;
}

TG_LIBRARY __u64 tg_begin(struct tg_scratch *s, __u64 live, __u32 end)
{
	s->live = live;
	s->end = end;
	s->path = TG_TEXT_END;
	s->call = 0;
	s->atoms = 0;
	return tg_scratch_hold(s);
}

TG_LIBRARY __u64 tg_kernel_word(__u64 address)
{
	return tg_word((const void *)address);
}

TG_LIBRARY __u64 tg_user_word(__u64 address, __u32 size)
{
	__u64 value = 0;

	switch (size) {
	case 1:
		bpf_probe_read_user(&value, 1, (const void *)address);
		break;
	case 2:
		bpf_probe_read_user(&value, 2, (const void *)address);
		break;
	case 4:
		bpf_probe_read_user(&value, 4, (const void *)address);
		break;
	default:
		bpf_probe_read_user(&value, 8, (const void *)address);
	}
	return value;
}

TG_LIBRARY __u32 tg_number_of(__u64 task)
{
	return tg_namespace_pid(task);
}

TG_LIBRARY __u32 tg_own_number(void)
{
	return tg_namespace_pid(bpf_get_current_task());
}

/* ---- sketches -------------------------------------------------------------------------- */

TG_LIBRARY int tg_root_words(__u64 words[2])
{
	const char *fs = (const char *)tg_current_fs();

	words[0] = tg_member(fs, struct fs_struct, root.mnt);
	words[1] = tg_member(fs, struct fs_struct, root.dentry);
	return 0;
}

/* In the kernel a program's own loads from a NULL give 0. */
#ifdef TG_HOST
#define absent(o, k)                                                                               \
	if (!(o))                                                                                  \
	return tg_sketch_none(k)
#else
#define absent(o, k)
#endif

TG_LIBRARY __u64 tg_sketch_path(struct tg_sketch *k, const void *path,
				const struct task_struct *task)
{
	absent(path, k);
	return tg_sketch_at(k, *(const struct path *)path, task, false);
}

TG_LIBRARY __u64 tg_sketch_file(struct tg_sketch *k, const void *file,
				const struct task_struct *task)
{
	absent(file, k);
	return tg_sketch_at(k, ((const struct file *)file)->f_path, task, false);
}

TG_LIBRARY __u64 tg_sketch_long_path(struct tg_sketch *k, const void *path,
				     const struct task_struct *task)
{
	absent(path, k);
	return tg_sketch_at(k, *(const struct path *)path, task, true);
}

TG_LIBRARY __u64 tg_sketch_long_file(struct tg_sketch *k, const void *file,
				     const struct task_struct *task)
{
	absent(file, k);
	return tg_sketch_at(k, ((const struct file *)file)->f_path, task, true);
}

/*
 * On the root's mount a dentry's name is the path's last component, wherever it lies; but the
 * mount's own root has the name of where it is mounted.
 */
#define sketch_end(k, at, task)                                                                    \
	({                                                                                         \
		const struct vfsmount *mnt_ = (at).mnt;                                            \
		bool known_ = mnt_ == (task)->fs->root.mnt && (at).dentry != mnt_->mnt_root;       \
		(k)->second = (k)->root = NULL;                                                    \
		(k)->last = known_ ? (at).dentry : NULL;                                           \
		known_;                                                                            \
	})

TG_LIBRARY __u64 tg_sketch_end_path(struct tg_sketch *k, const void *path,
				    const struct task_struct *task)
{
	absent(path, k);
	return sketch_end(k, *(const struct path *)path, task);
}

TG_LIBRARY __u64 tg_sketch_end_file(struct tg_sketch *k, const void *file,
				    const struct task_struct *task)
{
	absent(file, k);
	return sketch_end(k, ((const struct file *)file)->f_path, task);
}

TG_LIBRARY __u64 tg_sketch_untyped_path(struct tg_sketch *k, const void *path)
{
	const struct path *p = path;
	__u64 words[2];

	absent(path, k);
	tg_root_words(words);
	return p->mnt != (void *)words[0] ? tg_sketch_none(k)
					  : tg_sketch_from(k, p->dentry, (void *)words[1], true);
}

TG_LIBRARY __u64 tg_sketch_untyped_file(struct tg_sketch *k, const void *file)
{
	absent(file, k);
	return tg_sketch_untyped_path(k, &((const struct file *)file)->f_path);
}

TG_LIBRARY __u64 tg_second(const struct tg_sketch *k)
{
	const struct dentry *d = k->second;

	if (!d)
		return 0;
	return tg_is_long(d) ? TG_SECOND_LONG : tg_name_word(d, tg_inline_name_at());
}

TG_LIBRARY __u64 tg_name_tail(const struct tg_sketch *k, __u64 lengths)
{
	const struct dentry *d = k->last;
	__u64 word = 0;
	__u32 len = d->d_name.len;
	const unsigned char *name;

	if (len < 64 && !(lengths >> len & 1))
		return 0;
	name = d->d_name.name;
	if (len >= 8) {
		bpf_probe_read_kernel(&word, 8, name + len - 8);
	} else if (len) {
		bpf_probe_read_kernel(&word, len & 7, name);
		word <<= (8 - len) * 8;
	}
	return word;
}

/* ---- texts ----------------------------------------------------------------------------- */

static __inline void read_none(struct tg_scratch *s)
{
	s->read.status = TG_SLOT_FAULT;
	s->read.start = TG_TEXT_END;
	s->read.len = 0;
	s->read.value = 0;
}

static __inline void read_path(struct tg_scratch *s, __u64 path)
{
	struct tg_words place = {};
	__u64 dentry, inode;

	read_none(s);
	if (!path)
		return;
	tg_read_two(&place, path, struct path, mnt, dentry);
	dentry = place.b;
	if (!dentry)
		return;
	tg_path_text(s, dentry, place.a, tg_current_fs());
	inode = tg_member(dentry, struct dentry, d_inode);
	s->read.value = (tg_member(inode, struct inode, i_mode) & 0xffff) |
			(__u64)tg_fresh(s->read.flags) << 32;
}

static __inline int read_done(struct tg_scratch *s, __u64 need)
{
	if (tg_fresh(s->read.status))
		s->live &= ~need;
	return 0;
}

/* A path that is not there counts as unreadable: nothing to compare, nothing to show. */
TG_LIBRARY int tg_read_path(struct tg_scratch *s, __u64 path, __u64 need)
{
	read_path(s, path);
	return read_done(s, need);
}

TG_LIBRARY int tg_read_file(struct tg_scratch *s, __u64 file, __u64 need)
{
	read_path(s, file ? file + tg_offset(struct file, f_path) : 0);
	return read_done(s, need);
}

/*
 * A short name lies in the dentry and moves in a register: it goes to the end of eight bytes,
 * after its slash. What this overwrites is to the left, where nothing was written yet.
 */
static __inline void prepend_name(struct tg_scratch *s, const struct dentry *d, __u64 name_at)
{
	__u32 end = tg_fresh(s->walk.start), len = d->d_name.len & TG_NAME_LEN_MAX;
	__u32 start = end - len - 1;

	s->walk.start = start;
	if (len < 8) {
		end -= 8;
		tg_bound(end, TG_TEXT_MASK);
		tg_store8(s->text + end, (tg_name_word(d, name_at) << 8 | '/') << (8 * (7 - len)));
		return;
	}
	tg_bound(start, TG_TEXT_MASK);
	bpf_probe_read_kernel(s->text + start + 1, len, d->d_name.name);
	s->text[start] = '/';
}

/*
 * The path that a sketch is of: its chain of parents is known to reach the task's root, so these
 * are typed loads, and no helper but for long names.
 */
static __inline int read_known(struct tg_scratch *s, const struct dentry *d,
			       const struct dentry *root)
{
	const struct inode *inode = d->d_inode;
	__u64 mode = inode->i_mode, name_at = tg_inline_name_at();

	s->walk.start = TG_TEXT_END;
	s->walk.more = 0;
	if (!d->d_hash.pprev && d != root)
		tg_mark_deleted(s);
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < TG_SKETCH_DEPTH && d != root; i++) {
		prepend_name(s, d, name_at);
		d = d->d_parent;
	}
	tg_walk_end(s);
	s->read.value = mode | (__u64)tg_fresh(s->read.flags) << 32;
	return 0;
}

TG_LIBRARY int tg_read_known_file(struct tg_scratch *s, __u64 file, __u64 need,
				  const struct tg_sketch *k)
{
	const struct dentry *last = k->last;

	return last ? read_known(s, last, k->root) : tg_read_file(s, file, need);
}

TG_LIBRARY int tg_read_known_path(struct tg_scratch *s, __u64 path, __u64 need,
				  const struct tg_sketch *k)
{
	const struct dentry *last = k->last;

	return last ? read_known(s, last, k->root) : tg_read_path(s, path, need);
}

/* `n` counts the NUL; but of an empty string in a program's memory it is 0. */
static __inline void string_read(struct tg_scratch *s, long n)
{
	read_none(s);
	if (n < 0)
		return;
	s->read.status = TG_SLOT_OK;
	s->read.start = 0;
	s->read.len = n ? n - 1 : 0;
}

/* A C string by its address: kernel pointers are negative on every 64-bit kernel. */
static __inline void read_string(struct tg_scratch *s, __u64 address)
{
	long n;

	if ((__s64)address < 0)
		n = bpf_probe_read_kernel_str(s->text, TG_STRING_MAX + 1, (const void *)address);
	else
		n = bpf_probe_read_user_str(s->text, TG_STRING_MAX + 1, (const void *)address);
	string_read(s, n);
}

TG_LIBRARY int tg_read_string(struct tg_scratch *s, __u64 address, __u64 need)
{
	read_string(s, address);
	return read_done(s, need);
}

TG_LIBRARY int tg_read_user(struct tg_scratch *s, __u64 address, __u64 need)
{
	string_read(s, bpf_probe_read_user_str(s->text, TG_STRING_MAX + 1, (const void *)address));
	return read_done(s, need);
}

/* What follows the first NUL in memory is not of the text. */
static __inline __u64 cut_at_nul(__u64 word)
{
	__u64 nul = (word - 0x0101010101010101ull) & ~word & 0x8080808080808080ull;

	return nul ? word & (((nul & -nul) >> 7) - 1) : word;
}

/* To copy eight bytes is cheaper than to look for the end among nine; but they may not be there. */
TG_LIBRARY int tg_string_head(__u64 *head, __u64 address, bool from_user)
{
	char text[16] = {};
	__u64 word;
	long n;

	if ((from_user || (__s64)address >= 0) &&
	    !bpf_probe_read_user(&word, sizeof(word), (const void *)address)) {
		*head = __builtin_bswap64(cut_at_nul(word));
		return 0;
	}

	if (!from_user && (__s64)address < 0)
		n = bpf_probe_read_kernel_str(text, 9, (const void *)address);
	else
		n = bpf_probe_read_user_str(text, 9, (const void *)address);
	*head = __builtin_bswap64(tg_load8(text));
	return n < 1 ? -1 : 0;
}

TG_LIBRARY int tg_read_filename(struct tg_scratch *s, __u64 filename, __u64 need)
{
	read_string(s, filename ? tg_member(filename, struct filename, name) : 0);
	return read_done(s, need);
}

/* ---- records --------------------------------------------------------------------------- */

TG_LIBRARY int tg_slot_text(struct tg_scratch *s, struct tg_slot *slot)
{
	__u32 len = tg_fresh(s->read.len), start = tg_fresh(s->read.start);
	__u32 end = tg_fresh(s->end);

	slot->status = tg_fresh(s->read.status);
	slot->len = 0;
	slot->value = tg_fresh(s->read.value);
	tg_bound(start, TG_TEXT_MASK);
	if (!len)
		return 0;
	if (len > TG_PATH_MAX || end > TG_RECORD_MAX - TG_PATH_MAX ||
	    bpf_probe_read_kernel(s->record + end, len, s->text + start)) {
		slot->status = TG_SLOT_UNREAD; /* no room left */
		return 0;
	}
	slot->len = len;
	s->end = end + len;
	return 0;
}

TG_LIBRARY int tg_slot_path(struct tg_scratch *s, struct tg_slot *slot)
{
	slot->status = s->read.status;
	slot->len = s->read.len;
	slot->value = s->read.value;
	s->path = s->read.start;
	return 0;
}

/* `h` has any alignment: where a path lies depends on its length. */
#define put(h, member, value)                                                                      \
	do {                                                                                       \
		typeof(((struct tg_hook *)0)->member) v_ = (value);                                \
		tg_store((h) + __builtin_offsetof(struct tg_hook, member), v_);                    \
	} while (0)

/* When the current process's image was loaded; false: that is not known. */
static __inline bool image_time(__u32 tgid, __u64 *ktime)
{
	struct tg_known *k = tg_known_place(tgid);
	struct tg_proc *p;

	*ktime = k ? tg_fresh(k->ktime) : 0;
	if (k && (*ktime ^ tg_fresh(k->check)) == TG_KNOWN_CHECK(tgid))
		return true;
	p = bpf_map_lookup_elem(&tg_proc, &tgid);
	*ktime = p ? tg_fresh(p->ktime) : 0;
	if (k && p) {
		tg_fresh(k->ktime) = *ktime;
		tg_fresh(k->check) = *ktime ^ TG_KNOWN_CHECK(tgid);
		if (tg_fresh(p->ktime) != *ktime) /* a thread that ends, while another executes */
			tg_fresh(k->check) = 0;
	}
	return p;
}

/* Everything of a hook's record but its slots. */
static __inline void fill_head(char *h, __u32 bundle, __u32 shape, __u64 matched, __u32 size,
			       __u32 call)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 tgid = id >> 32;
	__u64 ktime;
	bool known = image_time(tgid, &ktime);

	put(h, head.kind, TG_HOOK);
	put(h, head.flags, known ? 0 : TG_F_UNKNOWN);
	put(h, head.size, size);
	put(h, key.ktime, ktime);
	put(h, key.pid, tgid);
	put(h, key.pad, 0);
	put(h, matched, matched);
	put(h, bundle, bundle);
	put(h, hook, shape >> 16);
	put(h, slots, shape);
	put(h, tid, id);
	put(h, call, call);
	put(h, head.ktime, bpf_ktime_get_boot_ns());
}

static __inline int send(struct tg_scratch *s, char *record, __u32 size, __u64 token)
{
	return !tg_scratch_held(s, token) || bpf_ringbuf_output(&tg_ring, record, size, 0);
}

TG_LIBRARY int tg_send(struct tg_scratch *s, __u32 bundle, __u32 shape, __u64 matched, __u64 token)
{
	__u32 size = tg_fresh(s->end);

	if (size > TG_RECORD_MAX)
		return 1;
	fill_head(s->record, bundle, shape, matched, size, tg_fresh(s->call));
	return send(s, s->record, size, token);
}

/* Head and slots are put before the path. */
TG_LIBRARY int tg_send_path(struct tg_scratch *s, __u32 bundle, __u32 shape, __u64 matched,
			    __u64 token)
{
	__u32 slots = (__u16)shape, at = tg_fresh(s->path), size;
	const __u64 *from = (const __u64 *)(s->record + sizeof(struct tg_hook));
	char *to;

	at -= sizeof(struct tg_hook) + slots * sizeof(struct tg_slot);
	size = TG_TEXT_END - at;
	tg_bound(at, TG_TEXT_MASK);
	tg_bound(size, TG_TEXT_MASK);
	fill_head(s->text + at, bundle, shape, matched, size, tg_fresh(s->call));
	to = s->text + at + sizeof(struct tg_hook);
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (__u32 i = 0; i < slots && i < TG_SLOTS_MAX; i++, from += 2, to += 16) {
		tg_store8(to, from[0]);
		tg_store8(to + 8, from[1]);
	}
	return send(s, s->text + at, size, token);
}

TG_LIBRARY void *tg_reserve(__u64 size)
{
	return bpf_ringbuf_reserve(&tg_ring, size, 0);
}

TG_LIBRARY int tg_fill(struct tg_hook *h, __u32 bundle, __u32 shape, __u64 matched, __u32 size)
{
	fill_head((char *)h, bundle, shape, matched, size, h->call);
	return 0;
}

/* ---- calls that have not returned -------------------------------------------------------- */

static __inline struct tg_call_key call_key(__u32 hook)
{
	struct tg_call_key key = {.thread = bpf_get_current_pid_tgid(), .hook = hook};

	return key;
}

TG_LIBRARY int tg_call_forget(void *calls, __u32 hook)
{
	struct tg_call_key key = call_key(hook);

	return bpf_map_delete_elem(calls, &key);
}

TG_LIBRARY __u32 tg_call_keep(void *calls, __u32 hook, struct tg_call *call)
{
	struct tg_call_key key = call_key(hook);
	__u32 id = bpf_ktime_get_boot_ns();

	call->id = id ? id : 1;
	if (bpf_map_update_elem(calls, &key, call, BPF_ANY))
		call->id = 0;
	return call->id;
}

TG_LIBRARY __u64 tg_call_take(void *calls, __u32 hook, struct tg_call *call)
{
	struct tg_call_key key = call_key(hook);
	struct tg_call *kept = bpf_map_lookup_elem(calls, &key);

	if (!kept)
		return 0;
	*call = *kept;
	bpf_map_delete_elem(calls, &key);
	return call->won;
}

TG_LIBRARY int tg_call_mute(void *calls, __u32 hook, __u64 mute, __u64 open)
{
	struct tg_call_key key = call_key(hook);
	struct tg_call *kept = bpf_map_lookup_elem(calls, &key);

	if (!kept)
		return 0;
	kept->mute = mute;
	kept->open = open != 0;
	return 0;
}

TG_LIBRARY int tg_send_cancel(__u32 bundle, __u32 shape, __u32 id)
{
	struct tg_cancel c = {
		.head = {.kind = TG_CANCEL, .size = sizeof(c), .ktime = bpf_ktime_get_boot_ns()},
		.bundle = bundle,
		.hook = shape >> 16,
		.tid = bpf_get_current_pid_tgid(),
		.call = id,
	};

	return bpf_ringbuf_output(&tg_ring, &c, sizeof(c), 0) != 0;
}

TG_LIBRARY int tg_send_sized(struct tg_hook *h, __u32 bundle, __u32 shape, __u64 matched,
			     __u32 size)
{
	fill_head((char *)h, bundle, shape, matched, size, h->call);
	return bpf_ringbuf_output(&tg_ring, h, size, 0) != 0;
}

TG_LIBRARY int tg_count_lost(void *lost, __u32 policy)
{
	__u64 *n = bpf_map_lookup_elem(lost, &policy);

	if (n)
		__sync_fetch_and_add(n, 1);
	return 0;
}

#include "tg_hash.h"
