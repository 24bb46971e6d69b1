// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/arena.h"
#include "gen.h"
#include "reference.h"

static const uint64_t corners[] = {
	1,	    0,		2,	    4,		 3,	    5,		0x7f,
	0x80,	    0xff,	0x100,	    0x7fff,	 0x8000,    0xffff,	0x10000,
	0x7fffffff, 0x80000000, 0xffffffff, 0x100000001, INT64_MAX, 1ull << 63, UINT64_MAX};

static uint64_t random_number(struct draw *d)
{
	uint64_t v = draw_one_in(d, 2) ? DRAW_FROM(d, corners) : draw_below(d, 8);

	if (draw_one_in(d, 8))
		v = draw_bits(d) >> draw_below(d, 64);
	return draw_one_in(d, 4) ? -v : v;
}

/* As the type has it. A size_t takes what fits a signed 32-bit number. */
static uint64_t in_type(const struct type_info *type, uint64_t v)
{
	struct shape_arg t = {.bits = type->id == TYPE_SIZE ? 31 : type->bits,
			      .c_bits = 64,
			      .is_signed = type->is_signed};

	return reference_number(&t, v);
}

static void hint(struct gen_set *set, uint64_t v)
{
	if (set->number_count < GEN_HINTS)
		set->numbers[set->number_count++] = v;
}

static const char *spell(struct gen *g, const struct type_info *type, uint64_t v)
{
	if (type->is_signed)
		return arena_printf(g->set->arena, "%lld", (long long)v);
	return arena_printf(g->set->arena, draw_one_in(g->draw, 2) ? "%#llx" : "%llu",
			    (unsigned long long)v);
}

/* Ends are read as signed numbers of 64 bits, also of unsigned types. */
static struct part *range(struct gen *g, const struct type_info *type)
{
	uint64_t v[2];

	for (int i = 0; i < 2; i++) {
		v[i] = in_type(type, random_number(g->draw));
		if (!type->is_signed && v[i] > INT64_MAX)
			v[i] = INT64_MAX;
		hint(g->set, v[i]);
	}
	if (type->is_signed ? (int64_t)v[0] > (int64_t)v[1] : v[0] > v[1]) {
		uint64_t first = v[0];

		v[0] = v[1];
		v[1] = first;
	}
	return part_leaf(g->set->arena, "\"%lld:%lld\"", (long long)v[0], (long long)v[1]);
}

struct part *gen_number_value(struct gen *g, const struct type_info *type, enum op op)
{
	enum operand takes = op_get(op)->takes;
	uint64_t v;

	if (takes == OPERAND_RANGE || (takes == OPERAND_MAP && draw_one_in(g->draw, 2)))
		return range(g, type);
	if (takes != OPERAND_TYPED && takes != OPERAND_MAP)
		return NULL;
	v = in_type(type, random_number(g->draw));
	hint(g->set, v);
	if (takes == OPERAND_MAP)
		return part_leaf(g->set->arena, type->is_signed ? "\"%lld\"" : "\"%llu\"",
				 (long long)v);
	return part_leaf(g->set->arena, "\"%s\"", spell(g, type, v));
}

/* Mostly one that a policy names, or next to it; above the type's own bits comes anything. */
void gen_number_argument(const struct gen_set *set, struct draw *d, const struct shape_arg *type,
			 struct argument *out)
{
	uint64_t v = random_number(d);

	if (set->number_count && !draw_one_in(d, 4))
		v = set->numbers[draw_below(d, (unsigned)set->number_count)];
	if (draw_one_in(d, 4))
		v += draw_one_in(d, 2) ? 1 : -1ull;
	if (type->c_bits < 64 && draw_one_in(d, 4))
		v ^= draw_bits(d) << type->c_bits;
	out->number = v;
}
