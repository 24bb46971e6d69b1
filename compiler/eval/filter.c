// SPDX-License-Identifier: Apache-2.0
/* One filter of matchArgs, matchData or matchReturnArgs on its argument (reference 3.9, 3.15). */
#include <string.h>
#include <sys/stat.h>
#include "internal.h"

static enum eval_kind kind_for(enum type_class class)
{
	static const enum eval_kind kinds[CLASS_COUNT] = {
		[CLASS_INT] = EVAL_NUMBER,	[CLASS_CAPS] = EVAL_NUMBER,
		[CLASS_STRING] = EVAL_TEXT,	[CLASS_BYTES] = EVAL_TEXT,
		[CLASS_FILENAME] = EVAL_TEXT,	[CLASS_PATH] = EVAL_PATH,
		[CLASS_SOCK] = EVAL_SOCKET,	[CLASS_SKB] = EVAL_SOCKET,
		[CLASS_SOCKADDR] = EVAL_SOCKET, [CLASS_SOCKADDR_UN] = EVAL_UNIX,
	};

	return kinds[class];
}

static bool same_place(const struct eval_arg *have, const struct ir_arg *want)
{
	if (have->source != want->source || !have->resolve != !want->resolve)
		return false;
	if (have->source == IR_SOURCE_ARGUMENT && have->position != want->position)
		return false;
	return !want->resolve || !strcmp(have->resolve, want->resolve->s);
}

const struct eval_value *value_of(const struct evaluation *e, const struct tir_arg *arg)
{
	enum eval_kind kind = kind_for(arg->type->class);

	if (arg->source == ARG_RETURN)
		return e->event->at_return && e->event->result.kind == kind ? &e->event->result
									    : NULL;
	/* a buffer that is copied when the call returns has not been read before */
	if (arg->ir->return_copy && !e->event->at_return)
		return NULL;
	for (size_t i = 0; i < e->event->arg_count; i++)
		if (e->event->args[i].value.kind == kind && same_place(&e->event->args[i], arg->ir))
			return &e->event->args[i].value;
	return NULL;
}

/* ---- operators that are about no single value ------------------------------------------ */

/* Before and after: is there a capability that was not there? */
static bool gained(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg,
		   const struct eval_value *before)
{
	const struct tir_arg *second = &e->hook->args[f->ir->second];
	const struct eval_value *after = value_of(e, second);

	if (!after || after->failed)
		return miss(e, "the second argument could not be read");
	if (number_of(second, after) & ~number_of(arg, before))
		return true;
	return miss(e, "no capability was gained");
}

/* The type of the inode; a path is not needed. */
static bool file_type_holds(struct evaluation *e, const struct tir_filter *f,
			    const struct eval_value *v)
{
	bool any = false;

	for (size_t i = 0; i < f->value_count; i++)
		any |= (v->mode & S_IFMT) == f->values[i].number;
	return any != op_negated(f->op) || miss(e, "the inode's mode is %#o", v->mode);
}

/* ---- one filter ------------------------------------------------------------------------ */

static bool compare(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg,
		    const struct eval_value *v)
{
	enum op plain = op_get(f->op)->plain;

	if (plain == OP_CAPABILITIES_GAINED)
		return gained(e, f, arg, v);
	if (plain == OP_FILE_TYPE)
		return file_type_holds(e, f, v);
	switch (v->kind) {
	case EVAL_NUMBER:
		return number_holds(e, f, arg, v);
	case EVAL_TEXT:
	case EVAL_PATH:
		return text_holds(e, f, arg, v);
	case EVAL_UNIX:
		return plain == OP_FAMILY ? socket_holds(e, f, v) : text_holds(e, f, arg, v);
	case EVAL_SOCKET:
		return socket_holds(e, f, v);
	default:
		return miss(e, "arguments of this type cannot be compared");
	}
}

bool filter_holds(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg)
{
	const struct eval_value *v;

	if (f->op == OP_CEL_EXPR)
		return expression_holds(e, f->expression);
	v = value_of(e, arg);
	/* for negated operators as well: what cannot be read is not known to differ */
	if (!v || v->failed)
		return miss(e, "the argument could not be read");
	return compare(e, f, arg, v);
}
