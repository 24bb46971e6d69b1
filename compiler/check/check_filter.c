// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": operators and values against the arguments they compare. */
#include <string.h>
#include "compiler/values/cel.h"
#include "check.h"
#include "compiler/words/operator.h"

#define LONGEST_BINARY	255
#define LONGEST_POSTFIX 127

static struct diag *report_value(struct checking *c, enum diag_id id, const struct ast_str *text,
				 const struct value_error *e)
{
	struct span at;
	struct diag *m;

	ast_str_part(text, e->from, e->to, &at);
	m = diag_at(c->diags, id, at, "%s", e->text);

	if (e->hint)
		diag_hint(c->diags, m, "%s", e->hint);
	if (!e->replacement)
		return m;
	if (!e->hint)
		diag_hint(c->diags, m, "did you mean `%s`?", e->replacement);
	diag_fix_word(c->diags, m, text->at, text->s, e->replacement);
	return m;
}

static void report_operator(struct checking *c, const struct ir_filter *f,
			    const struct value_error *e, const char *note)
{
	struct diag *m = diag_at(c->diags, DIAG_OPERATOR_TYPE, f->at, "%s", e->text);

	if (note)
		diag_note(c->diags, m, "%s", note);
	if (e->hint)
		diag_hint(c->diags, m, "%s", e->hint);
}

static bool check_operator(struct checking *c, const struct ir_filter *f, const struct tir_arg *arg)
{
	struct value_error e;
	const char *note;

	if (operator_check(c->arena, f->op, arg->type, &e, &note) != OPERATOR_REFUSED)
		return true;
	report_operator(c, f, &e, note);
	return false;
}

/* Before and after: both must be capability sets. */
static bool check_gained(struct checking *c, const struct ir_filter *f)
{
	const struct tir_arg *second = &c->out->args[f->second];

	return second->good && check_operator(c, f, second);
}

/* The numbers of a list of system calls. */
static bool list_numbers(struct checking *c, const struct ast_list *list, struct span use,
			 struct value *out)
{
	uint64_t *numbers = arena_array(c->arena, list->values.n + 1, sizeof(*numbers));
	struct syscall_element element;
	struct value_error e;

	out->members = numbers;
	for (size_t i = 0; i < list->values.n; i++) {
		const struct ast_str *v = &list->values.v[i];
		struct diag *m;

		if (syscall_parse(c->arena, ARCH_X86_64, v, SYSCALL_AS_NUMBER, &element, &e)) {
			numbers[out->member_count++] = element.number;
			continue;
		}
		m = report_value(c, DIAG_BAD_LIST, v, &e);
		diag_note_at(c->diags, m, use, "the list is used here");
		return false;
	}
	return true;
}

/* Those of all system calls of the kernel's own ABI that this kernel has. */
static bool kernel_numbers(struct checking *c, struct value *out)
{
	size_t count;
	const struct syscall *all = syscall_all(ABI_X64, &count);
	uint64_t *numbers = arena_array(c->arena, count + 1, sizeof(*numbers));

	out->members = numbers;
	for (size_t i = 0; i < count; i++)
		if (kbtf_function_id(c->kernel->btf,
				     arena_printf(c->arena, "__x64_sys_%s", all[i].entry)))
			numbers[out->member_count++] = all[i].number;
	return true;
}

static bool list_members(struct checking *c, const struct ast_list *list, struct span use,
			 struct value *out)
{
	const char *type = list->type.s ? list->type.s : "";
	struct diag *m;

	if (!strcmp(type, "syscalls"))
		return list_numbers(c, list, use, out);
	if (!strcmp(type, "generated_syscalls"))
		return kernel_numbers(c, out);
	m = diag_at(c->diags, DIAG_BAD_LIST, use,
		    "`%s` is no list of system calls, whose numbers could be compared",
		    list->name.s);
	diag_note_at(c->diags, m, list->name.at, "it is defined here");
	diag_hint(c->diags, m, "type: syscalls");
	return false;
}

static bool check_list_value(struct checking *c, const struct ast_str *text, struct value *out)
{
	const struct ast_policy *p = c->policy->ast;
	const char **names = arena_array(c->arena, p->list_count, sizeof(*names));
	const char *name = text->s + strlen("list:"), *near;
	struct diag *m;

	for (size_t i = 0; i < p->list_count; i++) {
		names[i] = p->lists[i].name.s;
		if (!strcmp(names[i], name))
			return list_members(c, &p->lists[i], text->at, out);
	}
	m = diag_at(c->diags, DIAG_UNKNOWN_LIST, text->at, "the policy has no list `%s`", name);
	near = nearest(name, names, p->list_count);
	if (near)
		diag_hint(c->diags, m, "did you mean `list:%s`?", near);
	return false;
}

