/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What generated units call: compiled once, when tgc itself is built (lib.bpf.c), and linked
 * to every bundle, so that compiling a policy costs little more than starting the compiler.
 * For the same reason units include no header but those that this one does.
 */
#ifndef TG_LIB_H
#define TG_LIB_H

#include "tg_set.h"

#ifndef TG_LIBRARY
#define TG_LIBRARY extern
#endif

struct dentry;
struct task_struct;

enum bpf_func_id___tg {
	BPF_FUNC_get_current_task_btf___tg = 158,
	BPF_FUNC_ima_inode_hash___tg = 161,
	BPF_FUNC_get_attach_cookie___tg = 174,
	BPF_FUNC_get_func_ret___tg = 184,
	BPF_FUNC_ima_file_hash___tg = 193,
};

/* A call that matched and has not returned: entries of the map tg_calls. */
struct tg_call_key {
	__u64 thread;
	__u32 hook; /* the entry's */
	__u32 pad;
};

struct tg_call {
	__u64 won;  /* selectors whose return is watched */
	__u32 open; /* the first half of an event was sent */
	__u32 id;   /* as in struct tg_hook */
	__u64 mute; /* selectors whose first half was held back: they have no second one */
	__u64 saved[TG_SAVED_MAX];
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
/* For tg_name_tail() alone; 0: there is no sketch. */
TG_LIBRARY __u64 tg_sketch_end_file(struct tg_sketch *k, const void *file,
				    const struct task_struct *task);
TG_LIBRARY __u64 tg_sketch_end_path(struct tg_sketch *k, const void *path,
				    const struct task_struct *task);
/* The same where there is no typed current task. */
TG_LIBRARY __u64 tg_sketch_untyped_file(struct tg_sketch *k, const void *file);
TG_LIBRARY __u64 tg_sketch_untyped_path(struct tg_sketch *k, const void *path);
/* The first eight bytes of the second component, 0 when there is none. */
TG_LIBRARY __u64 tg_second(const struct tg_sketch *k);
#define TG_SECOND_LONG 1 /* too long to lie in its dentry: it may be anything */
/* The last min(8, length) bytes of the file's name, the last byte on top; 0 when its length is
 * below 64 and not among `lengths`, as bits. */
TG_LIBRARY __u64 tg_name_tail(const struct tg_sketch *k, __u64 lengths);

/* Working memory (tg_maps.h), and the end of its use; also where there was none. */
TG_LIBRARY struct tg_scratch *tg_scratch_take(void);
TG_LIBRARY int tg_scratch_give(void);
/* Begins, or starts over, with these selectors and a record of `end` bytes; gives the token. */
TG_LIBRARY __u64 tg_begin(struct tg_scratch *s, __u64 live, __u32 end);

/* The current task's root, mount and dentry, by fault-checked reads. */
TG_LIBRARY int tg_root_words(__u64 words[2]);

/* One kernel word through the fault-checked read; 0 when unreadable. */
TG_LIBRARY __u64 tg_kernel_word(__u64 address);

/* `size` bytes (1, 2, 4 or 8) of the program's own memory; 0 when unreadable. */
TG_LIBRARY __u64 tg_user_word(__u64 address, __u32 size);
/* The number of a task's process in its own PID namespace; 0 in the first one. */
TG_LIBRARY __u32 tg_number_of(__u64 task);
/* The current process's. */
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
/* The first eight bytes of a string, the first one on top, zeros after its end. -1: not readable.
 */
TG_LIBRARY int tg_string_head(__u64 *head, __u64 address, bool from_user);
TG_LIBRARY int tg_read_filename(struct tg_scratch *s, __u64 filename, __u64 need);
TG_LIBRARY int tg_read_known_file(struct tg_scratch *s, __u64 file, __u64 need,
				  const struct tg_sketch *k);
TG_LIBRARY int tg_read_known_path(struct tg_scratch *s, __u64 path, __u64 need,
				  const struct tg_sketch *k);

/*
 * Is there a value in the set below `node` that the text goes on with at `at`? From front to back,
 * or the other way. `limits` is the number of keys, and << 32 how many looks are enough. Texts are
 * in s->text, `s->read.len` bytes.
 */
TG_LIBRARY int tg_set_front(struct tg_scratch *s, const struct tg_set_key *keys, __u64 limits,
			    __u64 node, __u32 at);
TG_LIBRARY int tg_set_back(struct tg_scratch *s, const struct tg_set_key *keys, __u64 limits,
			   __u64 node, __u32 at);
/* The same for one word. */
TG_LIBRARY int tg_set_word(const struct tg_set_key *keys, __u64 limits, __u64 node, __u64 word);
/*
 * Is one of the values of an automaton in the text? `classes` has 256 entries; `limits` is the size
 * of `next`, a power of two, less 1, and << 32 how many turns of eight bytes the longest text
 * takes; `end` is the state that says yes.
 */
TG_LIBRARY int tg_contains(struct tg_scratch *s, const __u8 *classes, const __u32 *next,
			   __u64 limits, __u32 end);

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
/* Room in the ring for a record of this size, a constant; NULL when it is full. */
TG_LIBRARY void *tg_reserve(__u64 size);
/* Completes a record in the ring: struct tg_hook, whose `call` is set, and the slots. */
TG_LIBRARY int tg_fill(struct tg_hook *h, __u32 bundle, __u32 shape, __u64 matched, __u32 size);
/* Sends one from the caller's stack: `size` bytes in all. */
TG_LIBRARY int tg_send_sized(struct tg_hook *h, __u32 bundle, __u32 shape, __u64 matched,
			     __u32 size);
/*
 * Post with a rateLimit: a key that tells alike events, made of the Post's number, the scope and
 * the slots that the policy shows; then whether there was such an event less than `ms` ago. `rates`
 * is the map tg_rates.
 */
struct tg_rate {
	__u32 post, scope;
	__u64 a, b;
};
#define TG_RATE_THREAD	1
#define TG_RATE_PROCESS 2
#define TG_RATE_GLOBAL	3
TG_LIBRARY int tg_rate_begin(struct tg_rate *k, __u32 post, __u32 scope, __u64 seed[2]);
/* Of a slot that has no text; any other walks through its text. */
TG_LIBRARY int tg_rate_number(struct tg_rate *k, struct tg_scratch *s, __u32 index);
TG_LIBRARY int tg_rate_slot(struct tg_rate *k, struct tg_scratch *s, __u32 index, __u32 slots);
TG_LIBRARY int tg_rate_held(struct tg_rate *k, void *rates, __u32 ms);

/* Adds a stack to the end of the record; `ctx` is the program's. */
TG_LIBRARY int tg_add_stack(struct tg_scratch *s, void *ctx, __u32 kind);

/*
 * Notifications of enforcers. tg_notify() leaves one for this thread; one that nobody has acted on
 * is counted in `missed` and lost. tg_enforce() acts on it, and gives the error, or what the call
 * returns already. tg_forget() takes it back. `pending` is the map tg_pending.
 */
struct tg_notice {
	__u64 task; /* an entry may outlive its thread, and the thread's number be used again */
	__s32 signal, error;
};
TG_LIBRARY int tg_notify(void *pending, void *missed, __u32 policy, __s32 signal, __s32 error);
TG_LIBRARY int tg_enforce(void *pending, __u32 policy, int ret);
TG_LIBRARY int tg_forget(void *pending, void *missed, __u32 policy);

/*
 * Sockets that somebody owns, for a policy; `socks` is the map tg_socks, `live` how many it has. A
 * socket that is one too many has another one forgotten, which is counted in `forgotten`.
 */
struct tg_sock_key {
	__u64 address; /* of the kernel's struct sock */
	__u32 policy;
	__u32 pad;
};
#define TG_SOCKS 32768
TG_LIBRARY int tg_track(void *socks, __u64 *live, void *forgotten, __u32 policy, __u64 address);
TG_LIBRARY int tg_untrack(void *socks, __u64 *live, __u32 policy, __u64 address);
/* Adds the socket's owner, if there is one, to the record's part that begins at `part`; what has
 * no room makes the record one that cannot be sent. */
TG_LIBRARY int tg_add_owner(struct tg_scratch *s, __u32 part, void *socks, __u32 policy,
			    __u64 address);

/*
 * Calls that have not returned; `calls` is the map tg_calls, `hook` the entry's index. A call
 * within a call of the same thread takes the place of the outer one, also when it does not match.
 * keep: fills the id, 0 when there was no room; take: 0 when there is no such call.
 */
TG_LIBRARY int tg_call_forget(void *calls, __u32 hook);
TG_LIBRARY __u32 tg_call_keep(void *calls, __u32 hook, struct tg_call *call);
TG_LIBRARY __u64 tg_call_take(void *calls, __u32 hook, struct tg_call *call);
/* Of these selectors the first half was held back after all; `open`: of others it was not. */
TG_LIBRARY int tg_call_mute(void *calls, __u32 hook, __u64 mute, __u64 open);
/*
 * Hashes of files, which only programs that may sleep can ask for: the LSM program leaves the call
 * behind as above, and a second one, which runs after it, sends the hash. As the kernel does not
 * run it when the first one denies, that hands its error over; 0: the second one returns it.
 */
TG_LIBRARY int tg_hash_hand_over(void *calls, __u32 hook, int error);
/* Of a struct file, of a struct linux_binprm; `shape` is the second half's index << 16. NULL:
 * nobody wants a hash. */
TG_LIBRARY int tg_send_file_hash(__u32 bundle, __u32 shape, const struct tg_call *call,
				 const void *file);
TG_LIBRARY int tg_send_program_hash(__u32 bundle, __u32 shape, const struct tg_call *call,
				    const void *program);
/* No event comes of it; `shape` is the entry's index << 16. */
TG_LIBRARY int tg_send_cancel(__u32 bundle, __u32 shape, __u32 id);
/* One more in an array of counters by policy. */
TG_LIBRARY int tg_count_lost(void *lost, __u32 policy);

/* What a generated unit defines for the parts that are linked to it. */
#ifndef TG_HOST
#define TG_EXPORT __hidden
#else
#define TG_EXPORT static
#endif

#endif
