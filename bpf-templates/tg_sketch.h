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

/* Nobody looks at an absent sketch, but old kernels refuse reads of stack never written. */
static __inline __u64 tg_sketch_none(struct tg_sketch *k)
{
	k->second = k->last = k->root = NULL;
	return 0;
}

/* The asm keeps clang from joining the places where this is used. */
#define tg_apart(n) asm volatile("" ::"i"(n) : "memory")

#define tg_sketch_set(k, first_, second_, n)                                                       \
	({                                                                                         \
		(k)->second = (second_);                                                           \
		tg_apart(n);                                                                       \
		__u64 word_ = tg_first_word(first_, maybe_long);                                   \
		tg_apart(n);                                                                       \
		word_;                                                                             \
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

static __inline __u64 tg_first_word(const struct dentry *d, bool maybe_long)
{
	if (maybe_long && tg_is_long(d))
		return 0;
	return tg_name_word(d, tg_inline_name_at());
}

static __inline __u64 tg_sketch_below(struct tg_sketch *k, const struct dentry *a,
				      const struct dentry *root, bool maybe_long)
{
	const struct dentry *b, *c = a;

	TG_TURN(b, a, at_last)
	TG_TURNS
	TG_TURNS
	TG_TURNS
	TG_TURNS
	TG_TURNS
	return tg_sketch_none(k);
at_last:
	k->second = NULL;
	return tg_first_word(a, maybe_long);
at_a:
	return tg_sketch_set(k, a, c, 1);
at_b:
	return tg_sketch_set(k, b, a, 2);
at_c:
	return tg_sketch_set(k, c, b, 3);
}

/*
 * The root itself, an empty path, has a name of its own ("/"), which no filter asks for. A first
 * word of 0 is from a name that is not stored in its dentry: what else is known stays good.
 */
static __inline __u64 tg_sketch_from(struct tg_sketch *k, const struct dentry *d,
				     const struct dentry *root, bool maybe_long)
{
	k->last = d;
	k->root = root;
	return tg_sketch_below(k, d, root, maybe_long);
}

/* `at` is an expression for the path, so that each load from it has one offset. */
#define tg_sketch_at(k, at, task, maybe_long)                                                      \
	({                                                                                         \
		const struct fs_struct *fs_ = (task)->fs;                                          \
		(at).mnt != fs_->root.mnt                                                          \
			? tg_sketch_none(k)                                                        \
			: tg_sketch_from(k, (at).dentry, fs_->root.dentry, maybe_long);            \
	})

#endif
