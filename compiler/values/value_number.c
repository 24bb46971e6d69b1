// SPDX-License-Identifier: Apache-2.0
/* Filter values that are numbers of the argument's type: alone, in ranges, in sets. */
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "number.h"
#include "value.h"

/* Tetragon parses these signed, although they compare unsigned. */
static bool parses_signed(const struct type_info *t)
{
	return t->is_signed || t->id == TYPE_SIZE || t->id == TYPE_SYSCALL64;
}

static uint64_t smallest(const struct type_info *t)
{
	return t->is_signed ? number_extend(1ull << (t->bits - 1), t->bits, true) : 0;
}

static uint64_t largest(const struct type_info *t)
{
	return ~0ull >> (64 - t->bits + t->is_signed);
}

static bool in_order(const struct type_info *t, uint64_t a, uint64_t b)
{
	return t->is_signed ? (int64_t)a <= (int64_t)b : a <= b;
}

static const char *decimal(struct arena *a, const struct type_info *t, uint64_t v)
{
	return t->is_signed ? arena_printf(a, "%" PRId64, (int64_t)v)
			    : arena_printf(a, "%" PRIu64, v);
}

static bool refuse_number(struct arena *a, const struct ast_str *text, struct value_error *e)
{
	struct number n;

	if (!text->len)
		return refuse(e, "an empty value is not a number");
	if (!no_nul(a, text, "a number", e))
		return false;
	refuse(e, arena_printf(a, "`%s` is not a number", shown(a, text->s, text->len)));
	if (number_decimal(text->s, text->len, SIGN_ANY, &n) && n.leading_zero && n.fits) {
		e->hint = "a leading 0 announces an octal number";
		e->replacement = arena_printf(a, "%s%" PRIu64, n.negative ? "-" : "", n.magnitude);
	}
	return false;
}

static bool refuse_fit(struct arena *a, const struct ast_str *text, const struct type_info *t,
		       bool is_signed, struct value_error *e)
{
	return refuse(e, arena_printf(a, "%s does not fit: `%s` takes %s %u-bit number",
				      shown(a, text->s, text->len), t->name,
				      is_signed ? "a signed" : "an unsigned", t->bits));
}

static uint32_t verdict(const struct type_info *t, enum op op, uint64_t v)
{
	if ((op == OP_GT && v == largest(t)) || (op == OP_LT && v == smallest(t)) ||
	    (op == OP_MASK && !v))
		return VALUE_NEVER;
	return 0;
}

bool value_read_number(struct arena *a, const struct ast_str *text, const struct type_info *type,
		       enum op op, struct value *out, struct value_error *e)
{
	bool sign = parses_signed(type);
	struct number n;

	*out = (struct value){.kind = VALUE_IS_NUMBER};
	if (!number_base0(text->s, text->len, sign ? SIGN_ANY : SIGN_MINUS, &n))
		return refuse_number(a, text, e);
	if (!number_fits(&n, type->bits, sign)) {
		refuse_fit(a, text, type, sign, e);
		/* The bits of a negative number, in a base that shows bits; in another order. */
		if (op != OP_GT && op != OP_LT && n.announced && type->is_signed &&
		    number_fits(&n, type->bits, false))
			e->replacement =
				decimal(a, type, number_extend(n.magnitude, type->bits, true));
		return false;
	}
	out->number = number_extend(number_value(&n), type->bits, type->is_signed);
	out->flags = verdict(type, op, out->number);
	if (n.negative && type->bits < 32)
		out->flags |= VALUE_DIFFERS;
	return true;
}

/* ---- ranges ---------------------------------------------------------------------------- */

/* The bytes before and after the one colon. */
static bool split(struct arena *a, const struct ast_str *text, struct ast_str ends[2],
		  struct value_error *e)
{
	const char *colon = memchr(text->s, ':', text->len);
	const char *end = text->s + text->len, *second;

	if (!no_nul(a, text, "a range", e))
		return false;
	if (!colon)
		return refuse(e, arena_printf(a, "`%s` is not a range: it has no `:`",
					      shown(a, text->s, text->len)));
	second = memchr(colon + 1, ':', (size_t)(end - colon) - 1);
	if (second)
		return refuse_at(e, (size_t)(second - text->s), text->len,
				 arena_printf(a, "`%s` has more than one `:`",
					      shown(a, text->s, text->len)));
	ends[0] = (struct ast_str){text->s, (size_t)(colon - text->s), text->at};
	ends[1] = (struct ast_str){colon + 1, (size_t)(end - colon) - 1, text->at};
	return true;
}

static bool refuse_end(struct arena *a, const struct ast_str *text, const struct ast_str *end,
		       struct value_error *e)
{
	size_t from = (size_t)(end->s - text->s);

	if (!end->len)
		return refuse(
			e, arena_printf(a, "`%s` has only one end", shown(a, text->s, text->len)));
	return refuse_at(e, from, from + end->len,
			 arena_printf(a, "`%s` is not a number", shown(a, end->s, end->len)));
}

/* The same range within what the type can hold, when anything of it is. */
static const char *clamped(struct arena *a, const struct type_info *t, const struct number n[2])
{
	uint64_t v[2];

	if ((!n[0].negative && !number_fits(&n[0], t->bits, t->is_signed)) ||
	    (n[1].negative && !number_fits(&n[1], t->bits, t->is_signed)))
		return NULL;
	for (int i = 0; i < 2; i++)
		v[i] = number_fits(&n[i], t->bits, t->is_signed) ? number_value(&n[i])
		       : n[i].negative				 ? smallest(t)
								 : largest(t);
	if (!in_order(t, v[0], v[1]))
		return NULL;
	return arena_printf(a, "%s:%s", decimal(a, t, v[0]), decimal(a, t, v[1]));
}

