// SPDX-License-Identifier: Apache-2.0
/*
 * Stage "emit": filters on sockets, packets and addresses. What a filter does not look at is not
 * loaded: where the program has typed pointers, the functions are inline and the socket a copy.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "emit_set.h"

#define PRIVILEGED 1024 /* ports below it */

static const char *member_of(enum op plain)
{
	switch (plain) {
	case OP_SPORT:
	case OP_SPORT_PRIV:
		return "sport";
	case OP_DPORT:
	case OP_DPORT_PRIV:
		return "dport";
	case OP_PROTOCOL:
		return "protocol";
	case OP_FAMILY:
		return "family";
	case OP_SADDR:
		return "saddr";
	case OP_DADDR:
		return "daddr";
	default:
		return "state";
	}
}

static struct interval block_interval(const struct value *v)
{
	uint32_t bits = v->family == 4 ? 32 : 128;
	wide low = 0, rest = bits == 32 ? UINT32_MAX : ~(wide)0;

	if (v->prefix)
		rest = ((wide)1 << (bits - v->prefix)) - 1;
	for (uint32_t i = 0; i < bits / 8; i++)
		low = low << 8 | v->address[i];
	return (struct interval){low & ~rest, low | rest};
}

static void emit_head(struct emitter *e, const char *name)
{
	fprintf(e->out, "static __inline bool %s(const struct tg_socket *n)\n{\n", name);
}

/* ---- numbers of 16 bits ---------------------------------------------------------------- */

static void emit_member_test(struct emitter *e, const char *name, const struct tir_filter *f)
{
	enum op plain = op_get(f->op)->plain;
	struct interval *v = arena_array(e->arena, f->value_count + 1, sizeof(*v));
	const char *set = arena_printf(e->arena, "%s_set", name);
	size_t n = f->value_count;

	for (size_t i = 0; i < n; i++)
		v[i] = value_interval(&f->values[i]);
	if (plain == OP_SPORT_PRIV || plain == OP_DPORT_PRIV)
		v[n++] = (struct interval){0, PRIVILEGED - 1};
	emit_number_set(e, set, 16, v, n);
	emit_line(e, f->ir->at);
	emit_head(e, name);
	fprintf(e->out, "\treturn %s%s(n->%s);\n}\n\n", op_negated(f->op) ? "!" : "", set,
		member_of(plain));
}

/* ---- addresses ------------------------------------------------------------------------- */

/* The function for the values of one family; false: there are none. */
static bool emit_blocks(struct emitter *e, const char *name, const struct tir_filter *f,
			uint8_t family)
{
	struct interval *v = arena_array(e->arena, f->value_count + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < f->value_count; i++)
		if (f->values[i].family == family)
			v[n++] = block_interval(&f->values[i]);
	if (n)
		emit_number_set(e, name, family == 4 ? 32 : 128, v, n);
	return n;
}

/* Without an address of the internet neither the operator nor its negation holds. */
static void emit_address_test(struct emitter *e, const char *name, const struct tir_filter *f)
{
	const char *member = member_of(op_get(f->op)->plain), *not = op_negated(f->op) ? "!" : "";
	const char *set4 = arena_printf(e->arena, "%s_v4", name);
	const char *set6 = arena_printf(e->arena, "%s_v6", name);
	bool four = emit_blocks(e, set4, f, 4), six = emit_blocks(e, set6, f, 6);

	emit_line(e, f->ir->at);
	emit_head(e, name);
	fprintf(e->out, "\tif (n->family == TG_AF_INET)\n\t\treturn %s", not );
	fprintf(e->out, four ? "%s(__builtin_bswap32((__u32)n->%s[0]));\n" : "0;\n", set4, member);
	fprintf(e->out, "\tif (n->family == TG_AF_INET6)\n\t\treturn %s", not );
	if (six)
		fprintf(e->out, "%s(__builtin_bswap64(n->%s[0]), __builtin_bswap64(n->%s[1]));\n",
			set6, member, member);
	else
		fprintf(e->out, "0;\n");
	fprintf(e->out, "\treturn false;\n}\n\n");
}

void emit_socket_predicate(struct emitter *e, uint32_t hook, uint32_t n,
			   const struct plan_predicate *p)
{
	const char *name = arena_printf(e->arena, "h%u_p%u", hook, n);
	enum op plain = op_get(p->filter->op)->plain;

	emit_line(e, p->filter->ir->at);
	if (plain == OP_SADDR || plain == OP_DADDR)
		emit_address_test(e, name, p->filter);
	else
		emit_member_test(e, name, p->filter);
}
