// SPDX-License-Identifier: Apache-2.0
/* Relations between single values of filters. */
#include <string.h>
#include "imply.h"

#define PRIVILEGED_PORTS 1024

/* The values of an argument for which a claim about a number is true: both ends included, in the
 * argument's order after order_of(). */
struct interval {
	uint64_t low, high;
	bool empty;
};

enum dimension {
	DIMENSION_NONE,
	DIMENSION_NUMBER,
	DIMENSION_TEXT,
	DIMENSION_SOURCE_PORT,
	DIMENSION_TARGET_PORT,
	DIMENSION_SOURCE,
	DIMENSION_TARGET,
	DIMENSION_PROTOCOL,
	DIMENSION_FAMILY,
	DIMENSION_STATE,
	DIMENSION_FILE_TYPE,
};

static enum dimension dimension_of(enum op op)
{
	switch (op_get(op)->plain) {
	case OP_EQUAL: /* of a text, too: then the value's kind tells */
	case OP_GT:
	case OP_LT:
	case OP_MASK:
	case OP_IN_RANGE:
	case OP_IN_MAP:
		return DIMENSION_NUMBER;
	case OP_PREFIX:
	case OP_POSTFIX:
	case OP_SUBSTRING:
		return DIMENSION_TEXT;
	case OP_SPORT:
	case OP_SPORT_PRIV:
		return DIMENSION_SOURCE_PORT;
	case OP_DPORT:
	case OP_DPORT_PRIV:
		return DIMENSION_TARGET_PORT;
	case OP_SADDR:
		return DIMENSION_SOURCE;
	case OP_DADDR:
		return DIMENSION_TARGET;
	case OP_PROTOCOL:
		return DIMENSION_PROTOCOL;
	case OP_FAMILY:
		return DIMENSION_FAMILY;
	case OP_STATE:
		return DIMENSION_STATE;
	case OP_FILE_TYPE:
		return DIMENSION_FILE_TYPE;
	default:
		return DIMENSION_NONE;
	}
}

