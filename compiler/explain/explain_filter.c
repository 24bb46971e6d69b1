// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: conditions about arguments, other data and the result. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/values/cel.h"
#include "explain_parts.h"
#include "hook_words.h"

enum prose_about {
	ABOUT_VALUE,
	ABOUT_SPORT,
	ABOUT_DPORT,
	ABOUT_SADDR,
	ABOUT_DADDR,
	ABOUT_PROTOCOL,
	ABOUT_FAMILY,
	ABOUT_STATE,
	ABOUT_FILE_TYPE,
	ABOUT_GAINED,
	ABOUT_EXPRESSION,
};

static const struct {
	enum prose_about about;
	const char *one, *several, *joint;
} ops[OP_COUNT] = {
#define OP_WORDS(op, about, one, several, joint) [OP_##op] = {ABOUT_##about, one, several, joint},
#include "grammar/policy-prose.def"
};

bool prose_has_operator(enum op op)
{
	return ops[op].one && *ops[op].one;
}

/* ---- what is compared ---------------------------------------------------------------------- */

static const char *of_type(const struct type_info *type)
{
	if (type->id == TYPE_PATH)
		return "the path ";
	if (type->id == TYPE_FD)
		return "the path of the file behind ";
	switch (type->class) {
	case CLASS_PATH:
		return "the path of ";
	case CLASS_CAPS:
		return "the capability set ";
	case CLASS_STRING:
	case CLASS_FILENAME:
		return "the text ";
	case CLASS_BYTES:
		return "the content of ";
	case CLASS_SOCKADDR_UN:
		return "the name of the local socket ";
	default:
		return "";
	}
}

/* A socket has ends, a packet goes from one to the other, an address is one of them. */
static const char *of_network(enum prose_about about, enum type_class class)
{
	static const char *const words[][3] = {
		[ABOUT_SPORT] = {"the local port of ", "the source port of ", "the port of "},
		[ABOUT_DPORT] = {"the remote port of ", "the destination port of ", "the port of "},
		[ABOUT_SADDR] = {"the local address of ", "the source address of ",
				 "the address in "},
		[ABOUT_DADDR] = {"the remote address of ", "the destination address of ",
				 "the address in "},
	};

	return words[about][class == CLASS_SOCK ? 0 : class == CLASS_SKB ? 1 : 2];
}

static const char *subject_of(enum prose_about about, const struct type_info *type)
{
	switch (about) {
	case ABOUT_SPORT:
	case ABOUT_DPORT:
	case ABOUT_SADDR:
	case ABOUT_DADDR:
		return of_network(about, type->class);
	case ABOUT_PROTOCOL:
		return "the protocol of ";
	case ABOUT_FAMILY:
		return "the address family of ";
	case ABOUT_STATE:
		return "the state of ";
	case ABOUT_FILE_TYPE:
		return "the kind of file of ";
	default:
		return of_type(type);
	}
}

/* ---- what it is compared with -------------------------------------------------------------- */

static const char *range_words(struct arena *a, const struct value *v, const struct type_info *t)
{
	if (t->is_signed)
		return arena_printf(a, "%" PRId64 " to %" PRId64, (int64_t)v->low,
				    (int64_t)v->high);
	return arena_printf(a, "%" PRIu64 " to %" PRIu64, v->low, v->high);
}

static const char *list_words(struct explaining *x, const struct value *v)
{
	const struct ast_policy *ast = x->policy->ast;
	const char *name = doc_quote(x->arena, v->text, v->len);

	for (size_t i = 0; i < ast->list_count; i++) {
		const struct ast_list *l = &ast->lists[i];

		if (l->name.s && l->name.len == v->len && !memcmp(l->name.s, v->text, v->len) &&
		    l->values.n)
			return arena_printf(x->arena, "the system calls of the list %s (%s)", name,
					    doc_strings(x->arena, l->values.v, l->values.n, "and"));
	}
	return arena_printf(x->arena, "the system calls of the list %s", name);
}

/* What a number of the hook's own means, in brackets behind it. */
static const char *number_words(struct explaining *x, const struct tir_filter *f,
				const struct value *v, const char *shown)
{
	const struct kfunction *function = x->typed->function;
	const struct ir_arg *arg = &x->hook->args[f->arg];
	const char *words, *symbol = x->typed->symbol;

	if (v->kind != VALUE_IS_NUMBER || !function || arg->resolve ||
	    arg->position >= function->param_count)
		return shown;
	if (x->hook->kind == HOOK_LSM)
		symbol = arena_printf(x->arena, "security_%s", symbol);
	words = hook_value_words(x->arena, symbol, function->params[arg->position].name, v->number);
	return words ? arena_printf(x->arena, "%s (%s)", shown, words) : shown;
}

