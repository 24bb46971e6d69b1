/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What generated predicates are made of: unaligned loads for comparing text with constants
 * eight bytes at a time, and the cheap look at a path that rejects most files before any
 * text is built.
 */
#ifndef TG_MATCH_H
#define TG_MATCH_H

#include "tg_lib.h"

static __inline __u64 tg_load8(const char *p)
{
#ifdef TG_HOST
	__u64 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
#else
	return *(const __u64 *)p;
#endif
}

/* Does the text at p begin with these constant words? The last word is compared under a mask. */
#define TG_WORD(p, at, value)		  (tg_load8((p) + (at)) == (value))
#define TG_WORD_MASKED(p, at, value, msk) ((tg_load8((p) + (at)) & (msk)) == (value))

/*
 * Sketch: the first two components and the last one of a path, found by typed loads that
 * need no helper call. It exists only where the chain of dentries *is* the path: the file
 * is on the mount of the task's root and below that root, not more than TG_SKETCH_DEPTH
 * deep. `unknown` says there is none; then the text decides.
 */
#define TG_INLINE_NAME 32 /* shorter names are stored in the dentry itself */

struct tg_sketch {
	const struct dentry *first, *second, *last;
	__u64 name_at; /* offset of the inline name in a dentry */
	bool single;   /* one component: second == first */
	bool unknown;
};

/*
 * Unrolled: at every file access a counter would cost as much as the comparison. A dentry
 * that is its own parent spins until the depth is used up; on the root's mount none does.
 */
static __inline bool tg_sketch_below(struct tg_sketch *k, const struct dentry *d,
				     const struct dentry *root)
{
	const struct dentry *below = d, *up;

	k->last = d;
	if (d == root) /* the root itself: an empty path, which the text decides */
		return false;
#ifndef TG_HOST
#pragma clang loop unroll(full)
#endif
	for (int i = 0; i < TG_SKETCH_DEPTH; i++) {
		up = d->d_parent;
		if (up == root) {
			k->first = d;
			k->second = below;
			k->single = i == 0;
			tg_forget(); /* so that these are set here, not at every step */
			return true;
		}
		below = d;
		d = up;
	}
	return false;
}

/*
 * Nobody looks at these of an unknown path, but clang may load them before it tests `unknown`,
 * and kernels before 6.3 refuse a program that reads stack which was never written.
 */
static __inline void tg_sketch_none(struct tg_sketch *k, const struct dentry *d)
{
	k->first = k->second = k->last = d;
	k->single = false;
	tg_opaque(k->single);
}

static __inline __u64 tg_inline_name_at(void)
{
	__u64 at;

	if (tg_has_field(struct dentry, d_iname)) {
		at = tg_offset(struct dentry, d_iname);
		tg_opaque(at);
	} else {
		at = tg_offset(struct dentry___short, d_shortname);
		tg_opaque(at);
	}
	return at;
}

/* The first eight bytes of a name that is stored in the dentry, NUL included; after it, rest. */
static __inline __u64 tg_name_word(const struct tg_sketch *k, const struct dentry *d)
{
#ifdef TG_HOST
	return tg_load8((const char *)d + k->name_at);
#else
	return *(const __u64 *)((const char *)d + k->name_at);
#endif
}

/* Every name of at least TG_INLINE_NAME bytes: its inline copy is not to be trusted. */
static __inline bool tg_long_name(const struct dentry *d)
{
	return d->d_name.len >= TG_INLINE_NAME;
}

/* The last min(8, len) bytes of a name, the last byte on top; a helper call, so used late. */
static __inline __u64 tg_name_tail(const struct dentry *d)
{
	__u64 word = 0;
	__u32 len = d->d_name.len;
	const unsigned char *name = d->d_name.name;

	if (len >= 8)
		bpf_probe_read_kernel(&word, 8, name + len - 8);
	else if (len) {
		bpf_probe_read_kernel(&word, len & 7, name);
		word <<= (8 - len) * 8;
	}
	return word;
}

/* The current task's root. On kernels without a typed current task it is read. */
static __inline void tg_task_root(const struct vfsmount **mnt, const struct dentry **root)
{
	if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_current_task_btf___tg)) {
		const struct fs_struct *fs = bpf_get_current_task_btf()->fs;

		*mnt = fs->root.mnt;
		*root = fs->root.dentry;
	} else {
		__u64 words[2];

		tg_root_words(words);
		*mnt = (void *)words[0];
		*root = (void *)words[1];
	}
}

/* From a typed struct path. */
static __inline void tg_sketch_path(struct tg_sketch *k, const struct path *p)
{
	const struct vfsmount *mnt;
	const struct dentry *root;

#ifdef TG_HOST
	if (!p) { /* in the kernel a program's own loads from there give 0 */
		k->unknown = true;
		return;
	}
#endif
	tg_task_root(&mnt, &root);
	k->unknown = p->mnt != mnt || !tg_sketch_below(k, p->dentry, root);
	if (k->unknown)
		tg_sketch_none(k, p->dentry);
	k->name_at = tg_inline_name_at();
}

/* A path that had a sketch, for tg_read_known(): loaded again, since few get this far. */
static __inline void tg_known_path(const struct dentry **dentry, const struct dentry **root,
				   const struct path *p)
{
	const struct vfsmount *mnt;

	*dentry = p->dentry;
	tg_task_root(&mnt, root);
}

#endif
