// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "judge.h"
#include "mixed.h"
#include "policy.h"
#include "tree.h"

#define SHAPES	  40
#define POLICIES  3
#define SELECTORS 4
#define FILTERS	  3
#define ACTIONS	  3
#define SHOWN	  5
#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define PICK(a)	  ((a)[below(COUNT(a))])

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

/* Few, so that filters and calls meet. */
static const char *const paths[] = {"/etc/shadow", "/etc/x", "/etc", "/usr/lib/x.so", "/x"};
static const char *const beginnings[] = {"/etc", "/etc/", "/usr", "/x"};
static const char *const ends[] = {"x", ".so", "shadow", "/x"};
static const char *const binaries[] = {"/bin/a", "/bin/b", "/sbin/init"};

/* ---- policies: each function writes a part of the YAML ----------------------------------- */

static void write_text_filter(FILE *to)
{
	static const char *const ops[] = {"Equal",     "NotEqual", "Prefix",
					  "NotPrefix", "Postfix",  "NotPostfix"};
	unsigned op = below(COUNT(ops));

	fprintf(to, "operator: %s, values: [", ops[op]);
	for (unsigned i = 0, n = 1 + below(2); i < n; i++)
		fprintf(to, "%s\"%s\"", i ? ", " : "",
			op < 2	 ? PICK(paths)
			: op < 4 ? PICK(beginnings)
				 : PICK(ends));
	fprintf(to, "]");
}

static void write_number_filter(FILE *to)
{
	static const char *const ops[] = {"Equal", "NotEqual", "GT", "LT", "Mask"};

	fprintf(to, "operator: %s, values: [", PICK(ops));
	for (unsigned i = 0, n = 1 + below(3); i < n; i++)
		fprintf(to, "%s\"%u\"", i ? ", " : "", 1 + below(4));
	fprintf(to, "]");
}

static void write_filters(FILE *to, const struct shape *s)
{
	unsigned n = below(FILTERS + 1);

	if (!n)
		return;
	fprintf(to, "      matchArgs:\n");
	for (unsigned i = 0; i < n; i++) {
		unsigned arg = below(s->arg_count);

		fprintf(to, "      - {index: %u, ", policy_index(s, arg));
		if (shape_arg_is_number(&s->args[arg]))
			write_number_filter(to);
		else
			write_text_filter(to);
		fprintf(to, "}\n");
	}
}

static void write_binaries(FILE *to)
{
	if (!one_in(3))
		return;
	fprintf(to, "      matchBinaries: [{operator: %s, values: [\"%s\", \"%s\"]}]\n",
		one_in(2) ? "In" : "NotIn", PICK(binaries), PICK(binaries));
}

static void write_action(FILE *to, bool overrides, int error)
{
	switch (below(overrides ? 5 : 4)) {
	case 0:
		fprintf(to, "{action: Post}");
		break;
	case 1:
		fprintf(to, "{action: NoPost}");
		break;
	case 2:
		fprintf(to, "{action: Signal, argSig: %u}", 1 + below(3));
		break;
	case 3:
		fprintf(to, "{action: Sigkill}");
		break;
	default:
		fprintf(to, "{action: Override, argError: %d}", error);
	}
}

/* One selector names one error only. */
static void write_actions(FILE *to, const struct shape *s)
{
	bool overrides = s->kind == SHAPE_SECURITY || s->kind == SHAPE_LSM;
	unsigned n = below(ACTIONS + 1);
	int error = -1 - (int)below(3);

	if (!n)
		return;
	fprintf(to, "      matchActions: [");
	for (unsigned i = 0; i < n; i++) {
		fprintf(to, "%s", i ? ", " : "");
		write_action(to, overrides, error);
	}
	fprintf(to, "]\n");
}

static const char *random_selectors(struct arena *a, const struct shape *s)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	const char *out;

	for (unsigned i = 0, policies = 1 + below(POLICIES); i < policies; i++) {
		fprintf(to, "%s", i ? "    ===\n" : "");
		for (unsigned j = 0, n = 1 + below(SELECTORS); j < n; j++) {
			fprintf(to, "    - label: \"s\"\n");
			write_filters(to, s);
			write_binaries(to);
			write_actions(to, s);
		}
	}
	fclose(to);
	out = arena_strndup(a, text, size);
	free(text);
	return out;
}

