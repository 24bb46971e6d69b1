/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is known of a process before an event: one bit a fact, kept by process id, in as many words
 * as the bundle needs. bits.bpf.c keeps them; a generated unit asks, and defines what the facts
 * are.
 */
#ifndef TG_BITS_H
#define TG_BITS_H

#include "tg_bits_layout.h"
#include "tg_lib.h"

#ifndef TG_BITS_WORDS
#define TG_BITS_WORDS 1
#endif
#ifndef TG_BITS
#define TG_BITS extern
#endif

/*
 * A word: facts, two flags, and above them, where words are remembered by process id, that id + 1.
 * Each word has the flags, so that it can be understood alone.
 */

#define TG_BITS_UNKNOWN 39 /* the executable's path is: no condition on it holds */
#define TG_BITS_ORPHAN	40 /* the parent's is: no condition on that one holds */
#define TG_BITS_TAG	41
#define TG_BITS_ALL	((1ull << TG_BITS_TAG) - 1)

/*
 * The words of processes that asked lately, by the lowest bits of their ids. Only an event of the
 * process itself writes its word here. Whoever changes what is known of a process takes its words
 * out afterwards, while no thread of it can be between reading and writing (bits.bpf.c says why).
 */
#define TG_BITS_SEEN 1024

/* Which facts survive: those that come from an ancestor, those that a parent had, the process's
 * own. */
struct tg_bits_masks {
	__u64 lasting[TG_BITS_WORDS], parent[TG_BITS_WORDS], own[TG_BITS_WORDS];
};

/* What is found out at the start is kept apart, for the process may execute a program meanwhile. */
struct tg_bits_value {
	__u64 w[TG_BITS_WORDS];
	__u64 family[TG_BITS_WORDS];
};

/* Word `n` of an entry; other programs may be at it. */
#define tg_bits_both(value, n) (tg_fresh((value)->w[n]) | tg_fresh((value)->family[n]))

extern __u64 tg_bits_seen[TG_BITS_WORDS][TG_BITS_SEEN];

/* Word `n` of the current process, from the table or computed now. */
TG_BITS __u64 tg_bits_fetch(__u32 n);

#define tg_bits_word(id, n)                                                                        \
	({                                                                                         \
		__u64 word_ = tg_fresh(tg_bits_seen[n][(id) & (TG_BITS_SEEN - 1)]);                \
		if (word_ >> TG_BITS_TAG != (id) + 1)                                              \
			word_ = tg_bits_fetch(n);                                                  \
		word_;                                                                             \
	})

/* Defined by the unit: */
extern const struct tg_bits_masks tg_bits_masks;
/*
 * Adds the facts about the path in s->read to `found`, which is not on the stack: the verifier
 * would follow every combination of them. `cut`: the path is the end of one that was too long or
 * deep.
 */
TG_EXPORT int tg_bits_path(struct tg_scratch *s, __u64 *found, bool cut);
/* Adds the facts about a process's numbers that its descendants share. `task` 0: there is none. */
TG_EXPORT int tg_bits_number(__u64 *w, __u32 pid, __u64 task);
/* Adds the facts about a process whose parent has these. */
TG_EXPORT int tg_bits_parent(__u64 *w, const struct tg_bits_value *parent);

#endif
