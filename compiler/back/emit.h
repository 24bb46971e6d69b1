/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of stage "emit"; not for others. */
#ifndef TGC_EMIT_H
#define TGC_EMIT_H

#include <stdio.h>
#include <inttypes.h>
#include "plan.h"
#include "sketch.h"
#include "compiler/base/source.h"

struct emitter {
	struct arena *arena;
	const struct sources *sources;
	const struct plan *plan;
	FILE *out;
	const char *function; /* of text predicates: `__subprogram`, or `__inline` when many */
	uint32_t first, end;  /* the hooks of this text; 0: it has what all texts share */
};

/* Where the bytes of a text lie in the scratch buffer `text`. */
enum text_layout {
	TEXT_AT_START, /* strings: from text[0] */
	TEXT_AT_END,   /* paths: up to text[TG_TEXT_END] */
};

#define MASK "0x%" PRIx64 "ull" /* a set of selectors, in the text that is made */

/* Does the program get the registers at the function's start? */
static inline bool emit_by_registers(enum tg_attach attach)
{
	return attach == TG_ATTACH_KPROBE || attach == TG_ATTACH_KPROBE_OVERRIDE;
}

/* Is it the entry of a user program's function? */
static inline bool emit_is_user(enum tg_attach attach)
{
	return attach == TG_ATTACH_UPROBE || attach == TG_ATTACH_UPROBE_REGISTERS ||
	       attach == TG_ATTACH_UPROBE_MEMORY;
}

/* Does the program get its arguments as typed pointers? */
static inline bool emit_typed(enum tg_attach attach)
{
	return attach == TG_ATTACH_FENTRY || attach == TG_ATTACH_FMOD_RET ||
	       attach == TG_ATTACH_LSM || attach == TG_ATTACH_TP_BTF;
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

/* ---- workloads (emit_workload.c) ---- */

/* Before tg_hook.h; nothing when no policy chooses workloads. */
void emit_workload_header(struct emitter *e);
/* Here `live` may become empty, which ends the program. */
void emit_workload_tests(struct emitter *e, const struct plan_hook *h);

/* ---- shape (emit_shape.c) ---- */

/* A list of functions, for which one program does. */
static inline bool emit_shared(const struct plan_hook *h)
{
	return h->kind == TG_HOOK_KPROBE && h->target_count;
}

/* The selectors that a sketch of this slot can rule out. */
uint64_t emit_sketched(const struct plan_hook *h, uint32_t slot);
/* The path that a record ends with, when it is its only text: it is sent from where it is. */
bool emit_only_path(const struct plan_hook *h);
/* Do records have more than arguments? */
bool emit_has_extras(const struct plan_hook *h);
/* Does the half of texts need the program's context? */
static inline bool emit_needs_context(const struct plan_hook *h)
{
	return emit_has_extras(h) || h->writes;
}
/*
 * Whether `live` is kept from the verifier by `^ zero` wherever selectors are taken out of it: it
 * would follow every combination of known bits.
 */
static inline bool emit_forgets(const struct plan_hook *h)
{
	return h->selector_count > 4;
}
/* Is there anything that has to be read into, or made in, scratch memory? */
bool emit_has_texts(const struct plan_hook *h);
bool emit_has_sockets(const struct plan_hook *h);
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
/* The same for a slot of a hook, in whichever half. */
void emit_slot_value(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		     enum tg_attach attach);
/* The size of a buffer, likewise. */
void emit_size(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach);
/* Does the argument have a size; does it lie in the record of a tracepoint? */
static inline bool emit_has_size(const struct tir_arg *arg)
{
	return arg->type->id == TYPE_CHAR_BUF || arg->type->id == TYPE_CHAR_IOVEC;
}
static inline bool emit_in_record(const struct tir_arg *arg)
{
	return arg->type->id == TYPE_DATA_LOC || arg->type->id == TYPE_CONST_BUF;
}
/* The C expression of a number in a program's cheap half, fetched or not. */
void emit_number_value(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		       enum tg_attach attach);
/* Reads a slot's text into scratch memory, from `c->a[slot]`. */
void emit_read(struct emitter *e, const struct plan_hook *h, uint32_t slot);
/* Puts what was read into the record. */
void emit_text_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot);
/* Fills the slots of integers; `attach` 0: in the text half, where the arguments were handed over.
 */
void emit_int_slots(struct emitter *e, const struct plan_hook *h, const char *array,
		    enum tg_attach attach);

/* ---- arguments that need more than a register (emit_fetch.c, emit_socket.c) ---- */

/* Does the unit need tg_lib_args.h, or tg_sock.h? */
bool emit_needs_args(const struct plan *plan);
bool emit_needs_sock(const struct plan *plan);
/* Functions `__u32 hHOOK_wSLOT(__u64 *v, __u64 a)`: fetch a value from where the argument points
 * to; 0, or a slot's status. */
void emit_walks(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* Variables `vSLOT` and `fSLOT` (its status) of slots that are fetched, and `fSLOT` of sockets. */
void emit_fetch_variables(struct emitter *e, const struct plan_hook *h);
/* Fills them: those that filters look at, or the others. */
void emit_fetches(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		  enum tg_attach attach, bool filtered);
/* Tests of filters on numbers that are fetched. */
void emit_fetched_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			enum tg_attach attach);
/* Members of `struct hN_call`, and what fills those of one slot. */
void emit_call_members(struct emitter *e, const struct plan_hook *h);
void emit_hand_over(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		    enum tg_attach attach);
/* Reads a struct and puts it into the record; the same for a socket that has been read. */
void emit_struct_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot);