bool ops_comparable(enum op a, enum op b)
{
	enum dimension x = dimension_of(a), y = dimension_of(b);

	if (x == DIMENSION_NONE || y == DIMENSION_NONE)
		return false;
	return x == y || (op_get(a)->plain == OP_EQUAL && y == DIMENSION_TEXT) ||
	       (op_get(b)->plain == OP_EQUAL && x == DIMENSION_TEXT);
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* Signed numbers so that they compare as unsigned ones do. */
static uint64_t order_of(const struct type_info *type, uint64_t v)
{
	return type->class == CLASS_INT && type->is_signed ? v ^ 1ull << 63 : v;
}

static struct interval interval_of(const struct claim *c)
{
	const struct value *v = c->value;
	struct interval i = {.low = 0, .high = PRIVILEGED_PORTS - 1};

	if (!v) /* SPortPriv, DPortPriv */
		return i;
	if (v->kind == VALUE_IS_RANGE) {
		i.low = order_of(c->type, v->low);
		i.high = order_of(c->type, v->high);
		return i;
	}
	i.low = i.high = order_of(c->type, v->number);
	if (c->plain == OP_GT) {
		i.empty = i.low == UINT64_MAX;
		i.low += 1;
		i.high = UINT64_MAX;
	} else if (c->plain == OP_LT) {
		i.empty = i.high == 0;
		i.high -= 1;
		i.low = 0;
	}
	return i;
}

static bool covers_number(const struct claim *wide, const struct claim *narrow)
{
	struct interval a = interval_of(wide), b = interval_of(narrow);
	bool exact = !b.empty && b.low == b.high;

	if (wide->plain == OP_MASK && narrow->plain == OP_MASK)
		return !(narrow->value->number & ~wide->value->number);
	if (narrow->plain == OP_MASK)
		return false;
	if (wide->plain == OP_MASK)
		return exact && (wide->value->number & order_of(narrow->type, b.low));
	return !a.empty && !b.empty && a.low <= b.low && b.high <= a.high;
}

static bool disjoint_numbers(const struct claim *a, const struct claim *b)
{
	struct interval x = interval_of(a), y = interval_of(b);

	if (a->plain == OP_MASK && b->plain == OP_MASK)
		return false;
	if (a->plain == OP_MASK)
		return disjoint_numbers(b, a);
	if (b->plain == OP_MASK)
		return !x.empty && x.low == x.high &&
		       !(b->value->number & order_of(a->type, x.low));
	return x.empty || y.empty || x.high < y.low || y.high < x.low;
}

/* ---- texts ---------------------------------------------------------------------------------- */

static bool starts(const struct value *v, const struct value *with)
{
	return v->len >= with->len && !memcmp(v->text, with->text, with->len);
}

static bool ends(const struct value *v, const struct value *with)
{
	return v->len >= with->len && !memcmp(v->text + v->len - with->len, with->text, with->len);
}

static bool contains(const struct value *v, const struct value *part)
{
	return memmem(v->text, v->len, part->text, part->len) != NULL;
}

/* Whether the text of `narrow`, wherever it is known to stand, makes `wide` true. */
static bool covers_text(const struct claim *wide, const struct claim *narrow)
{
	const struct value *w = wide->value, *n = narrow->value;

	switch (wide->plain) {
	case OP_EQUAL:
		return narrow->plain == OP_EQUAL && w->len == n->len && starts(n, w);
	case OP_PREFIX: /* an empty text is never looked up */
		return (narrow->plain == OP_EQUAL || narrow->plain == OP_PREFIX) && w->len &&
		       starts(n, w);
	case OP_POSTFIX:
		return (narrow->plain == OP_EQUAL || narrow->plain == OP_POSTFIX) && w->len &&
		       ends(n, w);
	case OP_SUBSTRING:
		return narrow->plain != OP_SUBSTRING_IGNCASE && w->len && contains(n, w);
	default:
		return false;
	}
}

static bool disjoint_texts(const struct claim *a, const struct claim *b)
{
	const struct value *v = a->value, *w = b->value;

	if (a->plain != OP_EQUAL && b->plain == OP_EQUAL)
		return disjoint_texts(b, a);
	if (a->plain == OP_EQUAL && b->plain == OP_EQUAL)
		return v->len != w->len || !starts(v, w);
	if (a->plain == OP_EQUAL)
		return w->len && !covers_text(b, a);
	if (a->plain == OP_PREFIX && b->plain == OP_PREFIX)
		return !starts(v, w) && !starts(w, v);
	if (a->plain == OP_POSTFIX && b->plain == OP_POSTFIX)
		return !ends(v, w) && !ends(w, v);
	return false;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool same_bits(const struct value *a, const struct value *b, unsigned bits)
{
	unsigned rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	return !memcmp(a->address, b->address, bits / 8) &&
	       (!rest || !((a->address[bits / 8] ^ b->address[bits / 8]) & mask));
}

static bool covers_address(const struct value *wide, const struct value *narrow)
{
	return wide->family == narrow->family && wide->prefix <= narrow->prefix &&
	       same_bits(wide, narrow, wide->prefix);
}

/* ---- any ------------------------------------------------------------------------------------ */

static enum value_kind kind_of(const struct claim *c)
{
	if (!c->value)
		return VALUE_IS_NUMBER;
	return c->value->kind == VALUE_IS_RANGE ? VALUE_IS_NUMBER : c->value->kind;
}

static bool same_list(const struct value *a, const struct value *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

bool claim_covers(const struct claim *wide, const struct claim *narrow)
{
	enum value_kind kind = kind_of(wide);

	if (!ops_comparable(wide->plain, narrow->plain) || kind != kind_of(narrow))
		return false;
	switch (kind) {
	case VALUE_IS_TEXT:
		return covers_text(wide, narrow);
	case VALUE_IS_ADDRESS:
		return covers_address(wide->value, narrow->value);
	case VALUE_IS_LIST:
		return same_list(wide->value, narrow->value);
	default:
		return covers_number(wide, narrow);
	}
}

bool claims_disjoint(const struct claim *a, const struct claim *b)
{
	enum value_kind kind = kind_of(a);

	if (!ops_comparable(a->plain, b->plain) || kind != kind_of(b))
		return false;
	switch (kind) {
	case VALUE_IS_TEXT:
		return disjoint_texts(a, b);
	case VALUE_IS_ADDRESS:
		return !covers_address(a->value, b->value) && !covers_address(b->value, a->value);
	case VALUE_IS_LIST:
		return false;
	default:
		return disjoint_numbers(a, b);
	}
}
