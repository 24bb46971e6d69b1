/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Walks over the tables of tg_set.h and of automata. All that changes from step to step is bounded
 * by masks or comes out of memory, so that the verifier sees the same state whichever way a step
 * went.
 */
#ifndef TG_WALK_H
#define TG_WALK_H

#include "tg_kernel.h"
#include "tg_lib.h"

/* Where a search stands: `n` keys from `first` on are left. */
struct tg_search {
	__u64 first, n, node;
};

/*
 * One look at a key. 1: half of the keys are out. 0: `node` is what the only key that is left leads
 * to. Less: the word goes through none.
 */
static __inline int tg_look(struct tg_search *f, const struct tg_set_key *keys, __u32 size,
			    __u64 word)
{
	__u64 half = f->n >> 1, at = f->first + half;
	const struct tg_set_key *k;

	if (at >= size)
		return -1;
	k = keys + at;
	if (half) {
		f->n = (f->n - half) & TG_NODE_MASK;
		f->first += half & (__u64)((__s64)(k->low - word - 1) >> 63);
		f->first &= TG_NODE_MASK;
		return 1;
	}
	f->node = k->node;
	return tg_key_fits(k->low, f->node, word) ? 0 : -1;
}

static __inline void tg_search_node(struct tg_search *f, __u64 node)
{
	f->first = node & TG_NODE_MASK;
	f->n = node >> 24 & TG_NODE_MASK;
}

/* `move` is a constant: to the next word, forwards or backwards. */
static __inline int tg_set_walk(struct tg_scratch *s, const struct tg_set_key *keys, __u64 limits,
				__u64 node, __u32 at, const int move)
{
	__u32 size = limits, looks = limits >> 32;
	struct tg_search f;
	__u64 word;

	word = move > 0 ? tg_word_front(s, at) : tg_word_back(s, at);
	tg_search_node(&f, node);
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (__u32 i = 0; i < looks; i++) {
		int look = tg_look(&f, keys, size, word);

		if (look < 0)
			return 0;
		if (look)
			continue;
		if (tg_key_ends(f.node))
			return tg_fresh(s->read.len) >= tg_key_length(f.node);
		tg_search_node(&f, f.node);
		at += move;
		word = move > 0 ? tg_word_front(s, at) : tg_word_back(s, at);
	}
	return 0;
}

TG_LIBRARY int tg_set_front(struct tg_scratch *s, const struct tg_set_key *keys, __u64 limits,
			    __u64 node, __u32 at)
{
	return tg_set_walk(s, keys, limits, node, at, 7);
}

TG_LIBRARY int tg_set_back(struct tg_scratch *s, const struct tg_set_key *keys, __u64 limits,
			   __u64 node, __u32 at)
{
	return tg_set_walk(s, keys, limits, node, at, -7);
}

TG_LIBRARY int tg_set_word(const struct tg_set_key *keys, __u64 limits, __u64 node, __u64 word)
{
	struct tg_search f;
	__u32 size = limits, looks = limits >> 32;
	int look = 1;

	tg_search_node(&f, node);
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (__u32 i = 0; i < looks && look > 0; i++)
		look = tg_look(&f, keys, size, word);
	return look == 0;
}

/*
 * Every state is a row of `next`, by classes of bytes: a byte is a step to the row that is there.
 * No branches: behind the end of a value is a row that leads to itself.
 */
#define TG_CONTAINS_STEP(byte) (row = next[(row + classes[(__u8)(byte)]) & mask])

/* One turn of eight bytes; false when less are left. */
static __inline bool tg_contains_more(struct tg_scratch *s, __u64 *in, __u32 *at, __u32 *left,
				      const __u8 *classes, const __u32 *next, __u32 mask)
{
	__u64 row = *in, word;

	if (*left < 8)
		return false;
	tg_bound(*at, TG_TEXT_MASK);
	word = tg_load8(s->text + *at);
	TG_CONTAINS_STEP(word);
	TG_CONTAINS_STEP(word >> 8);
	TG_CONTAINS_STEP(word >> 16);
	TG_CONTAINS_STEP(word >> 24);
	TG_CONTAINS_STEP(word >> 32);
	TG_CONTAINS_STEP(word >> 40);
	TG_CONTAINS_STEP(word >> 48);
	TG_CONTAINS_STEP(word >> 56);
	*in = row;
	*at += 8;
	*left -= 8;
	tg_bound(*at, TG_TEXT_MASK);
	tg_bound(*left, TG_TEXT_MASK);
	return true;
}

TG_LIBRARY int tg_contains(struct tg_scratch *s, const __u8 *classes, const __u32 *next,
			   __u64 limits, __u32 end)
{
	__u32 at = tg_fresh(s->read.start), left = tg_fresh(s->read.len);
	__u32 mask = limits, turns = limits >> 32;
	__u64 row = 0, word;

	tg_bound(at, TG_TEXT_MASK);
	tg_bound(left, TG_TEXT_MASK);
#ifndef TG_HOST
	if (tg_has_type(struct bpf_iter_num)) {
		struct bpf_iter_num it;

		bpf_iter_num_new(&it, 0, turns);
		while (bpf_iter_num_next(&it))
			if (!tg_contains_more(s, &row, &at, &left, classes, next, mask))
				break;
		bpf_iter_num_destroy(&it);
	} else
#endif
	{
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
		for (__u32 i = 0; i < turns; i++)
			if (!tg_contains_more(s, &row, &at, &left, classes, next, mask))
				break;
	}
	tg_bound(at, TG_TEXT_MASK);
	word = tg_load8(s->text + at);
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (__u32 i = 0; i < 7 && i < left; i++) {
		TG_CONTAINS_STEP(word);
		word >>= 8;
	}
	return row == end;
}

#endif
