/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CelExpr: a condition over a hook's arguments. cel_parse() makes a tree, cel_check() gives every
 * node its type. Trees live in the arena; no tree is deeper than CEL_DEPTH, so that whoever
 * walks one may recurse.
 */
#ifndef TGC_CEL_H
#define TGC_CEL_H

#include "compiler/words/types.h"
#include "value_error.h"

#define CEL_DEPTH  200
#define CEL_LENGTH 16384

enum cel_type { CEL_UNTYPED, CEL_BOOL, CEL_INT, CEL_UINT, CEL_INT32, CEL_UINT32, CEL_STRING };

enum cel_kind {
	CEL_ARG,		      /* number: which, by its place in `args` */
	CEL_LITERAL,		      /* number: CEL_INT (two's complement) or CEL_UINT */
	CEL_TRUTH,		      /* number: 0 or 1 */
	CEL_NEGATE,		      /* !left */
	CEL_TEXT,		      /* `text` */
	CEL_IN,			      /* left in [items] */
#define CEL_OP(id, ...)	    CEL_##id, /* left op right */
#define CEL_FN(id, ...)	    CEL_##id, /* of left, and right where it takes two */
#define CEL_METHOD(id, ...) CEL_##id, /* left.name(right) */
#include "grammar/cel.def"
	CEL_KINDS
};

struct cel_node {
	enum cel_kind kind;
	enum cel_type type; /* of the result; 32-bit types wrap at 32 bits */
	uint32_t from, to;  /* bytes of the text, parentheses around it not counted */
	uint32_t depth;
	uint64_t number;
	struct cel_node *left, *right; /* NULL where the kind has none */
	const char *text;	       /* any bytes, and a NUL behind them */
	size_t len;
	struct cel_node **items;
	uint32_t item_count;
};

/* NULL with a reason when the text is no expression. */
struct cel_node *cel_parse(struct arena *a, const struct ast_str *text, struct value_error *e);
/*
 * Types the tree against the hook's arguments (`args` in the policy's order; auto already
 * resolved). The whole must be a truth value.
 */
bool cel_check(struct arena *a, struct cel_node *root, const struct ast_str *text,
	       const struct type_info *const *args, size_t count, struct value_error *e);
/*
 * Is the node a question to a text, which the argument alone answers? In a checked tree this is a
 * comparison of an argument `left` with texts, or its size; nothing below it is to be looked at.
 */
bool cel_asks_text(const struct cel_node *n);
/* The argument that such a node is about. */
const struct cel_node *cel_text_arg(const struct cel_node *n);
/* All of them, in the order of the text: up to `room` into `out`. Returns how many there are. */
uint32_t cel_questions(const struct cel_node *root, const struct cel_node **out, uint32_t room);
/* Bit N: the expression reads argument N (which is below 64 in a checked tree). */
uint64_t cel_args(const struct cel_node *root);
/* The canonical text: parses to an equal tree. */
const char *cel_print(struct arena *a, const struct cel_node *root);

/* "int", "int32" and so on; the type of an expression over an argument; CEL_UNTYPED: none. */
const char *cel_type_name(enum cel_type type);
enum cel_type cel_type_of(const struct type_info *type);
/* The operator's or function's spelling, its level (-1: none) and how many operands it has. */
const char *cel_spelling(enum cel_kind kind);
int cel_level(enum cel_kind kind);
unsigned cel_operands(enum cel_kind kind);

#endif
