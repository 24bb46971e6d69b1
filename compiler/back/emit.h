/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of stage "emit"; not for others. */
#ifndef TGC_EMIT_H
#define TGC_EMIT_H

#include <stdio.h>
#include <inttypes.h>
#include "plan.h"
#include "compiler/base/source.h"

struct emitter {
	struct arena *arena;
	const struct sources *sources;
	const struct plan *plan;
	FILE *out;
	const char *function; /* of text predicates: `__subprogram`, or `__inline` when many */
};

/* Where the bytes of a text lie in the scratch buffer `text`. */
enum text_layout {
	TEXT_AT_START, /* strings: from text[0] */
	TEXT_AT_END,   /* paths: up to text[TG_TEXT_END] */
};

#define MASK "0x%" PRIx64 "ull" /* a set of selectors, in the text that is made */

/* Does the program get its arguments as typed pointers? */
static inline bool emit_typed(enum tg_attach attach)
{
	return attach != TG_ATTACH_KPROBE && attach != TG_ATTACH_TRACEPOINT;
}

/* `#line` for the next function head. */
void emit_line(struct emitter *e, struct span at);
/* A function `bool NAME(struct tg_scratch *)`: does the text in s->read satisfy the operator? */
void emit_text_predicate(struct emitter *e, const char *name, enum text_layout layout, enum op op,
			 const struct value *values, size_t count);
/*
 * A function `bool NAME(__u64 first, const struct tg_sketch *)`: false only if no path with that
 * sketch can satisfy the filter. Returns false, and emits nothing, when a sketch cannot tell.
 */
bool emit_sketch_predicate(struct emitter *e, const char *name, const struct tir_filter *f);
/* Can a sketch of this filter's path ever rule it out? */
bool sketch_useful(const struct tir_filter *f);
/* Can a path satisfy it whose first component is too long to lie in its dentry? */
bool sketch_maybe_long(const struct tir_filter *f);

/* ---- facts that are kept with each process (emit_facts.c) ---- */

uint32_t emit_fact_words(const struct plan *plan);
uint32_t emit_fact_word(uint32_t fact);
uint32_t emit_fact_place(uint32_t fact); /* in its word */
uint64_t emit_fact_bit(uint32_t fact);
/* Do some of them come from parents or other ancestors? */
bool emit_facts_of_families(const struct plan *plan);
/* Before tg_hook.h: what needs debug information. */
void emit_fact_words_kept(struct emitter *e);
/* Is the set one of many that are looked up together? */
bool emit_in_table(const struct plan *plan, uint32_t fact);
/* The table of those, before tg_hook.h; nothing when there is none. */
void emit_binary_table(struct emitter *e);
/* What tg_bits.h wants defined. */
void emit_facts(struct emitter *e);

/* ---- shape (emit_shape.c) ---- */

/* The selectors that a sketch of this slot can rule out. */
uint64_t emit_sketched(const struct plan_hook *h, uint32_t slot);
/* The path that a record ends with, when it is its only text: it is sent from where it is. */
bool emit_only_path(const struct plan_hook *h);
/* Is there anything that has to be read into scratch memory? */
bool emit_has_texts(const struct plan_hook *h);
uint64_t emit_view_mask(const struct plan_view *v);

/* ---- values and predicates ---- */

/* The C type of an integer. */
const char *emit_int_type(uint32_t bits, bool is_signed);
/* A function `bool hHOOK_pN(__u64)` for the predicate. */
void emit_int_predicate(struct emitter *e, uint32_t hook, uint32_t n,
			const struct plan_predicate *p, const struct tir_arg *arg);
/* The name of a text predicate's function: that of the first hook which asks the same. */
const char *emit_text_name(const struct emitter *e, const struct plan_hook *h, uint32_t n,
			   const char *what);
/* Functions for all filters of a hook. */
void emit_predicates(struct emitter *e, const struct plan_hook *h, uint32_t hook);

/* ---- arguments (emit_arg.c) ---- */

/* The C expression of an argument's raw 64 bits, in a program attached like this. */
void emit_argument(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach);
/* Reads a slot's text into scratch memory, from `c->a[slot]`. */
void emit_read(struct emitter *e, const struct plan_hook *h, uint32_t slot);
/* Puts what was read into the record. */
void emit_text_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot);
/* Fills the slots of integers; `attach` 0: in the text half, where the arguments were handed over.
 */
void emit_int_slots(struct emitter *e, const struct plan_hook *h, const char *array,
		    enum tg_attach attach);

/* ---- the halves of a program ---- */

/* NAME_run(ctx): everything that can be told without reading a text, then the rest. */
void emit_decision(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		   enum tg_attach attach);
/* hHOOK_finish(call): the rest, for hooks with texts. */
void emit_finish(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* The same for what the task is like now; the functions that this calls come first. */
void emit_task_functions(struct emitter *e, const struct plan_hook *h, uint32_t hook);
void emit_task_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* Before tg_hook.h: what those need. */
void emit_task_header(struct emitter *e);
/* Is anything compared with the namespaces of process 1? */
bool emit_asks_host(const struct plan *plan);
const char *emit_inode(struct emitter *e, enum ir_namespace kind);
const char *emit_host_inode(struct emitter *e, enum ir_namespace kind);
const char *emit_capability_name(enum ir_capability_set set);
/* The same for what has changed. */
void emit_change_functions(struct emitter *e, const struct plan_hook *h, uint32_t hook);
void emit_change_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* After the `if` that sees that an event could not be sent: what is done when it was. */
void emit_renewals(struct emitter *e, const struct plan_hook *h);
/* Clears from `live` the selectors whose conditions on facts about the process do not hold. */
void emit_fact_tests(struct emitter *e, const struct plan_hook *h);
/* `won`: the first living selector of each policy. */
void emit_winners(struct emitter *e, const struct plan_hook *h);
/* Signals and the return value. */
void emit_actions(struct emitter *e, const struct plan_hook *h);
/* Counts the events of policies whose selectors are in `lost`. */
void emit_losses(struct emitter *e, const struct plan_hook *h);

#endif
