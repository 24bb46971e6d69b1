// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "gen.h"

#define POLICIES  4
#define CROWD	  24 /* to twice as many */
#define SELECTORS 5

#define OTHER_THREAD 4999

typedef struct part *section_maker(struct gen *g);

/* What a selector may have, in the order of Tetragon's reference. */
static section_maker *const sections[] = {gen_match_workloads,	 gen_match_args,
					  gen_match_binaries,	 gen_match_actions,
					  gen_match_return_args, gen_match_return_actions};
/* Of sets that ask what the process is. */
static section_maker *const family_sections[] = {
	gen_match_parents,	     gen_match_pids,
	gen_match_namespaces,	     gen_match_capabilities,
	gen_match_namespace_changes, gen_match_capability_changes};

/* ---- hooks ------------------------------------------------------------------------------- */

/* Types that gen_args.c can make calls for. */
static const char *random_type(struct draw *d)
{
	static const char *const other[] = {"file",	    "path",	  "string",	  "dentry",
					    "linux_binprm", "net_device", "kernel_cap_t", "sock",
					    "socket",	    "sockaddr"};
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
		while (type_get(type_find(type))->class != CLASS_INT &&
		       strcmp(type, "string") != 0 && strcmp(type, "sockaddr") != 0)
			type = random_type(d);
	if ((kind == SHAPE_KPROBE || kind == SHAPE_SECURITY) && draw_one_in(d, 8) &&
	    type_get(type_find(type))->class == CLASS_INT)
		return arena_printf(a, "%s@%s", type, DRAW_FROM(d, c_types));
	return type;
}

/* Functions that return are those that are no LSM hook's. */
static bool is_function(const struct shape *s)
{
	return s->kind == SHAPE_KPROBE || s->kind == SHAPE_SECURITY || s->kind == SHAPE_SYSCALL;
}

static void gen_return_of(struct gen_set *set, struct arena *a, struct draw *d)
{
	static const char *const types[] = {"int", "int64", "uint64", "uint32", "size_t"};

	shape_arg_parse(a, "int", &set->shape->result);
	if (!is_function(set->shape) || set->family || set->crowd || draw_one_in(d, 4))
		return;
	set->returns = set->keeps = true;
	shape_arg_parse(a, DRAW_FROM(d, types), &set->shape->result);
}

/* A buffer and its size, or a buffer that the call fills, are the last arguments. */
static void add_buffer(struct gen_set *set, struct arena *a, struct draw *d)
{
	struct shape *s = set->shape;
	struct shape_arg *buffer = &s->args[s->arg_count];

	if (!is_function(s) || !draw_one_in(d, 2))
		return;
	shape_arg_parse(a, "char_buf", buffer);
	if (set->returns && draw_one_in(d, 2)) {
		buffer->return_copy = true;
		buffer->more = ", returnCopy: true";
		s->arg_count++;
		return;
	}
	buffer->size_arg = s->arg_count + 2;
	buffer->more = arena_printf(a, ", sizeArgIndex: %u", buffer->size_arg);
	shape_arg_parse(a, draw_one_in(d, 2) ? "int" : "size_t", &buffer[1]);
	s->arg_count += 2;
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
	set->family = draw_one_in(&d, 5);
	set->modes = draw_one_in(&d, 5);
	set->workloads = draw_one_in(&d, 5);
	/* Rate limits of dozens of policies are more than a verifier walks through. */
	set->keeps = !set->family && !set->crowd && draw_one_in(&d, 4);
	set->shape->arg_count = 1 + draw_below(&d, 3);
	for (unsigned i = 0; i < set->shape->arg_count; i++)
		shape_arg_parse(a, random_argument(&d, a, set->shape->kind), &set->shape->args[i]);
	gen_return_of(set, a, &d);
	add_buffer(set, a, &d);
}

/* ---- policies ---------------------------------------------------------------------------- */

/* What stands in this place of a policy's text, a line for each part. */
static void write_lines(FILE *to, const struct part *policy, unsigned place)
{
	for (size_t i = 0; i < policy->n; i++)
		if (policy->v[i]->place == place && part_is_there(policy->v[i])) {
			part_write(to, policy->v[i]);
			fputc('\n', to);
		}
}

