// SPDX-License-Identifier: Apache-2.0
/*
 * Relations between filters are certain: what they claim is compared with what the filters say of
 * every argument of a small world.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/rules/imply.h"
#include "compiler/values/value_error.h"

static struct arena arena;

static void clean(void)
{
	arena_free(&arena);
}

TestSuite(imply, .fini = clean);

/* ---- filters, and what they say of an argument ----------------------------------------------
 */

static struct tir_filter filter(enum type_id type, enum op op, const char *const *texts)
{
	struct tir_filter f = {.op = op, .values = arena_array(&arena, 4, sizeof(struct value))};
	struct value_error e;

	for (; texts[f.value_count]; f.value_count++) {
		const char *s = texts[f.value_count];
		struct ast_str text = {.s = s, .len = strlen(s)};

		cr_assert(
			value_read(&arena, &text, type_get(type), op, &f.values[f.value_count], &e),
			"%s %s: %s", op_name(op), s, e.text);
	}
	return f;
}

static bool number_matches(enum op op, const struct value *v, int64_t n)
{
	switch (op) {
	case OP_EQUAL:
	case OP_IN_MAP:
		if (v->kind == VALUE_IS_RANGE)
			return n >= (int64_t)v->low && n <= (int64_t)v->high;
		return n == (int64_t)v->number;
	case OP_GT:
		return n > (int64_t)v->number;
	case OP_LT:
		return n < (int64_t)v->number;
	case OP_MASK:
		return ((uint64_t)n & v->number) != 0;
	case OP_IN_RANGE:
		return n >= (int64_t)v->low && n <= (int64_t)v->high;
	default:
		cr_assert_fail("no such operator here");
		return false;
	}
}

static bool text_matches(enum op op, const struct value *v, const char *s)
{
	size_t len = strlen(s);

	switch (op) {
	case OP_EQUAL:
		return len == v->len && !memcmp(s, v->text, len);
	case OP_PREFIX:
		return len && len >= v->len && !memcmp(s, v->text, v->len);
	case OP_POSTFIX:
		return len && len >= v->len && !memcmp(s + len - v->len, v->text, v->len);
	case OP_SUBSTRING:
		return memmem(s, len, v->text, v->len) != NULL;
	default:
		cr_assert_fail("no such operator here");
		return false;
	}
}

static bool passes(const struct tir_filter *f, const char *s, int64_t n)
{
	enum op plain = op_get(f->op)->plain;

	for (size_t i = 0; i < f->value_count; i++)
		if (s ? text_matches(plain, &f->values[i], s)
		      : number_matches(plain, &f->values[i], n))
			return plain == f->op;
	return plain != f->op;
}

/* ---- a small world -------------------------------------------------------------------------- */

struct world {
	const char *const *texts; /* or */
	int64_t low, high;
};

/* What holds of all arguments of the world. */
struct truth {
	bool implies, excludes;
};

static struct truth look(const struct world *w, const struct tir_filter *a,
			 const struct tir_filter *b)
{
	struct truth t = {true, true};

	if (w->texts) {
		for (size_t i = 0; w->texts[i]; i++) {
			bool x = passes(a, w->texts[i], 0), y = passes(b, w->texts[i], 0);

			t.implies &= !x || y;
			t.excludes &= !x || !y;
		}
		return t;
	}
	for (int64_t n = w->low; n <= w->high; n++) {
		bool x = passes(a, NULL, n), y = passes(b, NULL, n);

		t.implies &= !x || y;
		t.excludes &= !x || !y;
	}
	return t;
}

static unsigned claims;

static void compare(const struct world *w, enum type_id type, const struct tir_filter *a,
		    const struct tir_filter *b)
{
	struct truth t = look(w, a, b);
	bool implies = filter_implies(type_get(type), a, b);
	bool excludes = filters_exclude(type_get(type), a, b);

	cr_assert(!implies || t.implies, "%s %.*s does not imply %s %.*s", op_name(a->op),
		  a->values[0].kind == VALUE_IS_TEXT ? (int)a->values[0].len : 0, a->values[0].text,
		  op_name(b->op), b->values[0].kind == VALUE_IS_TEXT ? (int)b->values[0].len : 0,
		  b->values[0].text);
	cr_assert(!excludes || t.excludes, "%s does not exclude %s", op_name(a->op),
		  op_name(b->op));
	claims += implies + excludes;
}

#define FILTERS 400

static void compare_all(const struct world *w, enum type_id type, const struct tir_filter *filters,
			size_t count)
{
	claims = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			compare(w, type, &filters[i], &filters[j]);
	cr_assert_gt(claims, count, "they say hardly anything");
}

