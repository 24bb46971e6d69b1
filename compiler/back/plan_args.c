// SPDX-License-Identifier: Apache-2.0
/* Arguments of a hook that are read once for all, and the filters on them. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/values/cel.h"
#include "automaton.h"
#include "plan_make.h"
#include "bpf-templates/tg_event.h"

enum plan_slot_kind plan_slot_kind(const struct plan_slot *s)
{
	static const enum plan_slot_kind kinds[CLASS_COUNT] = {
		[CLASS_INT] = SLOT_NUMBER,	 [CLASS_CAPS] = SLOT_NUMBER,
		[CLASS_STRING] = SLOT_TEXT,	 [CLASS_BYTES] = SLOT_TEXT,
		[CLASS_FILENAME] = SLOT_TEXT,	 [CLASS_PATH] = SLOT_TEXT,
		[CLASS_SOCKADDR_UN] = SLOT_TEXT, [CLASS_SOCK] = SLOT_SOCKET,
		[CLASS_SKB] = SLOT_SOCKET,	 [CLASS_SOCKADDR] = SLOT_SOCKET,
		[CLASS_STRUCT] = SLOT_STRUCT,
	};

	enum type_id id = s->arg->type->id;

	return id == TYPE_CAPABILITY || id == TYPE_BPF_CMD ? SLOT_NUMBER
							   : kinds[s->arg->type->class];
}

/* Of the arrays in records only those of longs are numbers. */
uint32_t plan_print(const struct tir_arg *arg)
{
	return arg->type->id == TYPE_CONST_BUF && arg->element == 8 ? TG_ARG_LONGS
								    : arg->type->print;
}

static bool same_text(const struct ast_str *a, const struct ast_str *b)
{
	return a == b || (a && b && !strcmp(a->s, b->s));
}

bool plan_same_arg(const struct tir_arg *a, const struct tir_arg *b)
{
	const struct ir_arg *x = a->ir, *y = b->ir;

	return (x->position == y->position || a->source == ARG_TASK || a->source == ARG_REGISTER ||
		a->source == ARG_RETURN) &&
	       a->abi32 == b->abi32 && a->type == b->type && a->source == b->source &&
	       same_text(x->resolve, y->resolve) && same_text(x->btf_type, y->btf_type) &&
	       same_text(x->btf_module, y->btf_module) && x->size_position == y->size_position &&
	       x->max_data == y->max_data && x->return_copy == y->return_copy;
}

static bool has_slot(const struct plan_hook *h, const struct tir_arg *arg)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_same_arg(h->slots[i].arg, arg))
			return true;
	return false;
}

uint32_t plan_new_slots(const struct plan_hook *h, const struct tir_hook *hook)
{
	uint32_t n = 0;

	for (size_t i = 0; i < hook->arg_count; i++)
		n += hook->args[i].source != ARG_NONE && !has_slot(h, &hook->args[i]);
	for (size_t i = 0; i < hook->data_count; i++)
		n += hook->data[i].source != ARG_NONE && !has_slot(h, &hook->data[i]);
	return n;
}

/* The slot of an argument; made when new. PLAN_NO_SLOT for nop or when there is no room. */
uint32_t plan_slot_for(struct planning *p, struct plan_hook *h, const struct tir_arg *arg)
{
	size_t room = TG_SLOTS_MAX;

	if (arg->source == ARG_NONE || arg->type->class == CLASS_NOP)
		return PLAN_NO_SLOT;
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_same_arg(h->slots[i].arg, arg))
			return i;
	if (h->slot_count == room) {
		diag_at(p->diags, DIAG_TOO_MANY_ARGS, arg->ir->at,
			"more than %d distinct arguments of `%s` are used by all policies together",
			TG_SLOTS_MAX, h->symbol);
		return PLAN_NO_SLOT;
	}
	if (!h->slots)
		h->slots = arena_array(p->arena, room, sizeof(*h->slots));
	h->slots[h->slot_count].arg = arg;
	return h->slot_count++;
}

static int slot_rank(const struct plan_slot *s)
{
	switch (plan_slot_kind(s)) {
	case SLOT_NUMBER:
		return 0;
	case SLOT_TEXT:
		return s->filtered ? 1 : 2;
	default:
		return 2;
	}
}

static void move_slots(uint32_t *slots, size_t count, const uint32_t *moved)
{
	for (size_t i = 0; i < count; i++)
		if (slots[i] != PLAN_NO_SLOT)
			slots[i] = moved[slots[i]];
}

/* Stable reordering by rank; everything that names slots follows. */
void plan_order_slots(struct planning *p, struct plan_hook *h)
{
	struct plan_slot *sorted = arena_array(p->arena, h->slot_count + 1, sizeof(*sorted));
	uint32_t moved[TG_SLOTS_MAX], n = 0;

	for (int rank = 0; rank < 3; rank++)
		for (uint32_t i = 0; i < h->slot_count; i++)
			if (slot_rank(&h->slots[i]) == rank) {
				moved[i] = n;
				sorted[n++] = h->slots[i];
			}
	h->slots = sorted;
	for (uint32_t i = 0; i < h->predicate_count; i++)
		move_slots(&h->predicates[i].slot, 1, moved);
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_TRACK_SOCK ||
		    h->actions[i].action == TG_ACTION_UNTRACK_SOCK)
			move_slots(&h->actions[i].slot, 1, moved);
	for (uint32_t i = 0; i < h->view_count; i++) {
		move_slots(h->views[i].slots, h->views[i].hook->arg_count, moved);
		move_slots(h->views[i].data, h->views[i].hook->data_count, moved);
		move_slots(&h->views[i].result, 1, moved);
	}
}

