// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "gen.h"

#define POLICIES  4
#define CROWD	  24 /* to twice as many */
#define SELECTORS 5

typedef struct part *section_maker(struct gen *g);

/* What a selector may have, in the order of Tetragon's reference. */
static section_maker *const sections[] = {gen_match_args, gen_match_binaries, gen_match_actions};

/* ---- hooks ------------------------------------------------------------------------------- */

/* Types that gen_args.c can make calls for. */
static const char *random_type(struct draw *d)
{
	static const char *const other[] = {"file",	    "path",	  "string",	 "dentry",
					    "linux_binprm", "net_device", "kernel_cap_t"};
	const struct type_info *t;

	if (draw_below(d, 5) < 3)
		return DRAW_FROM(d, other);
	do
		t = type_get((enum type_id)draw_below(d, TYPE_COUNT));
	while (t->class != CLASS_INT || !t->compiled || t->id == TYPE_SYSCALL64);
	return t->name;
}

static const char *const c_types[] = {"int", "long", "unsigned int", "short", "signed char"};

/* Of functions, whose own type may be another one of an integer. */
static const char *random_argument(struct draw *d, struct arena *a, enum shape_kind kind)
{
	const char *type = random_type(d);

	if (kind == SHAPE_TRACEPOINT || kind == SHAPE_SYS_ENTER)
		while (type_get(type_find(type))->class != CLASS_INT)
			type = random_type(d);
	if (kind == SHAPE_SYSCALL)
		while (type_get(type_find(type))->class != CLASS_INT && strcmp(type, "string") != 0)
			type = random_type(d);
	if ((kind == SHAPE_KPROBE || kind == SHAPE_SECURITY) && draw_one_in(d, 8) &&
	    type_get(type_find(type))->class == CLASS_INT)
		return arena_printf(a, "%s@%s", type, DRAW_FROM(d, c_types));
	return type;
}

void gen_hook(struct gen_set *set, struct arena *a, uint64_t seed, uint64_t number,
	      struct shapes *all)
{
	struct draw d;

	*set = (struct gen_set){.arena = a, .number = number};
	draw_begin(&d, a, seed, number, 1);
	set->shape = shapes_add(a, all);
	set->shape->file = "generated";
	set->shape->kind = (enum shape_kind)draw_below(&d, SHAPE_KINDS);
	set->crowd = draw_one_in(&d, 6);
	set->shape->arg_count = 1 + draw_below(&d, 3);
	for (unsigned i = 0; i < set->shape->arg_count; i++)
		shape_arg_parse(a, random_argument(&d, a, set->shape->kind), &set->shape->args[i]);
}

/* ---- policies ---------------------------------------------------------------------------- */

static const char *text_of(struct arena *a, const struct part *policies)
{
	char *text = NULL;
	const char *out, *between = "";
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	for (size_t i = 0; i < policies->n; i++) {
		if (!part_is_there(policies->v[i]))
			continue;
		fputs(between, to);
		between = "    ===\n";
		for (size_t j = 0; j < policies->v[i]->n; j++)
			if (part_is_there(policies->v[i]->v[j])) {
				part_write(to, policies->v[i]->v[j]);
				fputc('\n', to);
			}
	}
	fclose(to);
	out = arena_strndup(a, text, size);
	free(text);
	return out;
}

void gen_write(struct gen_set *set)
{
	set->shape->selectors = text_of(set->arena, set->policies);
}

struct part *gen_section(struct gen *g, const char *feature, struct part *part)
{
	struct shape alone = *g->set->shape;
	struct part *policies, *selector = part_new(g->set->arena, "    - {", "}");

	if (!part)
		return NULL;
	policies = part_new(g->set->arena, "", "");
	part_add(g->set->arena, part_add(g->set->arena, policies, part_new(g->set->arena, "", "")),
		 selector);
	part_add(g->set->arena, selector, part);
	alone.selectors = text_of(g->set->arena, policies);
	return accept_feature(g->accept, &alone, feature) ? part : NULL;
}

static struct part *random_selector(struct gen *g)
{
	struct part *s = part_new(g->set->arena, "    - {", "}");

