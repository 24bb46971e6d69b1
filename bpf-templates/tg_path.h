/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Path text of a dentry on a mount, as seen from a task's root directory: the kernel's own
 * d_path() rules as policies know them (" (deleted)" appended, "" for the root itself).
 */
#ifndef TG_PATH_H
#define TG_PATH_H

#include "tg_maps.h"

/* The library exports it to generated units; other objects keep it to themselves. */
#ifndef TG_LIBRARY
#define TG_LIBRARY static __subprogram
#endif

/* Components: 4096 bytes cannot hold more than 2048. Kernels without open-coded iterators
 * walk a bounded loop, which the verifier follows step by step, so it is kept shorter. */
#define TG_DEPTH_MAX	  2048
#define TG_DEPTH_MAX_LOOP 128
#define TG_NAME_LEN_MAX	  255
#define TG_DELETED	  " (deleted)"
#define TG_DELETED_LEN	  10

/*
 * A walk has a step for every component and one for every mount it leaves. Both read three
 * neighbouring words: of a dentry its parent, name length and name; of a mount its parent,
 * mount point and root. The step is computed without branches, because every branch inside
 * a bounded loop multiplies what older verifiers have to follow: masks are all ones or 0.
 */
static __inline __u64 tg_equal_mask(__u64 a, __u64 b)
{
	__u64 d = a ^ b, negative = -d;

	tg_opaque(negative); /* or the compiler would make a branch of it */
	d = ((d | negative) >> 63) - 1;
	tg_opaque(d);
	return d;
}

static __inline __u64 tg_select(__u64 mask, __u64 yes, __u64 no)
{
	return no ^ ((yes ^ no) & mask);
}

#define TG_MOUNT_AT(m)	tg_offset(struct mount, m)
#define TG_DENTRY_AT(m) tg_offset(struct dentry, m)

static __inline void tg_read_words(struct tg_words *w, __u64 is_mount, __u64 mount, __u64 dentry)
{
	__u64 at = tg_select(is_mount, mount + TG_MOUNT_AT(mnt_parent),
			     dentry + TG_DENTRY_AT(d_parent));

	if (TG_DENTRY_AT(d_name) == TG_DENTRY_AT(d_parent) + 8 &&
	    TG_MOUNT_AT(mnt_mountpoint) == TG_MOUNT_AT(mnt_parent) + 8 &&
	    TG_MOUNT_AT(mnt.mnt_root) == TG_MOUNT_AT(mnt_parent) + 16) {
		bpf_probe_read_kernel(w, sizeof(*w), (const void *)at);
		return;
	}
	w->a = tg_word((const void *)at);
	w->b = tg_word((const void *)tg_select(is_mount, mount + TG_MOUNT_AT(mnt_mountpoint),
					       dentry + TG_DENTRY_AT(d_name.hash_len)));
	w->c = tg_word((const void *)tg_select(is_mount, mount + TG_MOUNT_AT(mnt.mnt_root),
					       dentry + TG_DENTRY_AT(d_name.name)));
}

/*
 * Puts "/name" before the text, or nothing (a mask of 0). There is always room for one more
 * name: the walk stops when the text has reached TG_PATH_MAX bytes.
 */
static __inline void tg_prepend(struct tg_scratch *s, __u64 name, __u32 len, __u64 mask)
{
	__u32 start = s->walk.start;

	len &= TG_NAME_LEN_MAX & mask;
	start -= len + (1 & mask);
	s->walk.start = start;
	tg_bound(start, TG_TEXT_MASK);
	bpf_probe_read_kernel(s->text + start + 1, len, (const void *)name);
	s->text[start] = (char)tg_select(mask, '/', s->text[start]);
}

/* All ones when the walk is over: at the task's root, at the root of all mounts, or full. */
static __inline __u64 tg_walk_over(const struct tg_walk *w, __u64 leave)
{
	__u64 root =
		tg_equal_mask(w->dentry, w->root_dentry) & tg_equal_mask(w->mount, w->root_mount);
	__u64 top = leave & tg_equal_mask(w->mount, w->mount_up);
	__u64 full = (__u64)((__s64)((__u64)w->start - TG_TEXT_FULL) >> 63);

	return root | top | full;
}

