/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of constants, as functions and tables; shared by the files of stage "emit". */
#ifndef TGC_EMIT_SET_H
#define TGC_EMIT_SET_H

#include "emit.h"
#include "intervals.h"

struct trie;

/*
 * A function `bool NAME(__u64)`, or of 128 bits `bool NAME(__u64 high, __u64 low)`: is the number
 * in one of the intervals? `bits` are what a number has: 8, 16, 32, 64 or 128. Sorts the intervals.
 */
void emit_number_set(struct emitter *e, const char *name, uint32_t bits, struct interval *v,
		     size_t n);

/* The numbers that a value of 16 bits stands for. */
static inline struct interval value_interval(const struct value *v)
{
	return v->kind == VALUE_IS_RANGE ? (struct interval){v->low, v->high}
					 : (struct interval){v->number, v->number};
}

/* A function `bool hHOOK_pN(const struct tg_socket *)` for a predicate on a socket. */
void emit_socket_predicate(struct emitter *e, uint32_t hook, uint32_t n,
			   const struct plan_predicate *p);

/* A function `bool hHOOK_pN(__u64...)` for a filter on several numbers. */
void emit_joint_predicate(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t n);

/* Functions `bool hHOOK_pNaK(struct tg_scratch *)` for the questions of an expression (emit_cel.c).
 */
void emit_atoms(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t n);

/* Texts more than this are looked up in tables instead of being compared one by one. */
#define TEXTS_COMPARED 12

/* The functions of emit_text_predicate() for many values; it calls this where it is better. */
void emit_text_set(struct emitter *e, const char *name, enum text_layout layout, enum op op,
		   const struct value *values, size_t count);
/* A function `bool NAME(struct tg_scratch *)`: does the text contain one of the values? */
void emit_substring(struct emitter *e, const char *name, bool ignore_case,
		    const struct value *values, size_t count);

/* Tables NAME_low, NAME_node and NAME_keys of a tree, and its look at the root, which leaves the
 * word's key in `low` and `node`. */
void emit_trie_tables(struct emitter *e, const char *name, const struct trie *t);
void emit_trie_root(struct emitter *e, const char *name, const struct trie *t);
/* The third argument of tg_set_*(). */
uint64_t emit_trie_limits(const struct trie *t);

/* `static const TYPE NAME[] = {...};` */
void emit_table(struct emitter *e, const char *type, const char *name, const uint64_t *v, size_t n);

#endif
