/* SPDX-License-Identifier: Apache-2.0 */
/* Inside regular expressions: the tree that the parser makes, and the program made of it. */
#ifndef TGRUN_REGEX_TREE_H
#define TGRUN_REGEX_TREE_H

#include <stdint.h>
#include "runtime/regex.h"

#define REGEX_REPEAT_MAX  1000 /* as RE2: the largest number in {n,m} */
#define REGEX_DEPTH_MAX	  250  /* groups within groups */
#define REGEX_NODES_MAX	  16384
#define REGEX_PROGRAM_MAX 8192	/* instructions */
#define REGEX_STEPS_MAX	  65536 /* nodes that are visited to make them */
#define REGEX_ENDLESS	  UINT32_MAX
#define REGEX_CHARACTER	  0x10ffffu

enum regex_node_kind {
	REGEX_EMPTY,
	REGEX_SET, /* one character of the ranges */
	REGEX_CAT,
	REGEX_ALT,
	REGEX_REPEAT,
	REGEX_GROUP,
	REGEX_ASSERT,
};

enum regex_assertion {
	REGEX_TEXT_START,
	REGEX_TEXT_END,
	REGEX_LINE_START,
	REGEX_LINE_END,
	REGEX_WORD_EDGE,
	REGEX_NO_WORD_EDGE,
};

struct regex_range {
	uint32_t first, last;
};

#define REGEX_END UINT32_MAX /* no node: the last of a chain has it as `b` */

/*
 * `a` is the index of the node inside; of REGEX_SET the first range, and `b` how many.
 * REGEX_CAT and REGEX_ALT are chains: `b` is the next node of the chain.
 */
struct regex_node {
	enum regex_node_kind kind;
	bool lazy;
	uint32_t a, b;
	uint32_t least, most; /* REGEX_REPEAT */
	uint32_t number;      /* REGEX_GROUP: its index; REGEX_ASSERT: which */
};

struct regex_tree {
	struct regex_node *nodes;
	struct regex_range *ranges;
	size_t node_count, node_room, range_count, range_room;
	uint32_t groups; /* that capture, the whole match not counted */
	uint32_t root;
};

/* 0, or -1 with `*why` set. regex_tree_free() in both cases. */
int regex_parse(struct regex_tree *tree, const char *expression, size_t size, const char **why);
void regex_tree_free(struct regex_tree *tree);

enum regex_op {
	REGEX_OP_SET,	/* a character of ranges a to a + b, then the next instruction */
	REGEX_OP_SPLIT, /* a is preferred to b */
	REGEX_OP_JUMP,	/* to a */
	REGEX_OP_SAVE,	/* the place, as span edge a */
	REGEX_OP_ASSERT,
	REGEX_OP_MATCH,
};

struct regex_inst {
	enum regex_op op;
	uint32_t a, b;
};

/* Working memory of a search: the states that are followed, in order of preference. */
struct regex_states {
	uint32_t *dense, *sparse;
	uint32_t count;
	size_t *edges; /* spans of each state, 2 * groups + 2 of them; NULL: not asked for */
};

struct regex {
	struct regex_inst *program;
	struct regex_range *ranges;
	uint32_t size;
	uint32_t edges;		 /* in a set of spans */
	bool at_start;		 /* matches at the start of the text only */
	unsigned char first[32]; /* a match begins with one of these bytes; bits */
	bool any_first;		 /* or with anything, or is empty */
	struct regex_states now, next;
	uint32_t *stack;
	size_t *stack_edges, *found;
};

#endif
