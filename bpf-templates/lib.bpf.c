// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The library that is linked to every bundle: reading arguments, filling and sending records. */
#ifndef TG_LIBRARY
#define TG_LIBRARY __hidden __subprogram
#endif
#include "tg_lib.h"
#include "tg_path.h"

TG_LIBRARY struct tg_scratch *tg_scratch_take(void)
{
	return tg_scratch_begin();
}

TG_LIBRARY int tg_scratch_give(void)
{
	tg_scratch_done();
	return 0;
}

TG_LIBRARY int tg_root_words(__u64 words[2])
{
	const char *fs = (const char *)tg_current_fs();

	words[0] = tg_member(fs, struct fs_struct, root.mnt);
	words[1] = tg_member(fs, struct fs_struct, root.dentry);
	return 0;
}

static __inline void read_none(struct tg_scratch *s)
{
	s->read.status = TG_SLOT_FAULT;
	s->read.start = TG_TEXT_END;
	s->read.len = 0;
	s->read.value = 0;
}

static __inline void read_path(struct tg_scratch *s, __u64 path)
{
	__u64 dentry, inode;

	read_none(s);
	if (!path)
		return;
	dentry = tg_member(path, struct path, dentry);
	if (!dentry)
		return;
	tg_path_text(s, dentry, tg_member(path, struct path, mnt), tg_current_fs());
	inode = tg_member(dentry, struct dentry, d_inode);
	s->read.value = (tg_member(inode, struct inode, i_mode) & 0xffff) |
			(__u64)tg_fresh(s->read.flags) << 32;
}

/* A path that is not there counts as unreadable: nothing to compare, nothing to show. */
TG_LIBRARY int tg_read_path(struct tg_scratch *s, __u64 path)
{
	read_path(s, path);
	return 0;
}

TG_LIBRARY int tg_read_file(struct tg_scratch *s, __u64 file)
{
	read_path(s, file ? file + tg_offset(struct file, f_path) : 0);
	return 0;
}

static __inline void prepend_name(struct tg_scratch *s, const struct dentry *d)
{
	__u32 start = tg_fresh(s->walk.start), len = d->d_name.len & TG_NAME_LEN_MAX;

	start -= len + 1;
	s->walk.start = start;
	tg_bound(start, TG_TEXT_MASK);
	bpf_probe_read_kernel(s->text + start + 1, len, d->d_name.name);
	s->text[start] = '/';
}

TG_LIBRARY int tg_read_known(struct tg_scratch *s, const struct dentry *d,
			     const struct dentry *root)
{
	const struct inode *inode = d->d_inode;
	__u64 mode = inode->i_mode;

	s->walk.start = TG_TEXT_END;
	s->walk.more = 0;
	if (!d->d_hash.pprev && d != root)
		tg_mark_deleted(s);
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < TG_SKETCH_DEPTH && d != root; i++) {
		prepend_name(s, d);
		d = d->d_parent;
	}
	tg_walk_end(s);
	s->read.value = mode | (__u64)tg_fresh(s->read.flags) << 32;
	return 0;
}

static __inline void string_read(struct tg_scratch *s, long n)
{
	read_none(s);
	if (n < 1)
		return;
	s->read.status = TG_SLOT_OK;
	s->read.start = 0;
	s->read.len = n - 1;
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

TG_LIBRARY int tg_read_string(struct tg_scratch *s, __u64 address)
{
	read_string(s, address);
	return 0;
}

TG_LIBRARY int tg_read_user(struct tg_scratch *s, __u64 address)
{
	string_read(s, bpf_probe_read_user_str(s->text, TG_STRING_MAX + 1, (const void *)address));
	return 0;
}

TG_LIBRARY int tg_read_filename(struct tg_scratch *s, __u64 filename)
{
	read_string(s, filename ? tg_member(filename, struct filename, name) : 0);
	return 0;
}

TG_LIBRARY int tg_head_fill(struct tg_hook *h, __u32 bundle, __u32 hook_and_slots, __u64 matched)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 tgid = id >> 32;
	struct tg_proc *p = bpf_map_lookup_elem(&tg_proc, &tgid);

	h->head.kind = TG_HOOK;
	h->head.flags = p ? 0 : TG_F_UNKNOWN;
	h->head.ktime = bpf_ktime_get_boot_ns();
	h->key.pid = tgid;
	h->key.pad = 0;
	h->key.ktime = p ? p->ktime : 0;
	h->matched = matched;
	h->bundle = bundle;
	h->hook = hook_and_slots >> 16;
	h->slots = hook_and_slots;
	h->tid = id;
	h->pad = 0;
	return 0;
}

TG_LIBRARY int tg_slot_text(struct tg_scratch *s, struct tg_slot *slot)
{
	__u32 len = tg_fresh(s->read.len), start = tg_fresh(s->read.start);
	__u32 end = tg_fresh(s->end);

	slot->status = tg_fresh(s->read.status);
	slot->len = 0;
	slot->value = tg_fresh(s->read.value);
	tg_bound(start, TG_TEXT_MASK);
	if (!len || len > TG_PATH_MAX || end > TG_RECORD_MAX - TG_PATH_MAX)
		return 0;
	if (bpf_probe_read_kernel(s->record + end, len, s->text + start))
		return 0;
	slot->len = len;
	s->end = end + len;
	return 0;
}

TG_LIBRARY int tg_emit_scratch(struct tg_scratch *s)
{
	struct tg_head *head = (struct tg_head *)s->record;
	__u32 size = tg_fresh(s->end);

	if (size > TG_RECORD_MAX)
		return -1;
	head->size = size;
	return bpf_ringbuf_output(&tg_ring, s->record, size, 0) != 0;
}

TG_LIBRARY int tg_emit(void *record, __u32 size)
{
	((struct tg_head *)record)->size = size;
	return bpf_ringbuf_output(&tg_ring, record, size, 0) != 0;
}
