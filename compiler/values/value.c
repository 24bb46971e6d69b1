// SPDX-License-Identifier: Apache-2.0
/* Filter values: text from the policy to constants of the argument's type. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/words/names.h"
#include "compiler/check/tir.h"
#include "value.h"

static bool read_typed(struct arena *a, const struct ast_str *text, const struct type_info *type,
		       enum op op, struct value *out, struct value_error *e)
{
	if (type->class == CLASS_INT)
		return value_read_number(a, text, type, op, out, e);
	if (type->class != CLASS_CAPS)
		return value_read_text(a, text, type, op, out, e);
	if (!value_read_caps(a, text, out, e))
		return false;
	if ((!out->number && (op == OP_MASK || op == OP_LT)) || (op == OP_GT && !~out->number))
		out->flags |= VALUE_NEVER;
	return true;
}

bool value_read(struct arena *a, const struct ast_str *text, const struct type_info *type,
		enum op op, struct value *out, struct value_error *e)
{
	switch (op_get(op)->takes) {
	case OPERAND_TYPED:
		return read_typed(a, text, type, op, out, e);
	case OPERAND_TEXT:
		return value_read_text(a, text, type, op, out, e);
	case OPERAND_RANGE:
		return value_read_range(a, text, type, out, e);
	case OPERAND_MAP:
		return value_read_map(a, text, type, out, e);
	case OPERAND_PORT:
		return value_read_port(a, text, out, e);
	case OPERAND_ADDRESS:
		return value_read_address(a, text, out, e);
	case OPERAND_PROTOCOL:
	case OPERAND_FAMILY:
	case OPERAND_STATE:
		return value_read_named(a, text, op, out, e);
	case OPERAND_FILE_TYPE:
		return value_read_file_type(a, text, out, e);
	default:
		return refuse(e, arena_printf(a, "`%s` takes no such values", op_name(op)));
	}
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_IS_NUMBER:
		return a->number == b->number;
	case VALUE_IS_RANGE:
		return a->low == b->low && a->high == b->high;
	case VALUE_IS_ADDRESS:
		return a->family == b->family && a->prefix == b->prefix &&
		       !memcmp(a->address, b->address, sizeof(a->address));
	case VALUE_IS_LIST: /* lists of two policies may share their name only */
		if (a->member_count != b->member_count ||
		    (a->member_count &&
		     memcmp(a->members, b->members, a->member_count * sizeof(*a->members)) != 0))
			return false;
		/* fall through */
	default:
		return a->len == b->len && !memcmp(a->text, b->text, a->len);
	}
}

static const char *show_caps(struct arena *a, uint64_t mask)
{
	const char *list = NULL;

	for (unsigned i = 0; i < 64; i++) {
		const char *name = mask >> i & 1 ? name_of(NAMES_CAPABILITY, i) : NULL;

		if (mask >> i & 1 && !name)
			return arena_printf(a, "0x%" PRIx64, mask);
		if (name)
			list = list ? arena_printf(a, "%s,%s", list, name) : name;
	}
	return list ? list : "0";
}

static const char *show_number(struct arena *a, uint64_t v, bool is_signed)
{
	return is_signed ? arena_printf(a, "%" PRId64, (int64_t)v) : arena_printf(a, "%" PRIu64, v);
}

static const char *show_address(struct arena *a, const struct value *v)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(v->family == 4 ? AF_INET : AF_INET6, v->address, text, sizeof(text));
	if (v->prefix == (v->family == 4 ? 32 : 128))
		return arena_printf(a, "%s", text);
	return arena_printf(a, "%s/%u", text, v->prefix);
}

static const char *show_named(const struct value *v, enum op op)
{
	switch (op_get(op)->takes) {
	case OPERAND_PROTOCOL:
		return name_of(NAMES_PROTOCOL, (uint32_t)v->number);
	case OPERAND_FAMILY:
		return name_of(NAMES_FAMILY, (uint32_t)v->number);
	case OPERAND_STATE:
		return name_of(NAMES_TCP_STATE, (uint32_t)v->number);
	case OPERAND_FILE_TYPE:
		return name_of(NAMES_FILE_TYPE, (uint32_t)v->number);
	default:
		return NULL;
	}
}

const char *value_show(struct arena *a, const struct value *v, const struct type_info *type,
		       enum op op)
{
	const char *name;

	switch (v->kind) {
	case VALUE_IS_RANGE:
		return arena_printf(a, "%s:%s", show_number(a, v->low, type->is_signed),
				    show_number(a, v->high, type->is_signed));
	case VALUE_IS_TEXT:
		return arena_strndup(a, v->text, v->len);
	case VALUE_IS_LIST:
		return arena_printf(a, "list:%.*s", (int)v->len, v->text);
	case VALUE_IS_ADDRESS:
		return show_address(a, v);
	default:
		break;
	}
	name = show_named(v, op);
	if (name)
		return name;
	return type->class == CLASS_CAPS ? show_caps(a, v->number)
					 : show_number(a, v->number, type->is_signed);
}
