// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/arena.h"
#include "operator.h"

/* Values that are filled in with no operator to compare them: why an argument has none. */
static const char *const incomparable[CLASS_COUNT] = {
	[CLASS_NOP] = "an argument of type `nop` is not read",
	[CLASS_AUTO] = "the type is not known before the tracepoint is",
	[CLASS_STRUCT] =
		"the members of the structure are shown in events; to compare one, give its "
		"path in `resolve` and the member's own type",
};

static bool has_expression_type(enum type_id id)
{
	switch (id) {
	case TYPE_INT:
	case TYPE_SINT32:
	case TYPE_INT32:
	case TYPE_UINT32:
	case TYPE_SINT64:
	case TYPE_INT64:
	case TYPE_LONG:
	case TYPE_UINT64:
	case TYPE_ULONG:
		return true;
	default:
		return false;
	}
}

static const char *text_reason(enum op op, const struct type_info *type)
{
	if (op_get(op)->takes != OPERAND_TEXT && op_get(op)->takes != OPERAND_TYPED)
		return NULL;
	switch (type->id) {
	case TYPE_KIOCB:
		return "Tetragon refuses Equal here and lets everything through for the others; "
		       "read "
		       "`ki_filp` with `resolve` as a `file` instead";
	case TYPE_CHAR_IOVEC:
	case TYPE_IOV_ITER:
		return "the bytes are gathered for the event only; Tetragon lets everything "
		       "through "
		       "here";
	case TYPE_CONST_BUF:
		return "the array is read for the event only";
	case TYPE_SOCKADDR_UN:
		return "an abstract name is always 107 bytes long, so its end is not the end of "
		       "what "
		       "the program wrote";
	default:
		return NULL;
	}
}

/* What the classes cannot tell: single types, and pairs that Tetragon takes but never match. */
static bool excluded(enum op op, const struct type_info *type, const char **note)
{
	enum op plain = op_get(op)->plain;

	switch (plain) {
	case OP_CEL_EXPR:
		*note = "expressions know int, int32, uint32, int64 and uint64 arguments";
		return !has_expression_type(type->id);
	case OP_FILE_TYPE:
		*note = "only `file` and `path` arguments carry the inode's mode";
		return type->id != TYPE_FILE && type->id != TYPE_PATH;
	case OP_POSTFIX:
		*note = text_reason(op, type);
		return type->id == TYPE_SOCKADDR_UN || (*note && type->class != CLASS_FILENAME);
	default:
		*note = text_reason(op, type);
		return *note && type->id != TYPE_SOCKADDR_UN;
	}
}

static bool fits(enum op op, const struct type_info *type, const char **note)
{
	*note = NULL;
	return op_get(op)->fits & 1u << type->class && !excluded(op, type, note);
}

static const char *refusal(enum op op, const struct type_info *type)
{
	if (incomparable[type->class])
		return incomparable[type->class];
	if (op == OP_STATE && type->class == CLASS_SKB)
		return "a packet has no socket state; Tetragon accepts this and never matches";
	if (type->class == CLASS_SOCKADDR && op_get(op)->fits & 1u << CLASS_SOCK)
		return "the one address of a `sockaddr` counts as the source";
	if (op_get(op)->takes == OPERAND_TEXT)
		return "Tetragon accepts this and never matches";
	return NULL;
}

enum operator_fit operator_check(struct arena *a, enum op op, const struct type_info *type,
				 struct value_error *e, const char **note)
{
	const char *others;

	if (fits(op, type, note)) {
		*note = NULL;
		if (type->class != CLASS_FILENAME)
			return OPERATOR_FITS;
		*note = "Tetragon refuses Equal on a `filename` and lets everything through for "
			"the "
			"others";
		return OPERATOR_OURS;
	}
	if (!*note)
		*note = refusal(op, type);
	others = operators_fitting(a, type);
	refuse_hint(e,
		    arena_printf(a, "`%s` cannot compare an argument of type `%s`", op_name(op),
				 type->name),
		    others ? arena_printf(a, "`%s` takes %s", type->name, others) : NULL);
	return OPERATOR_REFUSED;
}

const char *operators_fitting(struct arena *a, const struct type_info *type)
{
	const char *list = NULL, *last = NULL, *note;

	for (int op = 0; op < OP_COUNT; op++) {
		if (!fits(op, type, &note))
			continue;
		if (last)
			list = list ? arena_printf(a, "%s, %s", list, last) : last;
		last = op_name(op);
	}
	return list ? arena_printf(a, "%s and %s", list, last) : last;
}

bool operator_value_count(struct arena *a, enum op op, size_t count, struct value_error *e)
{
	enum operand takes = op_get(op)->takes;

	if (takes == OPERAND_NONE && count)
		return refuse_hint(e, arena_printf(a, "`%s` takes no values", op_name(op)),
				   "leave `values` out");
	if (takes != OPERAND_NONE && !count)
		return refuse(e, arena_printf(a, "`%s` has nothing to compare with", op_name(op)));
	if (takes == OPERAND_EXPRESSION && count > 1)
		return refuse_hint(e, "`CelExpr` takes one expression",
				   "join the conditions with `&&` or `||`");
	return true;
}
