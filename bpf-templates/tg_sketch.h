/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The cheap look at a path that rejects most files before any text is built: its first two
 * components and the last one, found by typed loads without a helper call. There is a sketch
 * only where the chain of dentries *is* the path: the file is on the mount of the task's root and
 * below that root, not more than TG_SKETCH_DEPTH deep. Where there is none, the text decides.
 */
#ifndef TG_SKETCH_H
#define TG_SKETCH_H

#include "tg_kernel.h"
#include "tg_lib.h"

#define TG_INLINE_NAME 32 /* shorter names are stored in the dentry itself */

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

/* The first eight bytes of a name that is stored in the dentry; after its NUL comes anything. */
static __inline __u64 tg_name_word(const struct dentry *d, __u64 name_at)
{
	return tg_load8((const char *)d + name_at);
}

/* A name of at least TG_INLINE_NAME bytes: its inline copy is not to be trusted. */
static __inline bool tg_is_long(const struct dentry *d)
{
	return d->d_name.len >= TG_INLINE_NAME;
}

/* The asm keeps clang from joining the places where this is used. */
#define tg_apart(n) asm volatile("" ::"i"(n) : "memory")

#define tg_sketch_set(k, first_, second_, n)                                                       \
	({                                                                                         \
		bool good_ = !tg_is_long(first_);                                                  \
		(k)->second_at = (second_);                                                        \
		tg_apart(n); /* or it would be copied at every step */                             \
		(k)->first = tg_name_word(first_, at);                                             \
		(k)->second = tg_name_word(second_, at);                                           \
		tg_apart(n);                                                                       \
		good_;                                                                             \
	})

/*
 * Three names for the three dentries in view take turns, and each turn has an exit of its own:
 * a step is a load and a compare. A dentry that is its own parent
 * spins until the depth is used up; on the root's mount none does.
 */
#define TG_TURN(up, here, found)                                                                   \
	up = here->d_parent;                                                                       \
	if (up == root)                                                                            \
		goto found;
#define TG_TURNS                                                                                   \
	TG_TURN(c, b, at_b)                                                                        \
	TG_TURN(a, c, at_c)                                                                        \
	TG_TURN(b, a, at_a)

_Static_assert(TG_SKETCH_DEPTH == 16, "one turn, and five times three");

static __inline int tg_sketch_below(struct tg_sketch *k, const struct dentry *a,
				    const struct dentry *root)
{
	const struct dentry *b, *c = a;
	__u64 at = tg_inline_name_at();

	TG_TURN(b, a, at_last)
	TG_TURNS
	TG_TURNS
	TG_TURNS
	TG_TURNS
	TG_TURNS
	return 0;
at_last:
	k->first = tg_name_word(a, at);
	k->second = 0;
	k->second_at = a;
	return !tg_is_long(a);
at_a:
	return tg_sketch_set(k, a, c, 1);
at_b:
	return tg_sketch_set(k, b, a, 2);
at_c:
	return tg_sketch_set(k, c, b, 3);
}

/* Nobody looks at an absent sketch, but old kernels refuse reads of stack never written. */
static __inline int tg_sketch_none(struct tg_sketch *k)
{
	k->first = k->second = 0;
	k->second_at = k->last = k->root = NULL;
	return 0;
}

static __inline int tg_sketch_root(struct tg_sketch *k, const struct path *p,
				   const struct vfsmount *mnt, const struct dentry *root)
{
	const struct dentry *d;

	if (p->mnt != mnt)
		return tg_sketch_none(k);
	d = p->dentry;
	k->last = d;
	k->root = root;
	/* The root itself is an empty path, which the text decides. */
	if (d == root || !tg_sketch_below(k, d, root))
		return tg_sketch_none(k);
	return 1;
}

/* Where a typed current task cannot be had; a function of its own, to keep the other one light. */
static __subprogram int tg_sketch_untyped(struct tg_sketch *k, const struct path *p)
{
	__u64 words[2];

	tg_root_words(words);
	return tg_sketch_root(k, p, (void *)words[0], (void *)words[1]);
}

static __inline int tg_sketch_of(struct tg_sketch *k, const struct path *p,
				 const struct task_struct *task)
{
	if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_current_task_btf___tg)) {
		const struct fs_struct *fs = task->fs;

		return tg_sketch_root(k, p, fs->root.mnt, fs->root.dentry);
	}
	return tg_sketch_untyped(k, p);
}

#endif
