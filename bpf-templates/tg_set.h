/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Large sets of constants, as tables in .rodata. A search has no branches, so that the verifier
 * walks it once: a step adds half of what is left to a pointer, or 0, by the sign of a difference.
 * Numbers and words that are compared so have less than 64 bits.
 */
#ifndef TG_SET_H
#define TG_SET_H

#include "tg_scratch.h"

/* Keeps the compiler from turning the steps around. */
#define tg_step_by(p, bytes)                                                                       \
	((p) = (const void *)((const char *)(p) + (bytes)));                                       \
	tg_opaque(p)

/*
 * Moves `p` by 1 << k elements unless the one there is above the number; `above` is the number
 * plus 1. From the first element of a table of 1 << n, with k from n - 1 down to 0, this finds the
 * last element that is not above it; the first one never is.
 */
#define TG_STEP(p, above, k)                                                                       \
	tg_step_by(p, (((__u64)(p)[1ull << (k)] - (above)) >> 63) * (sizeof(*(p)) << (k)))

/* Is a < b? 1 or 0, for numbers of 64 bits; `borrow` is of the words below them. */
#define tg_less(a, b, borrow) (((~(a) & (b)) | (~((a) ^ (b)) & ((a) - (b) - (borrow)))) >> 63)

/* The same for numbers of 64 bits, and of two words, the higher one first. */
#define TG_STEP64(p, number, k)                                                                    \
	tg_step_by(p, (tg_less(number, (p)[1ull << (k)], 0) ^ 1) * (8ull << (k)))
#define TG_STEP128(p, high, low, k)                                                                \
	tg_step_by(p, (tg_less(high, (p)[2ull << (k)], tg_less(low, (p)[(2ull << (k)) + 1], 0)) ^  \
		       1) * (16ull << (k)))

/* How many elements `p` was moved by, as far as it is odd. */
#define tg_odd(p, table, size) ((__u64)((const char *)(p) - (const char *)(table)) & (size))

/* A key of a set of texts; compiler/back/trie.h says what is in it. */
struct tg_set_key {
	__u64 low, node;
};

#define TG_NODE_MASK 0xffffffull

/*
 * Seven bytes of a text as a word, the first on top: from offset `at` on, or, the last byte on top,
 * up to that of `at` + 7. There may be less before that; what is missing does not match, for the
 * text is shorter than the value then.
 */
static __inline __u64 tg_word_front(const struct tg_scratch *s, __u32 at)
{
	tg_bound(at, TG_TEXT_MASK);
	return __builtin_bswap64(tg_load8(s->text + at)) >> 8;
}

static __inline __u64 tg_word_back(const struct tg_scratch *s, __u32 at)
{
	__u32 over = 0;

	if ((__s32)at < 0) {
		over = -at * 8 & 63;
		at = 0;
	}
	tg_bound(at, TG_TEXT_MASK);
	return tg_load8(s->text + at) << over >> 8;
}

/* Does the word go through the key? Then: is this a value's end, and the text long enough? */
#define tg_key_fits(low, node, word) (!(((word) ^ (low)) >> ((node) >> 48)))
#define tg_key_ends(node)	     (!((node) >> 24 & TG_NODE_MASK))
#define tg_key_length(node)	     ((__u32)((node)&TG_NODE_MASK))

#endif
