/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Working memory of the programs: what it holds, and who may use it when. */
#ifndef TG_SCRATCH_H
#define TG_SCRATCH_H

#include "tg_core.h"
#include "tg_event.h"

/* How many components a sketch looks at (tg_sketch.h). */
#define TG_SKETCH_DEPTH 16

/*
 * Text memory. Paths are written from TG_TEXT_END backwards: a path that is full starts at
 * TG_TEXT_FULL, before which one more name has room, or the rest of a hook's record: then the
 * path is sent from where it is. Strings start at 0. Offsets are bounded
 * by a mask, and matchers load up to TG_TEXT_GUARD bytes from any of them.
 */
#define TG_TEXT_FULL  512
#define TG_TEXT_END   (TG_TEXT_FULL + TG_PATH_MAX)
#define TG_TEXT_MASK  8191
#define TG_TEXT_GUARD 512
#define TG_RECORD_MAX                                                                              \
	(sizeof(struct tg_exec) + TG_PATH_MAX + TG_ARGV_MAX + TG_PATH_MAX + TG_CGROUP_MAX + 1)

/*
 * Where a path walk stands. It lives in memory rather than in registers so that the verifier
 * sees the same state at every step. Pointers are plain numbers: every read is fault-checked.
 */
struct tg_walk {
	__u64 dentry, mount;			/* here */
	__u64 mount_root, mountpoint, mount_up; /* of this mount */
	__u64 root_dentry, root_mount;		/* where to stop */
	__u32 start; /* offset in tg_scratch.text of the first byte so far */
	__u32 more;  /* the walk ended before the path did */
};

/*
 * A text that was read: where it lies in tg_scratch.text. In memory for the same reason: a
 * length in a register would have the verifier follow every range it was ever compared with.
 */
struct tg_text {
	__u64 value;  /* as in struct tg_slot */
	__u32 status; /* TG_SLOT_* */
	__u32 start, len;
	__u32 flags; /* TG_PATH_UNRESOLVED */
};

/* Where the hash of a text of the record stands (tg_actions.h). */
struct tg_mix {
	__u64 a, b;
	__u32 at, left;
};

/* Loads and stores of text, which has no alignment. */
#ifdef TG_HOST
#define tg_store(at, value) __builtin_memcpy((at), &(value), sizeof(value))
#else
#define tg_store(at, value) (*(typeof(value) *)(at) = (value))
#endif

static __inline __u64 tg_load8(const void *at)
{
#ifdef TG_HOST
	__u64 v;

	__builtin_memcpy(&v, at, sizeof(v));
	return v;
#else
	return *(const __u64 *)at;
#endif
}

static __inline void tg_store8(void *at, __u64 value)
{
	tg_store(at, value);
}

/* Reads memory anew, whatever the compiler remembers of it. */
#define tg_fresh(x) (*(volatile typeof(x) *)&(x))

/*
 * Working memory, per CPU and level (tg_scratch_begin). Should two programs share one after
 * all, they notice: whoever uses it first writes a token of its own to `owner` and looks,
 * before it acts on what it computed, whether the token is still there (tg_scratch_held).
 */
#define TG_SCRATCH_LEVELS 2

struct tg_scratch {
	__u64 owner;
	__u32 level; /* which of them this is */
	struct tg_walk walk;
	struct tg_text read;
	struct tg_mix mix;
	__u32 end;  /* of the record so far */
	__u32 path; /* offset in `text` of the path that the record ends with */
	__u32 call; /* as in struct tg_hook */
	__u64 live; /* selectors still in play */
	char text[TG_TEXT_MASK + 1 + TG_TEXT_GUARD];
	char record[TG_RECORD_MAX];
	__u64 atoms;		   /* of CelExpr: what is known of the texts so far */
	__u32 sizes[TG_SLOTS_MAX]; /* of them, by slot; where an expression asks */
};

/* Times a program starts over because another one used the scratch memory meanwhile. */
#define TG_SCRATCH_TRIES 2

/* Interrupts nest, so whoever finds its own token has not been disturbed. */
static __inline __u64 tg_scratch_hold(struct tg_scratch *s)
{
	__u64 token = tg_fresh(s->owner) + 1;

	tg_fresh(s->owner) = token;
	return token;
}

static __inline bool tg_scratch_held(const struct tg_scratch *s, __u64 token)
{
	return tg_fresh(s->owner) == token;
}

#endif