/* ---- numbers -------------------------------------------------------------------------------- */

static void add_pairs(struct tir_filter *out, size_t *count, enum type_id type, enum op op,
		      const char *const *values, size_t value_count)
{
	for (size_t i = 0; i < value_count; i++)
		for (size_t j = i; j < value_count; j++) {
			const char *texts[] = {values[i], j > i ? values[j] : NULL, NULL};

			cr_assert_lt(*count, (size_t)FILTERS);
			out[(*count)++] = filter(type, op, texts);
		}
}

static void compare_numbers(enum type_id type, int64_t low, const char *const *numbers,
			    const char *const *ranges)
{
	static const enum op singles[] = {OP_EQUAL, OP_NOT_EQUAL, OP_GT,
					  OP_LT,    OP_MASK,	  OP_NOT_IN_MAP};
	static const enum op pairs[] = {OP_IN_RANGE, OP_NOT_IN_RANGE, OP_IN_MAP};
	struct tir_filter filters[FILTERS];
	struct world world = {.low = low, .high = 40};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		add_pairs(filters, &count, type, singles[i], numbers, 5);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		add_pairs(filters, &count, type, pairs[i], ranges, 4);
	compare_all(&world, type, filters, count);
}

Test(imply, signed_numbers)
{
	static const char *const numbers[] = {"-3", "0", "1", "6", "9"};
	static const char *const ranges[] = {"-5:-2", "-3:6", "0:1", "7:30"};

	compare_numbers(TYPE_INT, -40, numbers, ranges);
}

Test(imply, unsigned_numbers)
{
	static const char *const numbers[] = {"0", "1", "2", "7", "33"};
	static const char *const ranges[] = {"0:0", "1:7", "2:33", "7:7"};

	compare_numbers(TYPE_UINT64, 0, numbers, ranges);
}

