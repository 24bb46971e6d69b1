/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What generated units call: compiled once, when tgc itself is built (lib.bpf.c), and linked
 * to every bundle, so that compiling a policy costs little more than starting the compiler.
 */
#ifndef TG_LIB_H
#define TG_LIB_H

#include "tg_scratch.h"

#ifndef TG_LIBRARY
#define TG_LIBRARY extern
#endif
#ifndef TG_BITS
#define TG_BITS extern
#endif

/* Working memory (tg_maps.h), and the end of its use; also where there was none. */
TG_LIBRARY struct tg_scratch *tg_scratch_take(void);
TG_LIBRARY int tg_scratch_give(void);

/* The current task's root, mount and dentry, by fault-checked reads. */
TG_LIBRARY int tg_root_words(__u64 words[2]);

/* The path of a dentry on a mount into s->text and s->read (tg_path.h). */
TG_LIBRARY int tg_path_text(struct tg_scratch *s, __u64 dentry, __u64 mnt, __u64 fs);

/* Each reads one argument into s->text and s->read. */
TG_LIBRARY int tg_read_file(struct tg_scratch *s, __u64 file);
TG_LIBRARY int tg_read_path(struct tg_scratch *s, __u64 path);
TG_LIBRARY int tg_read_string(struct tg_scratch *s, __u64 address);
/* A string that a program passes to the kernel: never kernel memory, whatever it says. */
TG_LIBRARY int tg_read_user(struct tg_scratch *s, __u64 address);
TG_LIBRARY int tg_read_filename(struct tg_scratch *s, __u64 filename);

/*
 * The same as tg_read_file() for a dentry whose chain of parents is known to reach the task's
 * root within TG_SKETCH_DEPTH steps on one mount: typed loads, no helper but for the names.
 */
TG_LIBRARY int tg_read_known(struct tg_scratch *s, const struct dentry *d,
			     const struct dentry *root);

/* Copies the text in s->read to the end of the record (s->end), which moves. */
TG_LIBRARY int tg_slot_text(struct tg_scratch *s, struct tg_slot *slot);
/* Everything of a hook's record but its size and its slots. */
TG_LIBRARY int tg_head_fill(struct tg_hook *h, __u32 bundle, __u32 hook_and_slots, __u64 matched);
/* Sends the record s->record, s->end bytes long. Not 0: the ring is full. */
TG_LIBRARY int tg_emit_scratch(struct tg_scratch *s);
/* Sends a record on the caller's stack. */
TG_LIBRARY int tg_emit(void *record, __u32 size);

/* Bits of the current process (bits.bpf.c), and the matcher that a unit with such conditions
 * defines: the bit of every list that holds the path in s->read. */
TG_BITS __u64 tg_bits_current(void);
#ifndef TG_HOST
#define TG_EXPORT __hidden
#else
#define TG_EXPORT static
#endif
TG_EXPORT __u64 tg_binaries(struct tg_scratch *s);

/* The executable's path could not be read: no condition on it holds, negated or not. */
#define TG_BITS_UNKNOWN (1ull << 63)

static __inline void tg_slot_int(struct tg_slot *slot, __u64 value)
{
	slot->status = TG_SLOT_OK;
	slot->len = 0;
	slot->value = value;
}

static __inline void tg_slot_unread(struct tg_slot *slot)
{
	slot->status = TG_SLOT_UNREAD;
	slot->len = 0;
	slot->value = 0;
}

#endif