static const char *lines_of(struct arena *a, const struct part *policy, unsigned place)
{
	char *text = NULL;
	const char *out;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	write_lines(to, policy, place);
	fclose(to);
	out = arena_strndup(a, text, size);
	free(text);
	return out;
}

static void write_shape(struct arena *a, const struct part *policies, struct shape *s)
{
	struct shape_policy *own = arena_array(a, policies->n, sizeof(*own));
	const char *all = "";
	size_t n = 0;

	for (size_t i = 0; i < policies->n; i++) {
		const struct part *p = policies->v[i];

		if (!part_is_there(p))
			continue;
		all = arena_printf(a, "%s%s%s", all, n ? "    ===\n" : "",
				   lines_of(a, p, PART_SELECTOR));
		own[n++] =
			(struct shape_policy){lines_of(a, p, PART_SPEC), lines_of(a, p, PART_HOOK)};
	}
	s->selectors = all;
	s->policies = own;
	s->policy_count = n;
}

void gen_write(struct gen_set *set)
{
	write_shape(set->arena, set->policies, set->shape);
}

struct part *gen_section(struct gen *g, const char *feature, struct part *part)
{
	struct shape alone = *g->set->shape;
	struct part *policies, *policy, *selector = part_new(g->set->arena, "    - {", "}");

	if (!part)
		return NULL;
	policies = part_new(g->set->arena, "", "");
	policy = part_add(g->set->arena, policies, part_new(g->set->arena, "", ""));
	part_add(g->set->arena, policy, g->returns ? gen_return_option(g) : NULL);
	part_add(g->set->arena, policy, selector);
	part_add(g->set->arena, selector, part);
	write_shape(g->set->arena, policies, &alone);
	return accept_feature(g->accept, &alone, feature) ? part : NULL;
}

struct part *gen_entry(struct gen *g, const char *feature, const char *section, struct part *entry)
{
	struct part *around =
		part_new(g->set->arena, arena_printf(g->set->arena, "%s: [", section), "]");

	part_add(g->set->arena, around, entry);
	return gen_section(g, feature, around) ? entry : NULL;
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
	for (size_t i = 0; g->set->family && i < sizeof(family_sections) / sizeof(*sections); i++)
		part_add(g->set->arena, s, family_sections[i](g));
	return s;
}

static unsigned policy_count(struct gen *g)
{
	return g->set->crowd ? CROWD + draw_below(g->draw, CROWD)
			     : 1 + draw_below(g->draw, POLICIES);
}

/* What a policy says beside its selectors. */
static void random_options(struct gen *g, struct part *policy)
{
	struct part *option;

	g->returns = g->set->returns && draw_below(g->draw, 4);
	if (g->returns)
		part_add(g->set->arena, policy, gen_return_option(g));
	if (g->set->workloads && draw_below(g->draw, 3))
		part_add(g->set->arena, policy, gen_workload_option(g));
	policy->reach = g->set->modes ? REACHES(OFF) : 0;
	if (!g->set->modes || !draw_one_in(g->draw, 3))
		return;
	option = part_leaf(g->set->arena, "  options: [{name: policy-mode, value: monitor}]");
	option->place = PART_SPEC;
	part_add(g->set->arena, policy, option);
}

static void random_policies(struct gen *g)
{
	struct arena *a = g->set->arena;

	g->set->policies = part_new(a, "", "");
	for (unsigned i = 0, n = policy_count(g); i < n; i++) {
		struct part *policy = part_add(a, g->set->policies, part_new(a, "", ""));

		random_options(g, policy);
		for (unsigned j = 0, m = 1 + draw_below(g->draw, SELECTORS); j < m; j++)
			part_add(a, policy, random_selector(g));
	}
	gen_write(g->set);
}