bool plan_same_filter(const struct tir_filter *a, const struct tir_filter *b)
{
	if (a->op != b->op || a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (!value_equal(&a->values[i], &b->values[i]))
			return false;
	return true;
}

#define SUBSTRING_BYTES (AUTOMATON_SIZE / 256 - 1)

/* Texts that are looked for inside of others become one table, which a kernel must take. */
static void limit_substrings(struct planning *p, const struct tir_filter *f)
{
	enum op plain = op_get(f->op)->plain;
	size_t bytes = 0;
	struct diag *m;

	if (plain != OP_SUBSTRING && plain != OP_SUBSTRING_IGNCASE)
		return;
	for (size_t i = 0; i < f->value_count; i++)
		bytes += f->values[i].len;
	if (bytes <= SUBSTRING_BYTES)
		return;
	m = diag_at(p->diags, DIAG_TOO_MANY_VALUES, f->ir->at,
		    "the %zu values of this `%s` have %zu bytes together: tgc compiles up to %u",
		    f->value_count, op_name(f->op), bytes, SUBSTRING_BYTES);
	diag_note(p->diags, m,
		  "they are looked for all at once, by a table with a row for each of these bytes");
	diag_hint(p->diags, m, "shorten the values to what tells them from other texts");
}

#define TABLES_MAX (4u << 20) /* bytes of constants that a program can have on old kernels */

/* Many texts become a tree with a key of 16 bytes for every seven of theirs, at most. */
static void limit_texts(struct planning *p, const struct plan_slot *slot,
			const struct tir_filter *f)
{
	size_t bytes = 0;
	struct diag *m;

	if (!plan_is_text(slot))
		return;
	for (size_t i = 0; i < f->value_count; i++)
		if (f->values[i].kind == VALUE_IS_TEXT)
			bytes += 16 * ((f->values[i].len + 2) / 7 + 2);
	if (bytes <= TABLES_MAX)
		return;
	m = diag_at(p->diags, DIAG_TOO_MANY_VALUES, f->ir->at,
		    "the tables for the %zu values of this `%s` can take %zu KB: a program has %u "
		    "KB of constants at most",
		    f->value_count, op_name(f->op), bytes >> 10, TABLES_MAX >> 10);
	diag_hint(p->diags, m, "use a shorter `Prefix` or `Postfix` for values that share one");
}

void plan_add_predicate(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t slot,
			const struct tir_filter *f, uint64_t bit)
{
	h->slots[slot].filtered |= bit;
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		struct plan_predicate *have = &h->predicates[i];

		if (have->slot == slot && plan_same_filter(have->filter, f)) {
			have->selectors |= bit;
			return;
		}
	}
	limit_substrings(p, f);
	limit_texts(p, &h->slots[slot], f);
	h->predicates = arena_grow(p->arena, h->predicates, h->predicate_count, &room->predicates,
				   sizeof(*h->predicates));
	h->predicates[h->predicate_count++] =
		(struct plan_predicate){.slot = slot, .filter = f, .selectors = bit};
}

/* The arguments that a filter names: bit N is entry N of the policy's `args`. */
static uint64_t named_args(const struct tir_filter *f)
{
	return f->op == OP_CEL_EXPR ? cel_args(f->expression)
				    : 1ull << f->arg | 1ull << f->ir->second;
}

uint32_t plan_atoms_of(const struct tir_selector *s)
{
	const struct tir_filters *f = &s->filters[IR_ARGS];
	uint32_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].op == OP_CEL_EXPR)
			n += cel_questions(f->v[i].expression, NULL, 0);
	return n;
}

/* Answers are bits of one word. */
static void number_atoms(struct planning *p, struct plan_hook *h, struct plan_predicate *out)
{
	const struct tir_filter *f = out->filter;

	if (f->op != OP_CEL_EXPR)
		return;
	out->first_atom = h->atoms;
	out->atoms = cel_questions(f->expression, NULL, 0);
	h->atoms += out->atoms;
	if (h->atoms <= PLAN_ATOMS_MAX || h->atoms - out->atoms > PLAN_ATOMS_MAX)
		return;
	diag_hint(p->diags,
		  diag_at(p->diags, DIAG_TOO_MANY_VALUES, f->ir->at,
			  "the expressions of this hook ask more than %d questions of texts",
			  PLAN_ATOMS_MAX),
		  "ask for one of many texts at once: `arg0 in [\"a\", \"b\"]`");
}

void plan_add_joint(struct planning *p, struct plan_hook *h, struct rooms *room,
		    const struct plan_view *view, const struct tir_filter *f, uint64_t bit)
{
	uint64_t named = named_args(f);

	for (size_t i = 0; i < view->hook->arg_count && i < 64; i++)
		if (named >> i & 1 && view->slots[i] != PLAN_NO_SLOT)
			h->slots[view->slots[i]].filtered |= bit;
	h->predicates = arena_grow(p->arena, h->predicates, h->predicate_count, &room->predicates,
				   sizeof(*h->predicates));
	h->predicates[h->predicate_count++] = (struct plan_predicate){
		.slot = PLAN_NO_SLOT, .args = view->slots, .filter = f, .selectors = bit};
	number_atoms(p, h, &h->predicates[h->predicate_count - 1]);
}
