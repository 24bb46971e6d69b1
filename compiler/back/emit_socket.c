// SPDX-License-Identifier: Apache-2.0
/* Sockets, packets and addresses: read where they are tested, and into the record. */
#include "compiler/base/arena.h"
#include "emit.h"

static bool is_used(const struct plan_slot *s)
{
	return plan_is_socket(s) && plan_is_used(s);
}

static bool is_packet(const struct plan_slot *s)
{
	return s->arg->type->id == TYPE_SKB;
}

/* Does the program have it as a typed pointer? Then what nobody looks at is not loaded. */
static bool is_typed(const struct plan_slot *s, enum tg_attach attach)
{
	return emit_typed(attach) && s->arg->type->class == CLASS_SOCK &&
	       s->arg->source == ARG_PARAMETER && !plan_is_fetched(s);
}

bool emit_needs_sock(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->hook_count; i++)
		for (uint32_t j = 0; j < plan->hooks[i].slot_count; j++)
			if (plan->hooks[i].slots[j].arg->type->class == CLASS_SOCK)
				return true;
	return false;
}

void emit_socket_members(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (is_used(&h->slots[i]))
			fprintf(e->out, "\tstruct %s n%u;\n",
				is_packet(&h->slots[i]) ? "tg_packet" : "tg_socket", i);
}

/* `to`: the struct's name, as the program has it. A NULL is unreadable, and zeros. */
static void emit_typed_read(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			    enum tg_attach attach, const char *to)
{
	fprintf(e->out, "\t\tconst struct sock *sk = ");
	if (h->slots[slot].arg->type->id == TYPE_SOCKET)
		fprintf(e->out, "tg_sock_of(");
	fprintf(e->out, "(const void *)");
	emit_argument(e, h->slots[slot].arg, attach);
	if (h->slots[slot].arg->type->id == TYPE_SOCKET)
		fprintf(e->out, ")");
	fprintf(e->out,
		";\n\n\t\tf%u = TG_SLOT_FAULT;\n\t\tif (sk) {\n\t\t\tf%u = TG_SLOT_OK;\n"
		"\t\t\ttg_load_sock(&%s, sk);\n\t\t} else {\n"
		"\t\t\t__builtin_memset(&%s, 0, sizeof(%s));\n\t\t}\n",
		slot, slot, to, to, to);
}

static const char *reader(const struct plan_slot *s)
{
	switch (s->arg->type->id) {
	case TYPE_SOCKET:
		return "socket";
	case TYPE_SKB:
		return "skb";
	case TYPE_SOCKADDR:
		return "sockaddr";
	default:
		return "sock";
	}
}

static void emit_library_read(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			      enum tg_attach attach, const char *to)
{
	const struct plan_slot *s = &h->slots[slot];
	bool fetched = plan_is_fetched(s);

	fprintf(e->out, "\t\t__u32 bad = tg_read_%s(&%s, ", reader(s), to);
	if (fetched)
		fprintf(e->out, "f%u ? 0 : ", slot);
	fprintf(e->out, "(__u64)");
	emit_number_value(e, h, slot, attach);
	if (s->arg->type->id == TYPE_SOCKADDR)
		fprintf(e->out, ", %d", s->arg->from_user);
	fprintf(e->out,
		fetched ? ");\n\n\t\tif (!f%u)\n\t\t\tf%u = bad;\n" : ");\n\n\t\tf%u = bad;\n",
		slot, slot);
}

/* For the tests of a typed one: a copy of its own, of which only what they look at is made. */
static const char *test_place(const struct emitter *e, const struct plan_hook *h, uint32_t slot,
			      enum tg_attach attach, const char *in)
{
	if (is_typed(&h->slots[slot], attach))
		return arena_printf(e->arena, "t%u", slot);
	return arena_printf(e->arena, "%sn%u", in, slot);
}

static void emit_verdicts(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			  uint32_t slot, const char *place)
{
	const char *part = is_packet(&h->slots[slot]) ? ".socket" : "";

	fprintf(e->out, "\t\tif (f%u)\n", slot);
	emit_clear(e, h, h->slots[slot].filtered, "\t\t");
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (p->slot != slot)
			continue;
		fprintf(e->out, "\t\tif (!h%u_p%u(&%s%s))\n", hook, i, place, part);
		emit_clear(e, h, p->selectors, "\t\t");
	}
}

static void emit_socket_test(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			     uint32_t slot, enum tg_attach attach, const char *in)
{
	const struct plan_slot *s = &h->slots[slot];
	const char *place = test_place(e, h, slot, attach, in);
	bool all = s->filtered == plan_all(h);

	if (!all)
		fprintf(e->out, "\tif (live & " MASK ")", s->filtered);
	fprintf(e->out, "\t{\n");
	if (is_typed(s, attach)) {
		fprintf(e->out, "\t\tstruct tg_socket %s;\n", place);
		emit_typed_read(e, h, slot, attach, place);
	} else {
		emit_library_read(e, h, slot, attach, place);
	}
	emit_verdicts(e, h, hook, slot, place);
	fprintf(e->out, "\t}\n\tif (!live)\n\t\treturn 0;\n");
}

void emit_socket_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		       enum tg_attach attach, const char *in)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_socket(&h->slots[i]) && h->slots[i].filtered)
			emit_socket_test(e, h, hook, i, attach, in);
}

void emit_socket_reads(struct emitter *e, const struct plan_hook *h, enum tg_attach attach,
		       const char *in)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct plan_slot *s = &h->slots[i];
		const char *place = arena_printf(e->arena, "%sn%u", in, i);
		bool typed = is_typed(s, attach);

		if (!is_used(s) || (s->filtered == plan_all(h) && !typed))
			continue;
		if (s->filtered && !typed)
			fprintf(e->out, "\tif (f%u == TG_SLOT_UNREAD)", i);
		fprintf(e->out, "\t{\n");
		if (typed)
			emit_typed_read(e, h, i, attach, place);
		else
			emit_library_read(e, h, i, attach, place);
		fprintf(e->out, "\t}\n");
	}
}

void emit_socket_slots(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (is_used(&h->slots[i]))
			fprintf(e->out,
				"\ttg_slot_set(&r.slot[%u], f%u, 0);\n"
				"\tr.slot[%u].len = sizeof(r.n%u);\n",
				i, i, i, i);
}