/* At the ends of the type nothing wraps around. */
Test(imply, ends_of_the_type)
{
	static const char *const largest[] = {"18446744073709551615", NULL}, *const zero[] = {"0",
											      NULL};
	struct tir_filter above = filter(TYPE_UINT64, OP_GT, largest);
	struct tir_filter below = filter(TYPE_UINT64, OP_LT, zero);
	struct tir_filter is_zero = filter(TYPE_UINT64, OP_EQUAL, zero);
	struct tir_filter is_largest = filter(TYPE_UINT64, OP_EQUAL, largest);
	const struct type_info *type = type_get(TYPE_UINT64);

	cr_expect_not(filter_implies(type, &is_zero, &above));
	cr_expect_not(filter_implies(type, &is_largest, &below));
	cr_expect(filters_exclude(type, &is_zero, &above));
	cr_expect(filters_exclude(type, &is_largest, &below));
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* All texts over a and b of at most five letters. */
static const char *const *all_texts(void)
{
	const char **out = arena_array(&arena, 64, sizeof(*out));
	size_t count = 0;

	out[count++] = "";
	for (size_t from = 0, to = 1; count < 63; from = to, to = count)
		for (size_t i = from; i < to && count + 2 <= 63; i++) {
			out[count++] = arena_printf(&arena, "%sa", out[i]);
			out[count++] = arena_printf(&arena, "%sb", out[i]);
		}
	return out;
}

Test(imply, texts)
{
	static const enum op ops[] = {OP_EQUAL,	  OP_NOT_EQUAL,	  OP_PREFIX,   OP_NOT_PREFIX,
				      OP_POSTFIX, OP_NOT_POSTFIX, OP_SUBSTRING};
	static const char *const values[] = {"a", "ab", "ba", "aba", "bb"};
	struct world world = {.texts = all_texts()};
	struct tir_filter filters[FILTERS];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		add_pairs(filters, &count, TYPE_STRING, ops[i], values, 5);
	compare_all(&world, TYPE_STRING, filters, count);
}

/* ---- addresses and ports -------------------------------------------------------------------- */

static bool implies(enum op a, const char *const *x, enum op b, const char *const *y)
{
	struct tir_filter f = filter(TYPE_SOCK, a, x), g = filter(TYPE_SOCK, b, y);

	return filter_implies(type_get(TYPE_SOCK), &f, &g);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(imply, addresses)
{
	cr_expect(implies(OP_DADDR, LIST("10.1.0.0/16"), OP_DADDR, LIST("10.0.0.0/8", "::1")));
	cr_expect_not(implies(OP_DADDR, LIST("10.0.0.0/8"), OP_DADDR, LIST("10.1.0.0/16")));
	cr_expect_not(implies(OP_DADDR, LIST("10.1.0.0/16"), OP_SADDR, LIST("10.0.0.0/8")));
	cr_expect(implies(OP_NOT_DADDR, LIST("10.0.0.0/8"), OP_NOT_DADDR, LIST("10.1.2.3")));
	cr_expect_not(implies(OP_NOT_DADDR, LIST("10.0.0.0/9"), OP_NOT_DADDR, LIST("10.0.0.0/8")));
	cr_expect(implies(OP_DADDR, LIST("::1"), OP_NOT_DADDR, LIST("127.0.0.0/8")));
	cr_expect(implies(OP_DADDR, LIST("10.128.0.0/9"), OP_NOT_DADDR, LIST("10.0.0.0/9")));
	cr_expect_not(implies(OP_NOT_DADDR, LIST("::1"), OP_DADDR, LIST("0.0.0.0/0")));
}

Test(imply, ports)
{
	static const char *const none[] = {NULL};

	cr_expect(implies(OP_DPORT, LIST("22", "80"), OP_DPORT_PRIV, none));
	cr_expect_not(implies(OP_DPORT, LIST("22", "8080"), OP_DPORT_PRIV, none));
	cr_expect_not(implies(OP_DPORT_PRIV, none, OP_DPORT, LIST("1:1022")));
	cr_expect(implies(OP_DPORT_PRIV, none, OP_DPORT, LIST("0:1023")));
	cr_expect(implies(OP_DPORT, LIST("8080"), OP_NOT_DPORT_PRIV, none));
	cr_expect_not(implies(OP_SPORT, LIST("22"), OP_DPORT_PRIV, none));
}

/* ---- processes ------------------------------------------------------------------------------ */

static struct ir_binaries binaries(enum op op, bool follow, const char *const *paths)
{
	struct ast_str *values = arena_array(&arena, 4, sizeof(*values));
	size_t count = 0;

	for (; paths[count]; count++)
		values[count] = (struct ast_str){.s = paths[count], .len = strlen(paths[count])};
	return (struct ir_binaries){.op = op,
				    .negated = op_negated(op),
				    .follow_children = follow,
				    .values = values,
				    .value_count = count};
}

Test(imply, binaries)
{
	struct ir_binaries sh = binaries(OP_IN, false, LIST("/bin/sh"));
	struct ir_binaries both = binaries(OP_IN, false, LIST("/bin/sh", "/usr/bin/nc"));
	struct ir_binaries below = binaries(OP_PREFIX, false, LIST("/bin/"));
	struct ir_binaries others = binaries(OP_NOT_IN, false, LIST("/bin/sh"));
	struct ir_binaries not_below = binaries(OP_NOT_PREFIX, false, LIST("/bin/"));
	struct ir_binaries children = binaries(OP_IN, true, LIST("/bin/sh"));
	struct ir_binaries nc_children = binaries(OP_IN, true, LIST("/usr/bin/nc"));

	cr_expect(binaries_imply(&sh, &both));
	cr_expect_not(binaries_imply(&both, &sh));
	cr_expect(binaries_imply(&sh, &below));
	cr_expect_not(binaries_imply(&both, &below));
	cr_expect(binaries_imply(&not_below, &others));
	cr_expect_not(binaries_imply(&others, &not_below));
	cr_expect(binaries_exclude(&sh, &others));
	cr_expect(binaries_exclude(&sh, &not_below));
	cr_expect_not(binaries_exclude(&both, &others));
	cr_expect_not(binaries_imply(&children, &sh));
	cr_expect_not(binaries_exclude(&children, &nc_children), "a child of both");
}

Test(imply, pids_and_namespaces)
{
	int32_t one[] = {1}, two[] = {1, 2};
	uint32_t inode[] = {4026531836};
	struct ir_pids a = {.values = one, .value_count = 1}, b = {.values = two, .value_count = 2};
	struct ir_pids not_one = {.negated = true, .values = one, .value_count = 1};
	struct ir_namespaces host = {.kind = NS_NET, .host = true};
	struct ir_namespaces other = {.kind = NS_NET, .values = inode, .value_count = 1};
	struct ir_namespaces not_host = {.kind = NS_NET, .host = true, .negated = true};

	cr_expect(pids_imply(&a, &b));
	cr_expect_not(pids_imply(&b, &a));
	cr_expect(pids_exclude(&a, &not_one));
	cr_expect(namespaces_exclude(&host, &not_host));
	cr_expect(namespaces_imply(&host, &host));
	cr_expect_not(namespaces_imply(&other, &not_host), "the number may be the host's");
}
