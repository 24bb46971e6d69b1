// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": `resolve` paths, step by step through the kernel's types. */
#include <string.h>
#include "check.h"
#include "compiler/values/fieldpath.h"

/* The walk: the type at hand, and what has been done to get there. */
struct walk {
	struct checking *c;
	struct tir_arg *arg;
	const struct fieldpath *path;
	ktype_id type;
	size_t step;	 /* of the path, for messages */
	bool in_pointer; /* a pointer's value is at hand, not the place that holds it */
};

/* False: the step cannot be told from the rest of the text in the file. */
static bool step_span(const struct walk *w, struct span *out)
{
	const struct field_step *s = &w->path->steps[w->step];

	return ast_str_part(w->arg->ir->resolve, s->from, s->to, out);
}

static const char *walked(const struct walk *w)
{
	return w->step ? arena_printf(w->c->arena, "`%s`",
				      fieldpath_print(w->c->arena, w->path, w->step))
		       : "the start of the path";
}

static bool report_step(struct walk *w, const char *problem)
{
	struct checking *c = w->c;
	struct span at;
	struct diag *m;

	step_span(w, &at);
	m = diag_at(c->diags, DIAG_RESOLVE, at, "%s is `%s`, which %s", walked(w),
		    kbtf_type_text(c->btf, c->arena, w->type), problem);
	if (!w->step)
		note_signature(c, m);
	return false;
}

static struct tir_step *add_step(struct walk *w)
{
	return &w->arg->steps[w->arg->step_count++];
}

/* Goes through a pointer: what was at hand is an address, which is loaded. */
static void load_pointer(struct walk *w, const struct kshape *pointer)
{
	if (w->in_pointer)
		w->in_pointer = false;
	else if (w->arg->step_count)
		w->arg->steps[w->arg->step_count - 1].load = true;
	else
		add_step(w)->load = true;
	w->type = pointer->target;
}

static bool report_member(struct walk *w, const struct kshape *record, const char *name)
{
	struct checking *c = w->c;
	const char *near = kbtf_nearest_member(c->btf, c->arena, w->type, name);
	struct span at;
	bool exact = step_span(w, &at);
	struct diag *m = diag_at(c->diags, DIAG_RESOLVE, at, "`%s` has no member `%s`",
				 kbtf_type_text(c->btf, c->arena, record->id), name);

	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
	if (near && exact)
		diag_fix(c->diags, m, at, near);
	return false;
}

/* What the loader of a bundle compares the member with. */
static void note_shape(const struct walk *w, struct tir_step *step, ktype_id type)
{
	struct kshape at = kbtf_shape(w->c->btf, type);

	while (at.kind == KSHAPE_ARRAY && step->dimensions < UINT8_MAX) {
		step->dimensions++;
		at = kbtf_shape(w->c->btf, at.target);
	}
	step->kind = at.kind;
}

static bool walk_member(struct walk *w, const char *name)
{
	struct kshape at = kbtf_shape(w->c->btf, w->type);
	struct kmember member;
	struct tir_step *step;

	if (at.kind == KSHAPE_PTR) {
		load_pointer(w, &at);
		at = kbtf_shape(w->c->btf, w->type);
	}
	if (at.kind == KSHAPE_FWD)
		return report_step(w, "this kernel's type information only declares");
	if (at.kind != KSHAPE_STRUCT && at.kind != KSHAPE_UNION)
		return report_step(w, "has no members");
	if (!kbtf_member(w->c->btf, w->type, name, &member))
		return report_member(w, &at, name);
	if (member.bits)
		return report_step(w, arena_printf(w->c->arena,
						   "holds `%s` as a bit field; those cannot be "
						   "resolved",
						   name));
	step = add_step(w);
	*step = (struct tir_step){
		.record = at.name && *at.name ? at.name : NULL,
		.member = name,
		.in_union = at.kind == KSHAPE_UNION,
		.offset = member.bit_offset / 8,
	};
	note_shape(w, step, member.type);
	w->type = member.type;
	w->in_pointer = false;
	return true;
}

static bool walk_element(struct walk *w, uint32_t index)
{
	struct kshape at = kbtf_shape(w->c->btf, w->type), element;
	bool pointer = at.kind == KSHAPE_PTR;

	if (!pointer && at.kind != KSHAPE_ARRAY)
		return report_step(w, "has no elements");
	if (!pointer && at.count && index >= at.count)
		return report_step(w, arena_printf(w->c->arena, "has no element %u", index));
	if (pointer)
		load_pointer(w, &at);
	else
		w->type = at.target;
	element = kbtf_shape(w->c->btf, w->type);
	add_step(w)->offset = index * element.size;
	w->in_pointer = false;
	return true;
}