/*
 * Sockets. A program's record or call has a member nSLOT for each one (`in`: "r." or "c."). A
 * filter's function is `bool hHOOK_pN(const struct tg_socket *)`, inline.
 */
void emit_socket_members(struct emitter *e, const struct plan_hook *h);
void emit_socket_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		       enum tg_attach attach, const char *in);
/* Reads those that the tests have not left in their places. */
void emit_socket_reads(struct emitter *e, const struct plan_hook *h, enum tg_attach attach,
		       const char *in);
/* Slots of sockets in a record on the stack. */
void emit_socket_slots(struct emitter *e, const struct plan_hook *h);

/* ---- hooks whose return is watched (emit_return.c) ---- */

/* hHOOK_keep(won, matched, call): remembers the call; what of `matched` has an event to come. */
void emit_keep(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* In the entry's cheap half: what the return will need into `name`.saved. */
void emit_saved(struct emitter *e, const struct plan_hook *h, const char *name,
		enum tg_attach attach);
/* What the call returned, or what was saved when it began. */
void emit_return_value(struct emitter *e, const struct plan_hook *h, const struct tir_arg *arg,
		       enum tg_attach attach);
/* What the call returned. */
void emit_result(struct emitter *e, const struct plan_hook *h, enum tg_attach attach);
/* The body of the program for one attachment. */
void emit_return_body(struct emitter *e, const struct plan_hook *first, uint32_t hook,
		      enum tg_attach attach);

/* ---- hashes of files (emit_hash.c) ---- */

/* The program of the second half. */
void emit_hash_program(struct emitter *e, const struct plan_hook *first, uint32_t hook);
/* At the end of the first one: what becomes of `ret` when there is a second. */
void emit_hand_over_error(struct emitter *e, const struct plan_hook *first, uint32_t hook);

/* ---- the halves of a program ---- */
void emit_section(struct emitter *e, const struct plan_hook *h, enum tg_attach attach);
/* The end of a program that returns `ret`, an error or up to `highest`. */
void emit_bounded_return(struct emitter *e, int highest);
/* Tests of filters on several numbers, once all of them are there. */
void emit_joint_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		      enum tg_attach attach);
/* The answers that a slot's text gives to expressions, once it has been read. */
void emit_answers(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t slot);
/* Tests of expressions over texts, once all of them have been read. */
void emit_answered_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* What is left of `live` without these selectors; nothing is, when they are all there are. */
void emit_clear(struct emitter *e, const struct plan_hook *h, uint64_t mask, const char *indent);

/* What a program consists of: `hook` is its first part. */
void emit_hook(struct emitter *e, uint32_t hook);
/* NAME_run(ctx, live): everything that can be told without reading a text, then the rest. */
void emit_decision(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		   enum tg_attach attach);
/* The tables of a program's indexes, and the functions that search them. */
void emit_indexes(struct emitter *e, const struct plan_hook *first, uint32_t hook);
/* Narrows `live0`, `live1` ... of the parts by the indexes. */
void emit_lookups(struct emitter *e, const struct plan_hook *first, uint32_t hook,
		  enum tg_attach attach);
/* hHOOK_finish(call): the rest, for hooks with texts. */
void emit_finish(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* `won`: the first living selector of each policy that is not off; `acts`: those that enforce. */
void emit_winners(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* The variables of the above. */
const char *emit_winner_variables(const struct plan_hook *h);
/* Clears from `live` the selectors whose conditions on what the task is like now do not hold; the
 * functions that this calls come first. */
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
/* Are there any? */
bool emit_renews(const struct plan_hook *h);
void emit_renewals(struct emitter *e, const struct plan_hook *h);
/* Clears from `live` the selectors whose conditions on facts about the process do not hold. */
void emit_fact_tests(struct emitter *e, const struct plan_hook *h);
/* Signals and the return value. */
void emit_actions(struct emitter *e, const struct plan_hook *h);
/* Do actions of the hook change who owns a socket? */
bool emit_tracks(const struct plan_hook *h);
/* Those actions, after everything else. */
void emit_track_actions(struct emitter *e, const struct plan_hook *h);
/* NAME_own(ctx, won): what returnArgAction says of the result. */
void emit_return_tracks(struct emitter *e, const struct plan_hook *h, const char *name,
			enum tg_attach attach);
/* The same, if it says anything. */
void emit_result_tracks(struct emitter *e, const struct plan_hook *h, const char *name,
			enum tg_attach attach);
/* ---- what is changed in user programs (emit_user.c) ---- */

/* Where an operand in memory lies, as a C expression. */
void emit_operand_address(struct emitter *e, const struct usdt_operand *o);
/* `Set`. */
void emit_set_action(struct emitter *e, const struct plan_hook *h, const struct plan_action *a);
/* What stands for an Override in a program's `ret`. */
uint32_t emit_change_number(const struct plan_hook *h, uint32_t action);
/* The end of a program that changes registers: what `ret` says. */
void emit_register_changes(struct emitter *e, const struct plan_hook *first);
/* Takes what is held back by a rateLimit out of `matched`. */
void emit_rates(struct emitter *e, const struct plan_hook *h, uint32_t hook);
/* What the record has besides arguments. */
void emit_extras(struct emitter *e, const struct plan_hook *h);
/* Counts the events of policies whose selectors are in `lost`. */
void emit_losses(struct emitter *e, const struct plan_hook *h);

#endif