static bool fit_ends(struct arena *a, const struct ast_str *text, const struct ast_str ends[2],
		     const struct type_info *t, const struct number n[2], struct value *out,
		     struct value_error *e)
{
	for (int i = 0; i < 2; i++) {
		size_t from = (size_t)(ends[i].s - text->s);

		if (number_fits(&n[i], t->bits, t->is_signed))
			continue;
		refuse_fit(a, &ends[i], t, t->is_signed, e);
		e->from = (uint32_t)from;
		e->to = (uint32_t)(from + ends[i].len);
		e->replacement = clamped(a, t, n);
		return false;
	}
	out->kind = VALUE_IS_RANGE;
	out->low = number_extend(number_value(&n[0]), t->bits, t->is_signed);
	out->high = number_extend(number_value(&n[1]), t->bits, t->is_signed);
	if (out->low == smallest(t) && out->high == largest(t))
		out->flags |= VALUE_ALWAYS;
	return true;
}

bool value_read_range(struct arena *a, const struct ast_str *text, const struct type_info *type,
		      struct value *out, struct value_error *e)
{
	struct ast_str ends[2];
	struct number n[2];

	*out = (struct value){.kind = VALUE_IS_RANGE};
	if (!split(a, text, ends, e)) {
		if (number_base0(text->s, text->len, SIGN_ANY, &n[0]))
			e->replacement = arena_printf(a, "%s:%s", text->s, text->s);
		return false;
	}
	for (int i = 0; i < 2; i++) {
		if (!number_base0(ends[i].s, ends[i].len, SIGN_ANY, &n[i]))
			return refuse_end(a, text, &ends[i], e);
		n[i].negative &= n[i].magnitude || !n[i].fits;
	}
	if (!fit_ends(a, text, ends, type, n, out, e))
		return false;
	if (!in_order(type, out->low, out->high))
		return refuse_mend(e,
				   arena_printf(a,
						"`%s` matches nothing: its first end is the "
						"larger one",
						shown(a, text->s, text->len)),
				   arena_printf(a, "%.*s:%.*s", (int)ends[1].len, ends[1].s,
						(int)ends[0].len, ends[0].s));
	return true;
}

/* ---- sets ------------------------------------------------------------------------------ */

static bool read_list(struct arena *a, const struct ast_str *text, const struct type_info *type,
		      struct value *out, struct value_error *e)
{
	if (type->id != TYPE_SYSCALL64)
		return refuse_hint(e,
				   arena_printf(a,
						"a list of system calls cannot be compared with "
						"an argument of type `%s`",
						type->name),
				   "the number of a system call is read with the type `syscall64`");
	if (!no_nul(a, text, "a list's name", e))
		return false;
	if (text->len == 5)
		return refuse(e, "`list:` names no list");
	*out = (struct value){
		.kind = VALUE_IS_LIST, .text = text->s + 5, .len = (uint32_t)text->len - 5};
	return true;
}

/* A set takes decimal numbers only; other spellings are mended. */
static bool refuse_decimal(struct arena *a, const struct ast_str *text, const struct ast_str *ends,
			   size_t count, const struct type_info *t, struct value_error *e)
{
	const char *mend = NULL;
	struct number n;

	for (size_t i = 0; i < count; i++) {
		if (!number_base0(ends[i].s, ends[i].len, SIGN_ANY, &n) || !n.fits)
			return count == 1 ? refuse_number(a, text, e)
					  : refuse_end(a, text, &ends[i], e);
		mend = arena_printf(a, "%s%s%s%" PRIu64, mend ? mend : "", mend ? ":" : "",
				    n.negative ? "-" : "", n.magnitude);
	}
	return refuse_mend(e,
			   arena_printf(a, "`%s` is not decimal: sets of `%s` take no other base",
					shown(a, text->s, text->len), t->name),
			   mend);
}

static void set_order(const struct type_info *t, struct value *v)
{
	uint64_t low = v->low;

	if (in_order(t, v->low, v->high))
		return;
	v->low = v->high;
	v->high = low;
	v->flags |= VALUE_REORDERED;
}

bool value_read_map(struct arena *a, const struct ast_str *text, const struct type_info *type,
		    struct value *out, struct value_error *e)
{
	struct ast_str ends[2] = {*text, *text};
	enum number_sign signs = type->is_signed ? SIGN_ANY : SIGN_MINUS;
	struct number n[2];
	size_t count = 1;

	*out = (struct value){.kind = VALUE_IS_NUMBER};
	if (text->len >= 5 && !memcmp(text->s, "list:", 5))
		return read_list(a, text, type, out, e);
	if (memchr(text->s, ':', text->len)) {
		count = 2;
		if (!split(a, text, ends, e))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!number_decimal(ends[i].s, ends[i].len, signs, &n[i]))
			return refuse_decimal(a, text, ends, count, type, e);
		if (n[i].leading_zero)
			out->flags |= VALUE_LEADING_ZERO;
		if (n[i].negative && type->bits < 64)
			out->flags |= VALUE_DIFFERS;
	}
	if (count == 2) {
		if (!fit_ends(a, text, ends, type, n, out, e))
			return false;
		set_order(type, out);
		return true;
	}
	if (!number_fits(&n[0], type->bits, type->is_signed))
		return refuse_fit(a, text, type, type->is_signed, e);
	out->number = number_extend(number_value(&n[0]), type->bits, type->is_signed);
	return true;
}