static void check_values(struct checking *c, const struct ir_filter *ir, const struct tir_arg *arg,
			 struct tir_filter *f)
{
	f->values = arena_array(c->arena, ir->value_count, sizeof(*f->values));
	for (size_t i = 0; i < ir->value_count; i++) {
		struct value *v = &f->values[f->value_count];
		struct value_error e;

		if (!value_read(c->arena, &ir->values[i], arg->type, f->op, v, &e))
			report_value(c, DIAG_BAD_VALUE, &ir->values[i], &e);
		else if (v->kind != VALUE_IS_LIST || check_list_value(c, &ir->values[i], v))
			f->value_count++;
	}
}

static bool check_expression(struct checking *c, const struct ir_filter *ir, struct tir_filter *f)
{
	const struct tir_hook *h = c->out;
	const struct type_info **types = arena_array(c->arena, h->arg_count, sizeof(*types));
	struct cel_node *tree;
	struct value_error e;

	for (size_t i = 0; i < h->arg_count; i++) {
		if (!h->args[i].good)
			return false;
		types[i] = h->args[i].type;
	}
	/* typed anew for every kernel: fields may differ in width */
	tree = cel_parse(c->arena, &ir->values[0], &e);
	if (tree && cel_check(c->arena, tree, &ir->values[0], types, h->arg_count, &e)) {
		f->expression = tree;
		return true;
	}
	report_value(c, DIAG_BAD_VALUE, &ir->values[0], &e);
	return false;
}

static const struct tir_arg *argument_of(const struct tir_hook *h, enum ir_section section,
					 uint32_t at)
{
	if (section == IR_RETURN)
		return h->return_arg;
	return section == IR_DATA ? &h->data[at] : &h->args[at];
}

static bool check_filter(struct checking *c, const struct ir_filter *ir, enum ir_section section,
			 struct tir_filter *f)
{
	const struct tir_arg *arg;

	*f = (struct tir_filter){.ir = ir, .arg = ir->arg, .op = ir->op};
	if (ir->op == OP_CEL_EXPR)
		return check_expression(c, ir, f);
	arg = argument_of(c->out, section, ir->arg);
	if (!arg->good || !check_operator(c, ir, arg))
		return false;
	if (ir->op == OP_CAPABILITIES_GAINED)
		return check_gained(c, ir);
	check_values(c, ir, arg, f);
	return true;
}

static void check_binaries(struct checking *c, const struct ir_binaries *b)
{
	bool end = b->op == OP_POSTFIX || b->op == OP_NOT_POSTFIX;
	size_t longest = end ? LONGEST_POSTFIX : LONGEST_BINARY;

	for (size_t i = 0; i < b->value_count; i++) {
		const struct ast_str *v = &b->values[i];

		if (!v->len)
			diag_at(c->diags, DIAG_BAD_VALUE, v->at, "an empty value is no path");
		else if (strlen(v->s) != v->len)
			diag_at(c->diags, DIAG_BAD_VALUE, v->at,
				"a NUL byte, which no path contains");
		else if (v->len > longest)
			diag_at(c->diags, DIAG_BAD_VALUE, v->at,
				"%zu bytes: the %s of a binary's path is compared over %zu", v->len,
				end ? "end" : "start", longest);
	}
}

static void check_selector(struct checking *c, const struct ir_selector *ir,
			   struct tir_selector *out)
{
	out->ir = ir;
	for (enum ir_section section = 0; section < IR_SECTIONS; section++) {
		const struct ir_filters *from = &ir->filters[section];
		struct tir_filters *to = &out->filters[section];

		to->v = arena_array(c->arena, from->n, sizeof(*to->v));
		for (size_t i = 0; i < from->n; i++)
			if (check_filter(c, &from->v[i], section, &to->v[to->n]))
				to->n++;
	}
	for (size_t i = 0; i < ir->binary_count; i++)
		check_binaries(c, &ir->binaries[i]);
	for (size_t i = 0; i < ir->parent_binary_count; i++)
		check_binaries(c, &ir->parent_binaries[i]);
}

void check_selectors(struct checking *c)
{
	const struct ir_hook *ir = c->hook;
	struct tir_hook *out = c->out;

	out->selectors = arena_array(c->arena, ir->selector_count, sizeof(*out->selectors));
	out->selector_count = ir->selector_count;
	for (size_t i = 0; i < ir->selector_count; i++)
		check_selector(c, &ir->selectors[i], &out->selectors[i]);
}
