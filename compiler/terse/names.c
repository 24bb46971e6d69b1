// SPDX-License-Identifier: Apache-2.0
/* The terse language: the kernel's own names of arguments and constants. */
#include <string.h>
#include "compiler/check/check.h"
#include "lower.h"

static const struct kernel *kernel_at(const struct terse_lowering *l, size_t i)
{
	return l->options && i < l->options->kernel_count ? &l->options->kernels[i] : NULL;
}

/* Is the hook for this kernel, by its `when`? */
static bool is_for(struct terse_lowering *l, const struct kernel *k)
{
	const struct terse_node *node = l->hook->node, *needs;

	if (!k || !(node->flags & HOOK_WHEN))
		return true;
	needs = kid(kid(node, 5), 1);
	for (size_t i = 0; i < needs->count; i++) {
		const struct terse_node *need = needs->kids[i], *names = kid(need, 1);

		for (size_t j = 0; j < names->count; j++)
			if (kernel_knows(k->btf, l->arena, names->kids[j]->text) ==
			    node_is(kid(need, 0), "lacks"))
				return false;
	}
	return true;
}

/* Then nothing will be made of it, and whatever another kernel calls its arguments will do. */
static bool is_for_none(struct terse_lowering *l)
{
	size_t count = l->options ? l->options->kernel_count : 0;

	for (size_t i = 0; i < count; i++)
		if (is_for(l, kernel_at(l, i)))
			return false;
	return count;
}

/* What the hook is attached to, as a kernel declares it; NULL: not known. */
static const struct kfunction *function_of(struct terse_lowering *l, const struct kernel *k)
{
	const struct terse_hook *h = l->hook;
	const char *plain = h->syscall && h->symbol ? syscall_plain(h->symbol) : NULL;

	if (!is_for(l, k) && !is_for_none(l))
		return NULL;
	if (plain)
		return syscall_prototype(l->arena, plain);
	if (!h->symbol || !k || h->syscall)
		return NULL;
	if (h->kind == TRACEPOINT)
		return event_function(l, k);
	if (h->kind == LSM)
		return kbtf_function(k->btf, l->arena,
				     arena_printf(l->arena, "bpf_lsm_%s", h->symbol));
	return h->kind == KPROBE || h->kind == FENTRY ? kbtf_function(k->btf, l->arena, h->symbol)
						      : NULL;
}

static const char *type_of(struct terse_lowering *l, const struct kernel *k,
			   const struct kparam *param)
{
	struct checking c = {.arena = l->arena, .btf = k ? k->btf : NULL};

	if (l->hook->kind == TRACEPOINT && !(l->hook->node->flags & HOOK_RAW))
		return param->type.text; /* NULL: derived, as without `type` in YAML */
	if (!k && param->type.class == KTYPE_OTHER)
		return NULL;
	return fitting_type(&c, &param->type, param->id);
}

static bool find_param(const struct kfunction *f, const char *name, uint32_t *position)
{
	for (size_t i = 0; i < f->param_count; i++)
		if (f->params[i].name && !strcmp(f->params[i].name, name)) {
			*position = (uint32_t)i;
			return true;
		}
	return false;
}

static const char *nearest_param(struct terse_lowering *l, const struct kfunction *f,
				 const char *name)
{
	const char **names = arena_array(l->arena, f->param_count, sizeof(*names));

	for (size_t i = 0; i < f->param_count; i++)
		names[i] = f->params[i].name ? f->params[i].name : "";
	return nearest(name, names, f->param_count);
}

static const char *names_text(struct terse_lowering *l, const struct kfunction *f)
{
	const char *text = "";

	for (size_t i = 0; i < f->param_count; i++)
		text = arena_printf(l->arena, "%s%s%s", text, i ? ", " : "", f->params[i].name);
	return text;
}

static bool report_unknown(struct terse_lowering *l, const struct terse_node *name,
			   const struct kfunction *f)
{
	const char *near = f ? nearest_param(l, f, name->text) : NULL;
	struct diag *g = terse_say(l, DIAG_TERSE_NAME, name->at, "the hook has no argument `%.60s`",
				   name->text);

	if (f && l->hook->kind == TRACEPOINT)
		diag_note(l->d, g, "its fields: %s", names_text(l, f));
	else if (f)
		diag_note(l->d, g, "%s: %s",
			  l->hook->syscall ? "the system call is" : "the kernel has",
			  kfunction_text(l->arena, f));
	else
		diag_note(
			l->d, g, "%s",
			l->options && l->options->kernel_count
				? "the names of its arguments are not known"
				: "without a kernel (--kernel) the names of its arguments are not "
				  "known");
	if (near)
		diag_hint(l->d, g, "did you mean `%s`?", near);
	else
		diag_hint(l->d, g,
			  "arguments are also called by their numbers, from arg0 on: arg0: int");
	return false;
}

static bool report_moved(struct terse_lowering *l, const struct terse_node *name, uint32_t first,
			 uint32_t other, const char *kernel)
{
	struct diag *g = terse_say(l, DIAG_TERSE_NAME, name->at,
				   "`%.60s` is not the same argument in all kernels", name->text);

	diag_note(l->d, g, "it is argument %u in %s, and argument %u in %.100s", first,
		  l->options->kernels[0].name, other, kernel);
	return false;
}

bool kernel_argument(struct terse_lowering *l, const struct terse_node *name, uint32_t *position,
		     const char **type)
{
	size_t count = l->options ? l->options->kernel_count : 0;
	const struct kfunction *f, *last = NULL;
	bool found = false;

	for (size_t i = 0; i < (count ? count : 1); i++) {
		const struct kernel *k = kernel_at(l, i);
		uint32_t at;

		f = function_of(l, k);
		last = f ? f : last;
		if (!f || !find_param(f, name->text, &at))
			continue;
		if (found && at != *position)
			return report_moved(l, name, *position, at, k->name);
		if (!found)
			*type = type_of(l, k, &f->params[at]);
		*position = at;
		found = true;
	}
	if (!found && is_for_none(l) && !l->options->all_kernels) {
		*position = (uint32_t)l->hook->args.n;
		return true;
	}
	return found || report_unknown(l, name, last);
}

const char *kernel_type(struct terse_lowering *l, uint32_t position)
{
	size_t count = l->options ? l->options->kernel_count : 0;

	if (l->hook->kind == TRACEPOINT)
		return NULL;
	for (size_t i = 0; i < (count ? count : 1); i++) {
		const struct kfunction *f = function_of(l, kernel_at(l, i));

		if (f && position < f->param_count)
			return type_of(l, kernel_at(l, i), &f->params[position]);
	}
	return NULL;
}

bool kernel_constant(struct terse_lowering *l, const char *name, int64_t *value)
{
	for (size_t i = 0; kernel_at(l, i); i++)
		if (kbtf_enum_value(kernel_at(l, i)->btf, name, value))
			return true;
	return false;
}