void mixed_shapes(struct arena *a, uint64_t seed, struct shapes *out)
{
	static const enum shape_kind kinds[] = {SHAPE_KPROBE, SHAPE_SECURITY, SHAPE_LSM,
						SHAPE_TRACEPOINT};
	static const char *const objects[] = {"file", "path", "string", "int", "uint64", "uint8"};

	state = seed ^ 0xface;
	for (unsigned i = 0; i < SHAPES; i++) {
		struct shape *s = shapes_add(a, out);

		s->file = "mixed";
		s->kind = kinds[i % COUNT(kinds)];
		s->arg_count = 1 + below(3);
		for (unsigned j = 0; j < s->arg_count; j++)
			shape_arg_parse(a, s->kind == SHAPE_TRACEPOINT ? "int" : PICK(objects),
					&s->args[j]);
		s->selectors = random_selectors(a, s);
	}
}

/* ---- calls ------------------------------------------------------------------------------- */

static void random_argument(const struct shape_arg *type, bool deleted, struct argument *out)
{
	const char *text = PICK(paths);

	*out = (struct argument){.kind = ARGUMENT_NUMBER, .number = below(6)};
	if (shape_arg_is_number(type)) {
		out->number |= one_in(4) ? ~0ull << 32 : 0;
		return;
	}
	out->kind = one_in(10) ? ARGUMENT_NULL : one_in(10) ? ARGUMENT_FAULT : ARGUMENT_TEXT;
	out->text = (struct text){text, strlen(text)};
	out->in_kernel = one_in(2);
	out->deleted = deleted && shape_arg_is_path(type);
}

static void random_call(const struct shape *s, struct event *e)
{
	const char *exe = PICK(binaries);
	bool deleted = one_in(8); /* all of them: paths that are spelled alike are one file */

	*e = (struct event){.line = below(2), .mode = 0100644, .root = {"", 0}};
	for (unsigned i = 0; i < s->arg_count; i++)
		random_argument(&s->args[i], deleted, &e->args[i]);
	e->exe_given = !one_in(6);
	e->exe = (struct argument){.kind = one_in(8) ? ARGUMENT_NULL : ARGUMENT_TEXT,
				   .text = {exe, strlen(exe)}};
	e->kernel_thread = one_in(8);
	tree_set_lure("etc");
}

static void print_failure(const struct shape *s, const struct event *e, const char *why)
{
	printf("mixed: h%u: %s\n%s", s->hook, why, s->selectors);
	for (unsigned i = 0; i < s->arg_count; i++)
		printf(shape_arg_is_number(&s->args[i]) ? "%#llx " : "%llu:%s ",
		       (unsigned long long)(e->args[i].kind ? e->args[i].kind : e->args[i].number),
		       e->args[i].text.s);
	printf("exe=%s\n", e->kernel_thread ? "kernel" : e->exe_given ? e->exe.text.s : "");
}

struct random_tally mixed_run(struct checker *c, uint64_t seed, const struct shapes *all,
			      size_t first, size_t last, unsigned calls)
{
	struct arena *outer = c->arena;
	struct random_tally t = {0};

	state = seed ^ 0xca11;
	for (size_t i = first; i < last; i++)
		for (unsigned n = 0; n < calls; n++) {
			struct arena call = {0};
			struct event e;

			c->arena = &call;
			random_call(&all->v[i], &e);
			judge_expect(c->judge, &call, &all->v[i], &e, &e.expected);
			t.pairs++;
			t.matches +=
				e.expected.matched || e.expected.signal_count || e.expected.result;
			if (!check_event(c, &all->v[i], &e) && t.failures++ < SHOWN)
				print_failure(&all->v[i], &e, c->why);
			arena_free(&call);
		}
	c->arena = outer;
	return t;
}