	s->hollow = true;
	if (g->set->crowd && draw_below(g->draw, 8)) {
		part_add(g->set->arena, s, gen_plain_args(g));
		part_add(g->set->arena, s, draw_one_in(g->draw, 4) ? gen_match_actions(g) : NULL);
		return s;
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		part_add(g->set->arena, s, sections[i](g));
	return s;
}

static unsigned policy_count(struct gen *g)
{
	return g->set->crowd ? CROWD + draw_below(g->draw, CROWD)
			     : 1 + draw_below(g->draw, POLICIES);
}

static void random_policies(struct gen *g)
{
	struct arena *a = g->set->arena;

	g->set->policies = part_new(a, "", "");
	for (unsigned i = 0, n = policy_count(g); i < n; i++) {
		struct part *policy = part_add(a, g->set->policies, part_new(a, "", ""));

		for (unsigned j = 0, m = 1 + draw_below(g->draw, SELECTORS); j < m; j++)
			part_add(a, policy, random_selector(g));
	}
	gen_write(g->set);
}

/* What is good alone may be refused together; then others, and in the end an empty selector. */
void gen_policies(struct gen_set *set, uint64_t seed, struct accept *accept)
{
	struct draw d;
	struct gen g = {set, &d, accept};
	struct part *empty;

	for (unsigned i = 0; i < 4; i++) {
		draw_begin(&d, set->arena, seed, set->number, 2 + i);
		random_policies(&g);
		if (accept_shape(accept, set->shape) == ACCEPT_YES)
			return;
	}
	set->policies = part_new(set->arena, "", "");
	empty = part_add(set->arena, set->policies, part_new(set->arena, "", ""));
	part_add(set->arena, empty, part_new(set->arena, "    - {", "}"))->hollow = true;
	gen_write(set);
}

/* ---- calls ------------------------------------------------------------------------------- */

static void random_value(const struct gen_set *set, struct draw *d, struct arena *a,
			 const struct shape_arg *type, struct argument *out)
{
	*out = (struct argument){.kind = ARGUMENT_NUMBER};
	if (shape_arg_is_number(type)) {
		gen_number_argument(set, d, type, out);
		if (!shape_arg_is_caps(type))
			return;
	} else if (shape_arg_is_path(type))
		gen_path_argument(set, d, a, out);
	else
		gen_text_argument(set, d, a, out);
	if (draw_one_in(d, 12))
		out->kind = draw_one_in(d, 2) ? ARGUMENT_FAULT : ARGUMENT_NULL;
}

/* Roots of file systems and pipes are not. */
static bool can_be_deleted(const struct shape_arg *type, const struct argument *a)
{
	return shape_arg_is_path(type) && a->text.len &&
	       !strchr("!>/", a->text.s[a->text.len - 1]) && strcmp(a->text.s, "pipe") != 0;
}

/* Paths that are spelled alike are one file: a file is deleted for all arguments or for none. What
 * a program passes to the kernel lies in its own memory. */
static void agree(const struct shape *s, struct event *e)
{
	bool deleted = false;

	for (unsigned i = 0; i < s->arg_count; i++)
		deleted |= e->args[i].deleted;
	for (unsigned i = 0; i < s->arg_count; i++) {
		e->args[i].deleted = deleted && can_be_deleted(&s->args[i], &e->args[i]);
		if (s->kind == SHAPE_SYSCALL || s->kind == SHAPE_SYS_ENTER)
			e->args[i].in_kernel = false;
	}
}

static bool runs(const struct event *e, const struct text *path)
{
	bool found = e->exe.text.len == path->len && !memcmp(e->exe.text.s, path->s, path->len);

	for (unsigned i = 0; i < e->parent_count && !found; i++) {
		const struct text *exe = &e->parents[i].exe.text;

		found = exe->len == path->len && !memcmp(exe->s, path->s, path->len);
	}
	return found;
}

/* Nor is a file deleted for an argument that runs as a program: its path would say so. */
static void keep_binaries(const struct shape *s, struct event *e)
{
	bool running = false;

	for (unsigned i = 0; i < s->arg_count; i++)
		running |= e->args[i].deleted && runs(e, &e->args[i].text);
	for (unsigned i = 0; i < s->arg_count && running; i++)
		e->args[i].deleted = false;
}

void gen_event(const struct gen_set *set, struct draw *d, struct arena *a, struct event *out)
{
	static const uint32_t modes[] = {0100644, 0100755, 040755, 020666, 060660, 010600, 0140777};
	const struct shape *s = set->shape;

	event_begin(out);
	for (unsigned i = 0; i < s->arg_count; i++)
		random_value(set, d, a, &s->args[i], &out->args[i]);
	agree(s, out);
	out->mode = DRAW_FROM(d, modes);
	for (unsigned i = 0; i < s->arg_count && !out->root.len; i++)
		if (shape_arg_is_path(&s->args[i]) && out->args[i].kind == ARGUMENT_TEXT)
			out->root = gen_root(d, a, &out->args[i].text);
	gen_process(set, d, a, out);
	keep_binaries(s, out);
	/* One whose making was seen, with those it comes from, is in the table of processes too. */
	out->unknown_process = draw_one_in(d, 16) && !out->parent_count;
	out->line = draw_below(d, 2);
}
