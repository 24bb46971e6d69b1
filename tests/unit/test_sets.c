/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of constants as they are emitted: the C is built for this machine and asked about random
 * numbers and texts; every answer is compared with that of a loop over the values.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "compiler/back/emit_set.h"
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"

#define PREFIX_OF_TEXT 60 /* rubbish before and after a text */

static struct arena arena;
static struct emitter emitter;
static char *unit_text;
static size_t unit_size;
static void *library;
static char folder[] = "/tmp/tgc-sets-XXXXXX";
static uint64_t seed = 20261122;

static uint64_t any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dull;
}

static uint64_t below(uint64_t n)
{
	return any() % n;
}

static const char head[] =
	"#define TG_HOST\n#include \"tests/decide/host.h\"\n#define TG_LIBRARY static\n"
	"#define __subprogram __attribute__((noinline))\n"
	"#include \"bpf-templates/tg_walk.h\"\n"
	"#define TG_LOAD(p, at) tg_load8((p) + (at))\n#define TG_DIFFER(x) (x)\n"
	"static struct tg_scratch scratch;\n"
	"static struct tg_scratch *put(const char *text, unsigned len, int at_end)\n{\n"
	"\tunsigned at = at_end ? TG_TEXT_END - len : 0;\n\n"
	"\t__builtin_memset(scratch.text, 'a', sizeof(scratch.text));\n"
	"\t__builtin_memcpy(scratch.text + at, text, len);\n"
	"\tscratch.read.start = at;\n\tscratch.read.len = len;\n\treturn &scratch;\n}\n\n";

static void begin(void)
{
	emitter = (struct emitter){.arena = &arena, .function = "__subprogram"};
	emitter.out = open_memstream(&unit_text, &unit_size);
	fputs(head, emitter.out);
}

static void build(void)
{
	const char *source, *object;
	char said[4096];
	FILE *f;

	fclose(emitter.out);
	cr_assert(mkdtemp(folder));
	source = arena_printf(&arena, "%s/sets.c", folder);
	object = arena_printf(&arena, "%s/sets.so", folder);
	f = fopen(source, "we");
	cr_assert(f && fwrite(unit_text, 1, unit_size, f) == unit_size);
	fclose(f);
	const char *const argv[] = {"gcc",
				    "-std=gnu11",
				    "-O1",
				    "-w",
				    "-fPIC",
				    "-shared",
				    "-I.",
				    "-Ibpf-templates",
				    "-fsanitize=undefined",
				    "-fno-sanitize-recover=all",
				    source,
				    "-o",
				    object,
				    NULL};
	int status = child_run(argv, NULL, said, sizeof(said));

	cr_assert(!status, "%s", said);
	library = dlopen(object, RTLD_NOW | RTLD_LOCAL);
	cr_assert(library, "%s", dlerror());
	unlink(source);
	unlink(object);
	rmdir(folder);
}

static void end(void)
{
	free(unit_text);
	unit_text = NULL;
	arena_free(&arena);
}

TestSuite(sets, .fini = end, .timeout = 120);

/* ---- numbers --------------------------------------------------------------------------- */

struct numbers {
	struct interval v[3000];
	size_t n;
	uint32_t bits;
};

static wide any_wide(uint32_t bits)
{
	wide v = (wide)any() << 64 | any();

	return bits == 128 ? v : v & (((wide)1 << bits) - 1);
}

/* Numbers that are close together, or spread over all there are; some at the ends. */
static struct numbers *make_numbers(uint32_t bits, size_t n, uint64_t spread)
{
	struct numbers *s = arena_alloc(&arena, sizeof(*s));
	wide top = bits == 128 ? ~(wide)0 : ((wide)1 << bits) - 1;
	wide base = any_wide(bits);

	s->n = n;
	s->bits = bits;
	for (size_t i = 0; i < n; i++) {
		wide low = spread ? (base + below(spread)) & top : any_wide(bits);
		wide len = below(3) ? 0 : spread ? below(spread / n + 2) : any_wide(bits) / n;

		s->v[i] = (struct interval){low, top - low < len ? top : low + len};
	}
	if (n > 3 && !below(4))
		s->v[0] = (struct interval){top - below(3), top};
	if (n > 3 && !below(4))
		s->v[1] = (struct interval){0, below(3)};
	return s;
}

