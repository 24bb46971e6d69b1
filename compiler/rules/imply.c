// SPDX-License-Identifier: Apache-2.0
/* Relations between filters on arguments. A positive filter is true when one of its claims is, a
 * negated one when none is; an argument that cannot be read fails both. */
#include "imply.h"

static size_t claim_count(const struct tir_filter *f)
{
	return op_get(f->op)->takes == OPERAND_NONE ? 1 : f->value_count;
}

static struct claim claim_at(const struct type_info *type, const struct tir_filter *f, size_t i)
{
	return (struct claim){
		.plain = op_get(f->op)->plain,
		.type = type,
		.value = op_get(f->op)->takes == OPERAND_NONE ? NULL : &f->values[i],
	};
}

static bool covered_by_one(const struct type_info *type, const struct claim *narrow,
			   const struct tir_filter *f)
{
	for (size_t i = 0; i < claim_count(f); i++) {
		struct claim wide = claim_at(type, f, i);

		if (claim_covers(&wide, narrow))
			return true;
	}
	return false;
}

static bool few(const struct tir_filter *a, const struct tir_filter *b)
{
	return (uint64_t)claim_count(a) * claim_count(b) <= IMPLY_LOOKS;
}

/* Each claim of `a` is covered by one of `b`. */
static bool all_covered(const struct type_info *type, const struct tir_filter *a,
			const struct tir_filter *b)
{
	if (!few(a, b))
		return false;
	for (size_t i = 0; i < claim_count(a); i++) {
		struct claim narrow = claim_at(type, a, i);

		if (!covered_by_one(type, &narrow, b))
			return false;
	}
	return claim_count(a) > 0;
}

static bool all_disjoint(const struct type_info *type, const struct tir_filter *a,
			 const struct tir_filter *b)
{
	if (!few(a, b))
		return false;
	for (size_t i = 0; i < claim_count(a); i++)
		for (size_t j = 0; j < claim_count(b); j++) {
			struct claim x = claim_at(type, a, i), y = claim_at(type, b, j);

			if (!claims_disjoint(&x, &y))
				return false;
		}
	return claim_count(a) > 0;
}

static bool comparable(const struct tir_filter *a, const struct tir_filter *b)
{
	return a->arg == b->arg && ops_comparable(a->op, b->op);
}

/*
 * An address or a port that the packet does not have makes NotSAddr and the like false, so a
 * negated filter may follow from a positive one only.
 */
bool filter_implies(const struct type_info *type, const struct tir_filter *a,
		    const struct tir_filter *b)
{
	if (!comparable(a, b))
		return false;
	if (!op_negated(b->op))
		return !op_negated(a->op) && all_covered(type, a, b);
	return op_negated(a->op) ? all_covered(type, b, a) : all_disjoint(type, a, b);
}

bool filters_exclude(const struct type_info *type, const struct tir_filter *a,
		     const struct tir_filter *b)
{
	if (!comparable(a, b) || (op_negated(a->op) && op_negated(b->op)))
		return false;
	if (op_negated(a->op))
		return all_covered(type, b, a);
	if (op_negated(b->op))
		return all_covered(type, a, b);
	return all_disjoint(type, a, b);
}
