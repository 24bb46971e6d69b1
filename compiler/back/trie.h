/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of texts, found by their beginning, as a tree of words of seven bytes: seven, so that two
 * of them can be compared by the sign of their difference. A text goes down by its words, first
 * byte on top; every node is an array of keys, sorted, each of which covers the words that begin
 * like its own. The walk over the tables is in bpf-templates/tg_set.h.
 */
#ifndef TGC_TRIE_H
#define TGC_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define TRIE_WORD  7	     /* bytes */
#define TRIE_COUNT (1 << 23) /* keys at most */
#define TRIE_NEVER 0xffffff  /* the end of a value that is longer than any text */

/* One word of a value; `shift` bits at its end are not compared, and are 0. */
struct trie_step {
	uint64_t word;
	uint32_t shift;
};

struct trie_value {
	const struct trie_step *steps;
	uint32_t count;	 /* of steps, at least 1 */
	uint32_t length; /* what a text must have at least */
};

struct trie_key {
	uint64_t low;
	/* Bits 0 to 23: the first key of the next node; 24 to 47: how many it has; from 48: the
	 * shift. No keys: the end of a value, whose length is in place of the first key. */
	uint64_t node;
};

struct trie {
	struct trie_key *root; /* 1 << depth of them; the first ones match nothing */
	uint32_t depth;
	struct trie_key *keys; /* of all other nodes */
	uint32_t key_count;
	uint32_t walk; /* looks at a key that finding a text below the root takes at most */
};

/* Makes the tree; sorts `values`. A value that another one is the beginning of is left out.
 * NULL: more than TRIE_COUNT keys. */
struct trie *trie_build(struct arena *a, struct trie_value *values, size_t count);
/* The words of some bytes. */
struct trie_value trie_value(struct arena *a, const void *bytes, size_t len, uint32_t length);

#endif