static bool have(const struct numbers *s, wide number)
{
	for (size_t i = 0; i < s->n; i++)
		if (number >= s->v[i].low && number <= s->v[i].high)
			return true;
	return false;
}

static void emit_numbers(const struct numbers *s, unsigned i)
{
	struct interval *copy = arena_array(&arena, s->n + 1, sizeof(*copy));

	memcpy(copy, s->v, s->n * sizeof(*copy));
	emit_number_set(&emitter, arena_printf(&arena, "n%u", i), s->bits, copy, s->n);
	if (s->bits == 128)
		fprintf(emitter.out,
			"int ask%u(__u64 high, __u64 low)\n{\n\treturn n%u(high, low);\n}\n", i, i);
	else
		fprintf(emitter.out, "int ask%u(__u64 high, __u64 low)\n{\n\treturn n%u(low);\n}\n",
			i, i);
}

static size_t ask_numbers(const struct numbers *s, unsigned n)
{
	int (*ask)(uint64_t, uint64_t) = (int (*)(uint64_t, uint64_t))(uintptr_t)dlsym(
		library, arena_printf(&arena, "ask%u", n));
	wide top = s->bits == 128 ? ~(wide)0 : ((wide)1 << s->bits) - 1;
	size_t yes = 0;

	cr_assert(ask);
	for (int i = 0; i < 2000; i++) {
		const struct interval *v = &s->v[below(s->n)];
		wide number =
			below(2) ? any_wide(s->bits) : (below(2) ? v->low : v->high) + below(5) - 2;
		bool want;

		number &= top;
		want = have(s, number);
		yes += want;
		cr_assert(ask((uint64_t)(number >> 64), (uint64_t)number) == want,
			  "set %u of %zu, %u bits: %llx%016llx should be %d", n, s->n, s->bits,
			  (unsigned long long)(number >> 64), (unsigned long long)number, want);
	}
	return yes;
}

Test(sets, numbers)
{
	static const uint32_t widths[] = {8, 16, 32, 64, 128};
	static const size_t counts[] = {1, 3, 6, 7, 40, 127, 128, 300, 2000};
	static const uint64_t spreads[] = {0, 60, 700, 60000, 4000000};
	struct numbers *all[5 * 9 * 5];
	size_t yes = 0;
	unsigned n = 0;

	begin();
	for (size_t w = 0; w < 5; w++)
		for (size_t c = 0; c < 9; c++)
			for (size_t s = 0; s < 5; s++, n++) {
				all[n] = make_numbers(widths[w], counts[c], spreads[s]);
				emit_numbers(all[n], n);
			}
	build();
	for (unsigned i = 0; i < n; i++)
		yes += ask_numbers(all[i], i);
	cr_assert(yes > 1000);
}

Test(sets, no_numbers)
{
	struct interval none;
	int (*ask)(uint64_t);

	begin();
	emit_number_set(&emitter, "none", 32, &none, 0);
	fprintf(emitter.out, "int ask(__u64 v)\n{\n\treturn none(v);\n}\n");
	build();
	ask = (int (*)(uint64_t))(uintptr_t)dlsym(library, "ask");
	for (uint64_t v = 0; v < 100; v++)
		cr_assert(!ask(v));
}

/* ---- texts ----------------------------------------------------------------------------- */

struct texts {
	enum op op;
	enum text_layout layout;
	struct value v[4000];
	size_t n;
	const char *letters;
	uint32_t longest;
};

/* Few letters, so that values begin and end alike. */
static uint32_t any_text(const struct texts *t, char *to)
{
	uint32_t len = 1 + (uint32_t)below(below(8) ? 12 : t->longest);
	size_t letters = strlen(t->letters);

	for (uint32_t i = 0; i < len; i++)
		to[i] = below(60) ? t->letters[below(letters)] : (char)(below(9) ? 'z' : 0);
	return len;
}

static struct texts *make_texts(enum op op, enum text_layout layout, size_t n, const char *letters,
				uint32_t longest)
{
	struct texts *t = arena_alloc(&arena, sizeof(*t));

	*t = (struct texts){.op = op, .layout = layout, .n = n, .letters = letters};
	t->longest = longest;
	for (size_t i = 0; i < n; i++) {
		char *text = arena_alloc(&arena, longest + 1);

		t->v[i].kind = VALUE_IS_TEXT;
		t->v[i].len = any_text(t, text);
		t->v[i].text = text;
	}
	return t;
}

