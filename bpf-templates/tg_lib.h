/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What generated units call: compiled once, when tgc itself is built (lib.bpf.c), and linked
 * to every bundle, so that compiling a policy costs little more than starting the compiler.
 * For the same reason units include no header but those that this one does.
 */
#ifndef TG_LIB_H
#define TG_LIB_H

#include "tg_scratch.h"

#ifndef TG_LIBRARY
#define TG_LIBRARY extern
#endif

struct dentry;
struct task_struct;

enum bpf_func_id___tg {
	BPF_FUNC_get_current_task_btf___tg = 158,
};

/* What is known of a path without its text (tg_sketch.h). Lives on a program's stack. */
struct tg_sketch {
	const struct dentry *second; /* the second component; NULL: there is only one */
	const struct dentry *last;   /* the file itself; NULL: there is no sketch */
	const struct dentry *root;   /* the task's */
};

/*
 * Each fills *k from a typed pointer, and gives the first eight bytes of the first component; 0
 * when there is no sketch, so that the text decides. A first component too
 * long to lie in its dentry has bytes that tell nothing: for filters that such a name can satisfy,
 * the `long` ones give no sketch then.
 */
TG_LIBRARY __u64 tg_sketch_file(struct tg_sketch *k, const void *file,
				const struct task_struct *task);
TG_LIBRARY __u64 tg_sketch_path(struct tg_sketch *k, const void *path,
				const struct task_struct *task);
TG_LIBRARY __u64 tg_sketch_long_file(struct tg_sketch *k, const void *file,
				     const struct task_struct *task);
TG_LIBRARY __u64 tg_sketch_long_path(struct tg_sketch *k, const void *path,
				     const struct task_struct *task);
/* The same where there is no typed current task. */
TG_LIBRARY __u64 tg_sketch_untyped_file(struct tg_sketch *k, const void *file);
TG_LIBRARY __u64 tg_sketch_untyped_path(struct tg_sketch *k, const void *path);
/* The first eight bytes of the second component, 0 when there is none. */
TG_LIBRARY __u64 tg_second(const struct tg_sketch *k);
#define TG_SECOND_LONG 1 /* too long to lie in its dentry: it may be anything */
/* The last min(8, length) bytes of the file's name, the last byte on top. */
TG_LIBRARY __u64 tg_name_tail(const struct tg_sketch *k);

/* Working memory (tg_maps.h), and the end of its use; also where there was none. */
TG_LIBRARY struct tg_scratch *tg_scratch_take(void);
TG_LIBRARY int tg_scratch_give(void);
/* Begins, or starts over, with these selectors and a record of `end` bytes; gives the token. */
TG_LIBRARY __u64 tg_begin(struct tg_scratch *s, __u64 live, __u32 end);

/* The current task's root, mount and dentry, by fault-checked reads. */
TG_LIBRARY int tg_root_words(__u64 words[2]);

/* One kernel word through the fault-checked read; 0 when unreadable. */
TG_LIBRARY __u64 tg_kernel_word(__u64 address);

/* The current process's number in its own PID namespace; 0 in the first one. */
TG_LIBRARY __u32 tg_own_number(void);

/* The path of a dentry on a mount into s->text and s->read (tg_path.h). */
TG_LIBRARY int tg_path_text(struct tg_scratch *s, __u64 dentry, __u64 mnt, __u64 fs);

/*
 * Each reads one argument into s->text and s->read, and takes the selectors `need` out of
 * s->live when it cannot be read. Where there is a sketch, the text is made from it.
 */
TG_LIBRARY int tg_read_file(struct tg_scratch *s, __u64 file, __u64 need);
TG_LIBRARY int tg_read_path(struct tg_scratch *s, __u64 path, __u64 need);
TG_LIBRARY int tg_read_string(struct tg_scratch *s, __u64 address, __u64 need);
/* A string that a program passes to the kernel: never kernel memory, whatever it says. */
TG_LIBRARY int tg_read_user(struct tg_scratch *s, __u64 address, __u64 need);
TG_LIBRARY int tg_read_filename(struct tg_scratch *s, __u64 filename, __u64 need);
TG_LIBRARY int tg_read_known_file(struct tg_scratch *s, __u64 file, __u64 need,
				  const struct tg_sketch *k);
TG_LIBRARY int tg_read_known_path(struct tg_scratch *s, __u64 path, __u64 need,
				  const struct tg_sketch *k);

/* Copies the text in s->read to the end of the record (s->end), which moves. */
TG_LIBRARY int tg_slot_text(struct tg_scratch *s, struct tg_slot *slot);
/* The path in s->read is the only text of the record: it stays where it is, for tg_send_path(). */
TG_LIBRARY int tg_slot_path(struct tg_scratch *s, struct tg_slot *slot);

/*
 * Each completes the record in s->record and sends it; not 0 when the ring is full, or when the
 * token is not held. `shape` is the hook's index << 16 and the number of slots.
 */
TG_LIBRARY int tg_send(struct tg_scratch *s, __u32 bundle, __u32 shape, __u64 matched, __u64 token);
TG_LIBRARY int tg_send_path(struct tg_scratch *s, __u32 bundle, __u32 shape, __u64 matched,
			    __u64 token);
/* The same for a record on the caller's stack: struct tg_hook and the slots. */
TG_LIBRARY int tg_send_small(struct tg_hook *h, __u32 bundle, __u32 shape, __u64 matched);
/* One more event of this policy that was lost; `lost` is the map tg_lost. */
TG_LIBRARY int tg_count_lost(void *lost, __u32 policy);

/* What a generated unit defines for the parts that are linked to it. */
#ifndef TG_HOST
#define TG_EXPORT __hidden
#else
#define TG_EXPORT static
#endif

#endif