static const char *file_type_words(uint64_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "a regular file";
	case S_IFDIR:
		return "a folder";
	case S_IFLNK:
		return "a symbolic link";
	case S_IFSOCK:
		return "a socket";
	case S_IFIFO:
		return "a pipe";
	case S_IFBLK:
		return "a block device";
	default:
		return "a character device";
	}
}

static const char *value_words(struct explaining *x, enum ir_section section,
			       const struct tir_filter *f, const struct value *v)
{
	const struct type_info *type = arg_typed(x, section, f->arg)->type;
	const char *shown;

	switch (v->kind) {
	case VALUE_IS_RANGE:
		return v->low == v->high && f->op != OP_IN_RANGE && f->op != OP_NOT_IN_RANGE
			       ? arena_printf(x->arena, "%" PRId64, (int64_t)v->low)
			       : range_words(x->arena, v, type);
	case VALUE_IS_LIST:
		return list_words(x, v);
	case VALUE_IS_TEXT:
		return doc_quote(x->arena, v->text, v->len);
	default:
		break;
	}
	if (op_get(f->op)->takes == OPERAND_FILE_TYPE)
		return file_type_words(v->number);
	shown = value_show(x->arena, v, type, f->op);
	return section == IR_ARGS && type->class == CLASS_INT ? number_words(x, f, v, shown)
							      : shown;
}

static const char *values_words(struct explaining *x, enum ir_section section,
				const struct tir_filter *f)
{
	struct doc_list l = {.n = 0};

	for (size_t i = 0; i < f->value_count; i++)
		doc_list_add(x->arena, &l, value_words(x, section, f, &f->values[i]));
	return doc_list_text(x->arena, &l, ops[f->op].joint);
}

/* ---- one filter ---------------------------------------------------------------------------- */

static const char *expression_words(struct explaining *x, const struct tir_filter *f)
{
	struct doc_list l = {.n = 0};
	uint64_t args = cel_args(f->expression);

	for (uint32_t i = 0; i < x->hook->arg_count && i < 64; i++)
		if (args >> i & 1)
			doc_list_add(x->arena, &l,
				     arena_printf(x->arena, "`arg%" PRIu32 "` is %s", i,
						  arg_words(x, IR_ARGS, i)));
	return arena_printf(x->arena, "%s is true%s%s",
			    doc_quote_word(x->arena, cel_print(x->arena, f->expression)),
			    l.n ? ", where " : "", doc_list_text(x->arena, &l, "and"));
}

/* Something is in a range of addresses, but is an address. */
static const char *relation(const struct tir_filter *f)
{
	const struct value *v = f->values;

	if (f->value_count > 1 || v->kind == VALUE_IS_LIST)
		return ops[f->op].several;
	if (v->kind == VALUE_IS_ADDRESS && v->prefix == (v->family == 4 ? 32 : 128))
		return ops[op_negated(f->op) ? OP_NOT_EQUAL : OP_EQUAL].one;
	return ops[f->op].one;
}

static const char *filter_words(struct explaining *x, enum ir_section section,
				const struct tir_filter *f)
{
	const struct tir_arg *arg;
	const char *subject, *name;

	if (f->expression)
		return expression_words(x, f);
	arg = arg_typed(x, section, f->arg);
	name = arg_words(x, section, f->arg);
	subject = subject_of(ops[f->op].about, arg->type);
	if (ops[f->op].about == ABOUT_GAINED)
		return arena_printf(x->arena, "%s has a capability that %s lacks",
				    arg_words(x, section, f->ir->second), name);
	if (!f->value_count)
		return arena_printf(x->arena, "%s%s %s", subject, name, ops[f->op].one);
	return arena_printf(x->arena, "%s%s %s %s", subject, name, relation(f),
			    values_words(x, section, f));
}

static void say_filters(struct explaining *x, enum ir_section section, struct doc_list *out)
{
	if (!x->typed_rule)
		return;
	for (size_t i = 0; i < x->typed_rule->filters[section].n; i++)
		doc_list_add(x->arena, out,
			     filter_words(x, section, &x->typed_rule->filters[section].v[i]));
}

void say_args(struct explaining *x, struct doc_list *out)
{
	say_filters(x, IR_ARGS, out);
}

void say_data(struct explaining *x, struct doc_list *out)
{
	say_filters(x, IR_DATA, out);
}

void say_result(struct explaining *x, struct doc_list *out)
{
	say_filters(x, IR_RETURN, out);
}