static bool same(const char *a, const char *b, uint32_t len, bool ignore_case)
{
	for (uint32_t i = 0; i < len; i++)
		if (ignore_case ? strncasecmp(a + i, b + i, 1) != 0 : a[i] != b[i])
			return false;
	return true;
}

static bool holds_value(enum op plain, const struct value *v, const char *s, uint32_t len)
{
	bool ignore_case = plain == OP_SUBSTRING_IGNCASE;

	if (v->len > len)
		return false;
	switch (plain) {
	case OP_EQUAL:
		return v->len == len && same(s, v->text, len, false);
	case OP_PREFIX:
		return same(s, v->text, v->len, false);
	case OP_POSTFIX:
		return same(s + len - v->len, v->text, v->len, false);
	default:
		for (uint32_t at = 0; at + v->len <= len; at++)
			if (same(s + at, v->text, v->len, ignore_case))
				return true;
		return false;
	}
}

static bool holds(const struct texts *t, const char *s, uint32_t len)
{
	bool any_of_them = false;

	for (size_t i = 0; i < t->n && !any_of_them; i++)
		any_of_them = holds_value(op_get(t->op)->plain, &t->v[i], s, len);
	return any_of_them != op_negated(t->op) && (len || t->layout == TEXT_AT_START);
}

/* A text, or a value that was cut, lengthened or changed. */
static uint32_t make_question(const struct texts *t, char *to)
{
	const struct value *v = &t->v[below(t->n)];
	uint32_t before = below(2) ? any_text(t, to) % 20 : 0, len = before + v->len;

	if (!below(3))
		return below(20) ? any_text(t, to) : 0;
	memcpy(to + before, v->text, v->len);
	if (below(2))
		len += any_text(t, to + len) % 20;
	else if (!below(3))
		len -= (uint32_t)below(len);
	if (len && !below(3))
		to[below(len)] ^= below(2) ? 1 : 0x20;
	return len < 4096 ? len : 4096;
}

static size_t ask_texts(const struct texts *t, unsigned n)
{
	int (*ask)(const char *, unsigned) = (int (*)(const char *, unsigned))(uintptr_t)dlsym(
		library, arena_printf(&arena, "ask%u", n));
	static char text[3 * 4096];
	size_t yes = 0;

	cr_assert(ask);
	for (int i = 0; i < 1500; i++) {
		uint32_t len = make_question(t, text);
		bool want = holds(t, text, len);

		yes += want;
		cr_assert(ask(text, len) == want,
			  "set %u: %s of %zu, layout %d: `%.*s` (%u) should be %d", n,
			  op_name(t->op), t->n, t->layout, (int)len, text, len, want);
	}
	return yes;
}

Test(sets, texts)
{
	static const enum op ops[] = {OP_EQUAL,	     OP_NOT_EQUAL,	  OP_PREFIX,
				      OP_NOT_PREFIX, OP_POSTFIX,	  OP_NOT_POSTFIX,
				      OP_SUBSTRING,  OP_SUBSTRING_IGNCASE};
	static const size_t counts[] = {1, 12, 13, 40, 600, 2000};
	static const char *const letters[] = {"ab", "abcdefgHIJKLMN/"};
	struct texts *all[8 * 6 * 2 * 2];
	size_t yes = 0;
	unsigned n = 0;

	begin();
	for (size_t o = 0; o < 8; o++)
		for (size_t c = 0; c < 6; c++)
			for (size_t l = 0; l < 2; l++)
				for (int layout = 0; layout < 2; layout++, n++) {
					uint32_t longest = ops[o] >= OP_POSTFIX ? 99 : 255;

					if (c == 3 && ops[o] <= OP_NOT_EQUAL)
						longest = 4000;
					if (o > 5 && c > 4) {
						n--;
						continue;
					}
					all[n] = make_texts(ops[o], (enum text_layout)layout,
							    counts[c], letters[l], longest);
					emit_text_predicate(
						&emitter, arena_printf(&arena, "t%u", n),
						all[n]->layout, ops[o], all[n]->v, counts[c]);
					fprintf(emitter.out,
						"int ask%u(const char *text, unsigned len)\n{\n"
						"\treturn t%u(put(text, len, %d));\n}\n",
						n, n, layout == TEXT_AT_END);
				}
	build();
	for (unsigned i = 0; i < n; i++)
		yes += ask_texts(all[i], i);
	cr_assert(yes > 1000);
}