/* One step towards the root; true while there is more to do. */
static __inline bool tg_step_up(struct tg_scratch *s)
{
	struct tg_walk *w = &s->walk;
	__u64 leave = tg_equal_mask(w->dentry, w->mount_root), dentry, mount, top;
	struct tg_words words = {};

	if (tg_walk_over(w, leave))
		return false;
	mount = tg_select(leave, w->mount_up, w->mount);
	dentry = tg_select(leave, w->mountpoint, w->dentry);
	tg_read_words(&words, leave, mount, dentry);
	w->mount = mount;
	w->mount_up = tg_select(leave, words.a, w->mount_up);
	w->mountpoint = tg_select(leave, words.b, w->mountpoint);
	/* A dentry that is its own parent but not its mount's root: leave in the next step. */
	top = ~leave & tg_equal_mask(words.a, dentry);
	w->mount_root = tg_select(top, dentry, tg_select(leave, words.c, w->mount_root));
	w->dentry = tg_select(leave | top, dentry, words.a);
	tg_prepend(s, words.c, words.b >> 32, ~(leave | top));
	return true;
}

/* The working memory of this level, which its user has taken; never NULL but to the verifier. */
static __inline struct tg_scratch *tg_scratch_at(__u32 level)
{
	return bpf_map_lookup_elem(&tg_scratch, &level);
}

static __inline void tg_walk_all(struct tg_scratch *s)
{
	bool more = true;

#ifndef TG_HOST
	if (tg_has_type(struct bpf_iter_num)) {
		struct bpf_iter_num it;

		bpf_iter_num_new(&it, 0, TG_DEPTH_MAX);
		while (bpf_iter_num_next(&it)) {
			more = tg_step_up(s);
			if (!more)
				break;
		}
		bpf_iter_num_destroy(&it);
	} else
#endif
	{
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
		for (int i = 0; i < TG_DEPTH_MAX_LOOP; i++) {
			more = tg_step_up(s);
			if (!more)
				break;
		}
	}
	s->walk.more = more;
}

static __inline void tg_mark_deleted(struct tg_scratch *s)
{
	__builtin_memcpy(s->text + TG_TEXT_END - TG_DELETED_LEN, TG_DELETED, TG_DELETED_LEN);
	s->walk.start = TG_TEXT_END - TG_DELETED_LEN;
}

static __inline void tg_walk_begin(struct tg_scratch *s, __u64 dentry, __u64 mnt, __u64 fs)
{
	struct tg_words mount = {}, root = {};
	struct tg_walk *w = &s->walk;

	w->dentry = dentry;
	w->mount = mnt - TG_MOUNT_AT(mnt);
	tg_read_words(&mount, ~0ull, w->mount, 0);
	w->mount_up = mount.a;
	w->mountpoint = mount.b;
	w->mount_root = mount.c;
	tg_read_two(&root, fs, struct fs_struct, root.mnt, root.dentry);
	w->root_mount = root.a - TG_MOUNT_AT(mnt);
	w->root_dentry = root.b;
	w->start = TG_TEXT_END;
	w->more = 0;
}

/* Without a name in its folder: in no hash table of names, and not a root. */
static __inline bool tg_is_deleted(__u64 dentry)
{
	struct tg_words w = {};

	tg_read_two(&w, dentry, struct dentry, d_hash.pprev, d_parent);
	return !w.a && w.b != dentry;
}

static __inline void tg_walk_end(struct tg_scratch *s)
{
	__u32 start = tg_fresh(s->walk.start);

	s->read.status = TG_SLOT_OK;
	s->read.value = 0;
	s->read.flags = 0;
	if (tg_fresh(s->walk.more)) /* too deep */
		s->read.flags = TG_PATH_UNRESOLVED;
	if (start < TG_TEXT_FULL) { /* too long: the tail is kept */
		s->read.flags = TG_PATH_UNRESOLVED;
		start = TG_TEXT_FULL;
	}
	s->read.start = start;
	s->read.len = TG_TEXT_END - start;
}

/*
 * Fills s->text from its end and s->read with where the path lies. `fs` is the struct
 * fs_struct whose root the path is relative to. A NULL dentry gives the empty text.
 */
TG_LIBRARY int tg_path_text(struct tg_scratch *s, __u64 dentry, __u64 mnt, __u64 fs)
{
	tg_walk_begin(s, dentry, mnt, fs);
	if (dentry && mnt && fs) {
		if (tg_is_deleted(dentry))
			tg_mark_deleted(s);
		tg_walk_all(s);
	}
	tg_walk_end(s);
	return 0;
}

#endif
