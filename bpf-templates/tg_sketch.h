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
		__u64 word_ = tg_name_word(first_, at);                                            \
		bool long_ = tg_is_long(first_);                                                   \
		(k)->second_at = (second_);                                                        \
		tg_apart(n); /* or it would be copied at every step */                             \
		(k)->second = tg_name_word(second_, at);                                           \
		tg_apart(n);                                                                       \
		long_ ? 0 : word_;                                                                 \
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

static __inline __u64 tg_sketch_below(struct tg_sketch *k, const struct dentry *a,
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
	k->second = 0;
	k->second_at = a;
	return tg_is_long(a) ? 0 : tg_name_word(a, at);
at_a:
	return tg_sketch_set(k, a, c, 1);
at_b:
	return tg_sketch_set(k, b, a, 2);
at_c:
	return tg_sketch_set(k, c, b, 3);
}

/* Nobody looks at an absent sketch, but old kernels refuse reads of stack never written. */
static __inline __u64 tg_sketch_none(struct tg_sketch *k)
{
	k->second = 0;
	k->second_at = k->last = k->root = NULL;
	return 0;
}

static __inline __u64 tg_sketch_from(struct tg_sketch *k, const struct dentry *d,
				     const struct dentry *root)
{
	__u64 first;

	k->last = d;
	k->root = root;
	/* The root itself is an empty path, which the text decides. */
	first = d == root ? 0 : tg_sketch_below(k, d, root);
	return first ? first : tg_sketch_none(k);
}

/*
 * `at` is an expression for the path, so that each load from it has one offset. Where a typed
 * current task cannot be had, another function does it, to keep this one light.
 */
#define tg_sketch_at(k, at, task, untyped)                                                         \
	({                                                                                         \
		__u64 first_ = 0;                                                                  \
		if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_current_task_btf___tg)) {      \
			const struct fs_struct *fs_ = (task)->fs;                                  \
			first_ = (at).mnt != fs_->root.mnt                                         \
					 ? tg_sketch_none(k)                                       \
					 : tg_sketch_from(k, (at).dentry, fs_->root.dentry);       \
		} else {                                                                           \
			first_ = untyped;                                                          \
		}                                                                                  \
		first_;                                                                            \
	})

static __subprogram __u64 tg_sketch_untyped(struct tg_sketch *k, const struct path *p)
{
	__u64 words[2];

	tg_root_words(words);
	return p->mnt != (void *)words[0] ? tg_sketch_none(k)
					  : tg_sketch_from(k, p->dentry, (void *)words[1]);
}

#endif