/* What is at the end of the path, as the kernel would pass it: structs by their address. */
static struct ktype type_at_end(struct walk *w)
{
	struct kshape at = kbtf_shape(w->c->btf, w->type), target;
	struct ktype out = {.class = KTYPE_OTHER,
			    .text = kbtf_type_text(w->c->btf, w->c->arena, w->type)};

	if (at.kind == KSHAPE_INT || at.kind == KSHAPE_ENUM) {
		out.class = KTYPE_INT;
		out.bits = at.size * 8;
		out.is_signed = at.is_signed;
		out.is_enum = at.kind == KSHAPE_ENUM;
		return out;
	}
	target = at.kind == KSHAPE_PTR || at.kind == KSHAPE_ARRAY ? kbtf_shape(w->c->btf, at.target)
								  : at;
	if (at.kind == KSHAPE_PTR)
		out.class = KTYPE_PTR;
	out.bits = 64;
	if (target.kind == KSHAPE_STRUCT || target.kind == KSHAPE_UNION ||
	    target.kind == KSHAPE_FWD) {
		out.class = KTYPE_STRUCT_PTR;
		out.target = target.name;
	} else if (at.kind != KSHAPE_STRUCT && target.kind == KSHAPE_INT && target.size == 1) {
		out.class = KTYPE_CHAR_PTR;
	}
	return out;
}

/* kernel_cap_t has no name of its own on newer kernels: a struct is known by its typedef. */
static bool is_capability_set(const struct walk *w)
{
	struct kshape at = kbtf_shape(w->c->btf, w->type);

	if (at.kind == KSHAPE_PTR)
		at = kbtf_shape(w->c->btf, at.target);
	return at.typedef_name && !strcmp(at.typedef_name, "kernel_cap_t");
}

/* `auto` is what the kernel has. */
static void derive_type(struct walk *w, const struct ktype *end)
{
	const char *name = is_capability_set(w) ? "kernel_cap_t" : fitting_type(w->c, end, 0);

	if (w->arg->type->class == CLASS_AUTO && name)
		w->arg->type = type_get(type_find(name));
}

static bool finish(struct walk *w)
{
	struct checking *c = w->c;
	struct tir_arg *arg = w->arg;
	struct ktype end = type_at_end(w);
	const char *better = fitting_type(c, &end, 0);
	struct diag *m;

	derive_type(w, &end);
	arg->kernel = end.text;
	arg->bits = end.bits;
	arg->is_signed = end.is_signed;
	arg->is_enum = end.is_enum;
	arg->is_pointer = end.class != KTYPE_INT;
	if (arg->step_count && kbtf_shape(c->btf, w->type).kind == KSHAPE_PTR)
		arg->steps[arg->step_count - 1].load = true;
	if (type_fits(c, arg->type, &end, 0) ||
	    (arg->type->class == CLASS_CAPS && is_capability_set(w))) {
		check_width(c, arg, &end);
		return true;
	}
	m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at, "`%s` is `%s`, which `%s` cannot read",
		    fieldpath_print(c->arena, w->path, w->path->count), end.text, arg->type->name);
	if (better) {
		diag_hint(c->diags, m, "type: \"%s\"", better);
		diag_fix_word(c->diags, m, arg->ir->at, arg->type->name, better);
	}
	return false;
}

static bool report_start(struct checking *c, const struct tir_arg *arg)
{
	const struct ast_str *name = arg->ir->btf_type;

	if (name)
		diag_at(c->diags, DIAG_RESOLVE, name->at,
			"the kernel's type information has no struct `%s`", name->s);
	else
		diag_at(c->diags, DIAG_RESOLVE, arg->ir->resolve->at,
			"nothing is known of the type that the path starts from");
	return false;
}

bool check_path(struct checking *c, struct tir_arg *arg, ktype_id start, bool is_parameter)
{
	struct walk w = {.c = c, .arg = arg, .path = arg->ir->path, .type = start};

	if (!start)
		return report_start(c, arg);
	/* a parameter that is a pointer has its target's address; so has the task */
	w.in_pointer = is_parameter;
	arg->steps = arena_array(c->arena, 2 * FIELDPATH_STEPS, sizeof(*arg->steps));
	for (; w.step < w.path->count; w.step++) {
		const struct field_step *s = &w.path->steps[w.step];

		if (s->name ? !walk_member(&w, s->name) : !walk_element(&w, s->index))
			return false;
	}
	return finish(&w);
}