/* What is good alone may be refused together; then others, and in the end an empty selector. */
void gen_policies(struct gen_set *set, uint64_t seed, struct accept *accept)
{
	struct draw d;
	struct gen g = {.set = set, .draw = &d, .accept = accept};
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
	} else if (shape_arg_is_socket(type)) {
		gen_socket_argument(d, out);
		if (draw_one_in(d, 12)) /* a `socket` without a `sock` is not NULL, but as good */
			out->kind = draw_one_in(d, 2) ? ARGUMENT_FAULT : ARGUMENT_NULL;
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

uint64_t gen_size(struct draw *d, const struct text *buffer, bool is_signed)
{
	switch (draw_below(d, 6)) {
	case 0:
		return 0;
	case 1:
		return is_signed ? -1ull - draw_below(d, 3) : 0;
	case 2:
		return draw_below(d, (unsigned)buffer->len + 1);
	default:
		return buffer->len;
	}
}

static void give_sizes(const struct shape *s, struct draw *d, struct event *e)
{
	for (unsigned i = 0; i < s->arg_count; i++) {
		unsigned size = s->args[i].size_arg;

		/* what a program passes has no type: it is as large as it looks */
		if (size)
			e->args[size - 1].number =
				gen_size(d, &e->args[i].text,
					 s->kind != SHAPE_SYSCALL && s->args[size - 1].c_signed);
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

static void random_modes(struct draw *d, struct event *out)
{
	out->modes = true;
	if (draw_one_in(d, 3))
		out->off = draw_bits(d) & draw_bits(d);
	if (draw_one_in(d, 2))
		out->monitor = draw_bits(d);
}

static void first_call(const struct gen_set *set, struct draw *d, struct arena *a,
		       struct event *out)
{
	static const uint32_t modes[] = {0100644, 0100755, 040755, 020666, 060660, 010600, 0140777};
	const struct shape *s = set->shape;

	event_begin(out);
	for (unsigned i = 0; i < s->arg_count; i++)
		random_value(set, d, a, &s->args[i], &out->args[i]);
	agree(s, out);
	give_sizes(s, d, out);
	out->mode = DRAW_FROM(d, modes);
	for (unsigned i = 0; i < s->arg_count && !out->root.len; i++)
		if (shape_arg_is_path(&s->args[i]) && out->args[i].kind == ARGUMENT_TEXT)
			out->root = gen_root(d, a, &out->args[i].text);
	if (set->workloads)
		out->workload = gen_workload(d, a);
	if (set->modes)
		random_modes(d, out);
	gen_process(set, d, a, out);
	if (set->family)
		gen_situation(d, out);
	keep_binaries(s, out);
	/* One whose making was seen, with those it comes from, is in the table of processes too. */
	out->unknown_process = draw_one_in(d, 16) && !out->parent_count;
	out->line = draw_below(d, 2);
}

/* Soon after the call before or later, of another thread now and then, with something changed. */
static void next_call(const struct gen_set *set, struct draw *d, struct arena *a,
		      const struct event *before, struct event *out)
{
	static const unsigned later[] = {0, 1, 400, 999, 1000, 1001, 5000};
	unsigned arg = draw_below(d, set->shape->arg_count);

	*out = *before;
	out->then = true;
	out->at_return = false;
	out->time += DRAW_FROM(d, later);
	if (draw_one_in(d, 4))
		out->tid = out->tid ? 0 : OTHER_THREAD;
	if (draw_one_in(d, 3) && !out->args[arg].deleted)
		random_value(set, d, a, &set->shape->args[arg], &out->args[arg]);
	agree(set->shape, out);
	give_sizes(set->shape, d, out);
}

/* Of the same call: nothing but what it returns is new. */
static void its_return(const struct gen_set *set, struct draw *d, const struct event *call,
		       struct event *out)
{
	*out = *call;
	out->then = out->at_return = true;
	out->time += draw_below(d, 3);
	gen_result(set, d, out);
}

unsigned gen_calls(const struct gen_set *set, struct draw *d, struct arena *a, struct event *out)
{
	unsigned n = 1;

	first_call(set, d, a, out);
	if (!set->keeps)
		return n;
	for (unsigned more = 1 + draw_below(d, GEN_STEPS - 1); n <= more; n++)
		if (set->returns && !out[n - 1].at_return && draw_below(d, 6))
			its_return(set, d, &out[n - 1], &out[n]);
		else
			next_call(set, d, a, &out[n - 1], &out[n]);
	return n;
}
