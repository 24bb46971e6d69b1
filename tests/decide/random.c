// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "random.h"
#include "reference.h"
#include "tree.h"

#define FILTERS	   16 /* of one shape, each a policy */
#define VALUES_MAX 5
#define SHOWN	   5 /* failures that are printed */
#define SPELL_MAX  8192

static uint64_t state;

/* splitmix64 */
static uint64_t draw(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static unsigned below(unsigned n)
{
	return (unsigned)(draw() % n);
}

static bool one_in(unsigned n)
{
	return !below(n);
}

/* ---- texts ----------------------------------------------------------------------------- */

static const char *name(void)
{
#define TEN "nnnnnnnnnn"
	static const char *const names[] = {
		"a",
		"b",
		"ab",
		"aa",
		"etc",
		"etcetera",
		"etcetera1",
		"etcetera2/",
		"a b",
		"x (deleted)",
		"passwd",
		".passwd",
		TEN TEN TEN "n",
		TEN TEN TEN "nn",
		TEN TEN TEN "nnnnnnnnn",
		TEN TEN TEN TEN,
		TEN TEN TEN "na",
		"etc" TEN TEN TEN,
	};

	return names[below(one_in(3) ? sizeof(names) / sizeof(names[0]) : 6)];
}

static void append(char *spelling, const char *text)
{
	strncat(spelling, text, SPELL_MAX - strlen(spelling) - 1);
}

/* One more component; a slash in a name is dropped, so that none is empty. */
static void append_name(char *spelling)
{
	char copy[64];

	snprintf(copy, sizeof(copy), "%s", name());
	copy[strcspn(copy, "/")] = '\0';
	append(spelling, "/");
	append(spelling, copy);
}

static void spell_path(char *spelling, bool mounts)
{
	unsigned depth = one_in(12) ? 13 + below(8) : below(5);

	*spelling = '\0';
	if (mounts && one_in(8))
		append(spelling, "!");
	for (unsigned i = 0; i < depth; i++) {
		append_name(spelling);
		if (mounts && one_in(6))
			append(spelling, one_in(2) ? "!" : one_in(2) ? "<a>" : "<etc/a>");
	}
	if (!depth)
		append(spelling, "/");
}

static struct text keep(struct arena *a, const char *s)
{
	return (struct text){arena_strndup(a, s, strlen(s)), strlen(s)};
}

/* A task's root: a part of the path's own way down, some other directory, or none. */
static struct text random_root(struct arena *a, const char *path)
{
	size_t slashes[64], count = 0;
	bool inside = false;

	for (const char *p = path + 1; *path && *p && count < 64; p++) {
		inside = *p == '<' || (inside && *p != '>');
		if (*p == '/' && !inside)
			slashes[count++] = (size_t)(p - path);
	}
	if (count && one_in(4))
		return (struct text){arena_strndup(a, path, slashes[count - 1]),
				     slashes[count - 1]};
	return one_in(8) ? keep(a, one_in(2) ? "/a" : "/etc/a") : (struct text){"", 0};
}

static void cut(char *spelling, const char *op)
{
	size_t len = strlen(spelling), at = len ? below((unsigned)len) : 0;

	if (strstr(op, "Postfix")) {
		if (len - at > 127)
			at = len - 127;
		memmove(spelling, spelling + at, len - at + 1);
	} else if (strstr(op, "Prefix")) {
		spelling[len - at < 255 ? len - at : 255] = '\0';
	}
}

static struct text random_text_value(struct arena *a, const char *op)
{
	char spelling[SPELL_MAX];

	do {
		spell_path(spelling, false);
		if (one_in(10))
			append(spelling, " (deleted)");
		if (one_in(10))
			append(spelling, "/");
		cut(spelling, op);
	} while (!*spelling);
	return keep(a, spelling);
}

/* ---- numbers --------------------------------------------------------------------------- */

static uint64_t random_number(void)
{
	static const uint64_t corners[] = {
		0,	    1,		 2,	    4,		0x7f,	   0x80,       0xff,
		0x100,	    0x7fff,	 0x8000,    0xffff,	0x10000,   0x7fffffff, 0x80000000,
		0xffffffff, 0x100000001, INT64_MAX, 1ull << 63, UINT64_MAX};
	uint64_t v = corners[below(sizeof(corners) / sizeof(corners[0]))];

	if (one_in(8))
		v = draw() >> below(64);
	return one_in(3) ? -v : v;
}

/* In the range of the type; size_t takes signed 32-bit values. */
static struct text random_number_value(struct arena *a, const struct shape_arg *type)
{
	bool is_size = !strcmp(type->type, "size_t");
	struct shape_arg t = {
		.bits = is_size ? 31 : type->bits, .c_bits = 64, .is_signed = type->is_signed};
	uint64_t v = reference_number(&t, random_number());

	return keep(a, type->is_signed ? arena_printf(a, "%lld", (long long)v)
				       : arena_printf(a, "%#llx", (unsigned long long)v));
}

/* ---- shapes ---------------------------------------------------------------------------- */

static struct filter random_filter(struct arena *a, const struct shape_arg *type)
{
	static const char *const text_ops[] = {"Equal",	    "NotEqual", "Prefix",
					       "NotPrefix", "Postfix",	"NotPostfix"};
	static const char *const number_ops[] = {"Equal", "NotEqual", "GT", "LT", "Mask"};
	bool number = shape_arg_is_number(type);
	struct filter f = {.op = number ? number_ops[below(5)] : text_ops[below(6)]};
	struct text *values = arena_array(a, VALUES_MAX, sizeof(*values));

	f.value_count = 1 + below(one_in(2) ? 1 : VALUES_MAX);
	for (size_t i = 0; i < f.value_count; i++)
		values[i] = number ? random_number_value(a, type) : random_text_value(a, f.op);
	f.values = values;
	return f;
}

static void random_shape(struct arena *a, struct shapes *out, enum shape_kind kind,
			 const char *type, size_t filters)
{
	struct shape *s = shapes_add(a, out);
	struct filter *f = arena_array(a, filters, sizeof(*f));

	s->file = "random";
	s->kind = kind;
	s->arg_count = 1;
	shape_arg_parse(a, type, &s->args[0]);
	for (size_t i = 0; i < filters; i++)
		f[i] = random_filter(a, &s->args[0]);
	s->filters = f;
	s->filter_count = filters;
}

void random_shapes(struct arena *a, uint64_t seed, struct shapes *out)
{
	static const char *const numbers[] = {"int",	"uint32",   "int64",	"uint64",
					      "int16",	"uint16",   "int8",	"uint8",
					      "size_t", "int@long", "int8@int", "uint16@int"};

	state = seed;
	random_shape(a, out, SHAPE_KPROBE, "file", FILTERS);
	random_shape(a, out, SHAPE_KPROBE, "file", FILTERS);
	random_shape(a, out, SHAPE_KPROBE, "path", FILTERS);
	random_shape(a, out, SHAPE_LSM, "file", FILTERS);
	random_shape(a, out, SHAPE_KPROBE, "string", FILTERS);
	for (int i = 0; i < 12; i++) /* alone, a filter that fails ends the program */
		random_shape(a, out, SHAPE_KPROBE, i % 4 ? "file" : "string", 1);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		random_shape(a, out, SHAPE_KPROBE, numbers[i], FILTERS / 2);
}

/* ---- calls ----------------------------------------------------------------------------- */

static void random_call(struct arena *a, const struct shape *s, struct event *e)
{
	struct argument *arg = &e->args[0];
	bool path = shape_arg_is_path(&s->args[0]);
	char spelling[SPELL_MAX];

	event_begin(e);
	e->line = below(2);
	if (shape_arg_is_number(&s->args[0])) {
		arg->number = random_number();
		return;
	}
	spell_path(spelling, path);
	arg->kind = ARGUMENT_TEXT;
	arg->text = keep(a, spelling);
	arg->in_kernel = one_in(2);
	if (!path)
		return;
	e->root = random_root(a, spelling);
	arg->deleted = one_in(6) && !strchr("!/", spelling[strlen(spelling) - 1]);
	tree_set_lure(one_in(2) ? "etc" : name());
}

static uint64_t reference_verdict(struct arena *a, const struct shape *s, const struct event *e)
{
	const struct shape_arg *type = &s->args[0];
	bool path = shape_arg_is_path(type);
	uint64_t matched = 0;

	for (size_t i = 0; i < s->filter_count; i++) {
		const struct filter *f = &s->filters[i];
		bool yes;

		if (shape_arg_is_number(type)) {
			yes = reference_number_matches(f, type, e->args[0].number);
		} else {
			struct text t = path ? reference_path(a, &e->args[0], &e->root)
					     : reference_string(&e->args[0]);
			yes = reference_text_matches(f, &t, path);
		}
		matched |= (uint64_t)yes << i;
	}
	return matched;
}

/* The filters that went wrong and the call, as rows for a table. */
static void print_failure(const struct shape *s, const struct event *e, uint64_t wrong,
			  const char *why)
{
	const struct argument *arg = &e->args[0];

	printf("random: %s\n", why);
	for (size_t i = 0; i < s->filter_count; i++) {
		if (!(wrong >> i & 1))
			continue;
		printf("filter %s %s", s->args[0].type, s->filters[i].op);
		for (size_t j = 0; j < s->filters[i].value_count; j++)
			printf(" \"%s\"", s->filters[i].values[j].s);
		printf("    # h%u, policy %zu: should %smatch\n", s->hook, i,
		       e->expected.matched[0] >> i & 1 ? "" : "not ");
	}
	if (shape_arg_is_number(&s->args[0]))
		printf("%#llx\n", (unsigned long long)arg->number);
	else
		printf("\"%s%s%s\" root=\"%s\"\n", arg->deleted ? "deleted:" : "",
		       arg->in_kernel && !shape_arg_is_path(&s->args[0]) ? "k:" : "", arg->text.s,
		       e->root.s);
}

static void run_one(struct checker *c, const struct shape *s, struct random_tally *t)
{
	struct event e;

	random_call(c->arena, s, &e);
	e.expected.matched[0] = reference_verdict(c->arena, s, &e);
	t->pairs += s->filter_count;
	t->matches += (size_t)__builtin_popcountll(e.expected.matched[0]);
	if (check_event(c, s, &e))
		return;
	if (t->failures++ < SHOWN)
		print_failure(s, &e, c->matched ^ e.expected.matched[0], c->why);
}

struct random_tally random_run(struct checker *c, uint64_t seed, const struct shapes *all,
			       size_t first, unsigned calls)
{
	struct arena *outer = c->arena;
	struct random_tally t = {0};

	state = seed ^ 0x5ca1ab1e;
	for (size_t i = first; i < all->count; i++)
		for (unsigned n = 0; n < calls; n++) {
			struct arena call = {0};

			c->arena = &call;
			run_one(c, &all->v[i], &t);
			arena_free(&call);
		}
	c->arena = outer;
	return t;
}
