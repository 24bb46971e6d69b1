// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": an Override of a user program's function, which changes registers. */
#include "check.h"

static bool is_override(const struct ir_action *a)
{
	return a->action == TG_ACTION_OVERRIDE;
}

static const struct ir_action *first_override(const struct ir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].actions.n; j++)
			if (is_override(&h->selectors[i].actions.v[j]))
				return &h->selectors[i].actions.v[j];
	return NULL;
}

/* The kernel notes of each program whether it writes to registers since it lets some do so. */
static bool can_write(const struct checking *c)
{
	ktype_id aux = kbtf_struct(c->kernel->btf, "bpf_prog_aux");
	struct kmember member;

	return aux && kbtf_member(c->kernel->btf, aux, "kprobe_write_ctx", &member);
}

bool check_register_writes(struct checking *c)
{
	const struct ir_action *a = c->hook->kind == HOOK_UPROBE ? first_override(c->hook) : NULL;
	struct diag *m;

	if (!a || can_write(c))
		return true;
	if (c->kernel->allow_missing)
		return false;
	m = diag_at(c->diags, DIAG_OVERRIDE, a->at,
		    "`Override` changes registers of the program, and the kernel lets no uprobe "
		    "do that");
	diag_note(c->diags, m, "Linux 6.18 is the first one that does");
	diag_hint(c->diags, m, "action: Sigkill   # ends the program instead");
	diag_hint(c->diags, m,
		  "tgc compile --allow-missing   # such kernels go without the whole hook");
	return false;
}

/* ---- where the call goes on ------------------------------------------------------------------
 */

static const char *key_of(const struct ir_action *a)
{
	return a->new_symbol		 ? "argNewSymbol"
	       : a->new_place_is_address ? "argNewAddr"
					 : "argNewOffset";
}

static bool find_target(struct checking *c, const struct ir_action *a, struct userelf_place *out,
			char *why, size_t size)
{
	if (a->new_symbol)
		return userelf_find(c->binary, a->new_symbol->s, out, why, size);
	if (a->new_place_is_address)
		return userelf_address(c->binary, (uint64_t)a->new_place->value, out, why, size);
	return userelf_offset(c->binary, (uint64_t)a->new_place->value, out, why, size);
}

/* Both are in executable segments: the places were looked up. */
static uint64_t address_of(const struct userelf *e, uint64_t offset)
{
	for (size_t i = 0; i < e->segment_count; i++) {
		const struct userelf_segment *s = &e->segments[i];

		if (s->executable && offset >= s->offset && offset - s->offset < s->file_size)
			return s->address + (offset - s->offset);
	}
	return 0;
}

static bool measure(struct checking *c, const struct ir_action *a, const struct ir_place *p,
		    int64_t *distance)
{
	struct userelf_place from, to;
	char why[USERELF_WHY];

	if (!c->binary) {
		*distance = (int64_t)((uint64_t)a->new_place->value - p->offset);
		return true;
	}
	if (!find_place(c, p, &from, why, sizeof(why)))
		return false; /* reported */
	if (!find_target(c, a, &to, why, sizeof(why))) {
		diag_at(c->diags, DIAG_PROBE_BINARY, a->at, "%s", why);
		return false;
	}
	*distance =
		(int64_t)(address_of(c->binary, to.offset) - address_of(c->binary, from.offset));
	return true;
}

static bool add_jump(struct checking *c, const struct ir_action *a, size_t place)
{
	struct tir_hook *out = c->out;
	int64_t distance;

	if (!measure(c, a, &c->hook->places[place], &distance))
		return false;
	if (!distance) {
		diag_note(c->diags,
			  diag_at(c->diags, DIAG_ACTION_ARG, a->at,
				  "`%s` names the place of the probe itself", key_of(a)),
			  "the call would go on as if there were no `Override`");
		return false;
	}
	out->jumps = arena_grow(c->arena, out->jumps, out->jump_count, &out->jump_room,
				sizeof(*out->jumps));
	out->jumps[out->jump_count++] = (struct tir_jump){a, place, distance};
	return true;
}

/* Two addresses need no file to tell how far they are apart; everything else fits one file. */
static void check_jump(struct checking *c, const struct ir_action *a)
{
	bool addresses = a->new_place && a->new_place_is_address;

	if (!a->new_symbol && !a->new_place)
		return;
	for (size_t i = 0; i < c->hook->place_count; i++)
		addresses &= c->hook->places[i].kind == PLACE_ADDRESS;
	if (!c->binary && !addresses)
		return; /* whoever compiles is told (gaps.c) */
	if (!addresses)
		c->out->file_digest = digest_of(c);
	for (size_t i = 0; i < c->hook->place_count; i++)
		if (!add_jump(c, a, i))
			return;
}

void check_jumps(struct checking *c)
{
	for (size_t i = 0; i < c->hook->selector_count; i++) {
		const struct ir_actions *actions = &c->hook->selectors[i].actions;

		for (size_t j = 0; j < actions->n; j++)
			if (is_override(&actions->v[j]))
				check_jump(c, &actions->v[j]);
	}
}
