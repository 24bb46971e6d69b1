// SPDX-License-Identifier: Apache-2.0
/* Filter values that are text: what the argument's bytes are compared with. */
#include <string.h>
#include "compiler/base/arena.h"
#include "value.h"

#define EQUAL_MAX     4096
#define PREFIX_MAX    255
#define POSTFIX_MAX   127
#define SUBSTRING_MAX 99
#define BUFFER_MAX    4095 /* char_buf: what is read of it */
#define INTERFACE_MAX 15   /* a network interface's name without its NUL */
#define UNIX_MAX      107  /* sockaddr_un: path or abstract name */

static size_t longest(enum op plain)
{
	switch (plain) {
	case OP_PREFIX:
		return PREFIX_MAX;
	case OP_POSTFIX:
		return POSTFIX_MAX;
	case OP_SUBSTRING:
	case OP_SUBSTRING_IGNCASE:
		return SUBSTRING_MAX;
	default:
		return EQUAL_MAX;
	}
}

static size_t longest_argument(const struct type_info *t)
{
	switch (t->id) {
	case TYPE_CHAR_BUF:
		return BUFFER_MAX;
	case TYPE_NET_DEVICE:
		return INTERFACE_MAX;
	case TYPE_SOCKADDR_UN:
		return UNIX_MAX;
	default:
		return EQUAL_MAX;
	}
}

/* Whether an argument of the type can have NUL bytes in the middle. */
static bool keeps_nuls(const struct type_info *t)
{
	return t->class == CLASS_BYTES || t->class == CLASS_SOCKADDR_UN;
}

static bool strips_nuls(const struct type_info *t, enum op plain)
{
	if (keeps_nuls(t))
		return false;
	return plain == OP_POSTFIX || (plain == OP_EQUAL && t->id == TYPE_STRING);
}

static bool may_be_empty(const struct type_info *t, enum op plain)
{
	return plain == OP_PREFIX || (plain == OP_POSTFIX && t->id == TYPE_CHAR_BUF);
}

static bool refuse_nul(struct arena *a, const struct ast_str *text, const struct type_info *t,
		       size_t nul, struct value_error *e)
{
	size_t len = text->len;

	while (len && !text->s[len - 1])
		len--;
	refuse_at(e, nul, nul + 1,
		  arena_printf(a, "a NUL byte, which no `%s` argument contains", t->name));
	if (len == nul && len)
		e->replacement = arena_strndup(a, text->s, len);
	return false;
}

static bool refuse_length(struct arena *a, size_t len, const struct type_info *t, enum op op,
			  struct value_error *e)
{
	size_t most = longest_argument(t);

	if (len > longest(op_get(op)->plain))
		return refuse(e, arena_printf(a, "%zu bytes: `%s` compares %zu at most", len,
					      op_name(op), longest(op_get(op)->plain)));
	return refuse(e, arena_printf(a, "%zu bytes: a `%s` argument has %zu at most", len, t->name,
				      most));
}

/* How paths look when the kernel's names are walked: /name/name, and nothing at all for /. */
static uint32_t path_flags(const char *s, size_t len, enum op plain)
{
	bool whole = plain == OP_EQUAL, slash = len && s[len - 1] == '/';

	if (whole && len == 1 && slash)
		return VALUE_NEVER;
	if (memmem(s, len, "//", 2) || (slash && (whole || plain == OP_POSTFIX)))
		return VALUE_UNLIKELY;
	return len && s[0] != '/' && (whole || plain == OP_PREFIX) ? VALUE_UNLIKELY : 0;
}

bool value_read_text(struct arena *a, const struct ast_str *text, const struct type_info *type,
		     enum op op, struct value *out, struct value_error *e)
{
	enum op plain = op_get(op)->plain;
	size_t len = text->len;
	const char *nul;

	if (strips_nuls(type, plain))
		while (len && !text->s[len - 1])
			len--;
	nul = memchr(text->s, 0, len);
	if (nul && !keeps_nuls(type))
		return refuse_nul(a, text, type, (size_t)(nul - text->s), e);
	if (!len && !may_be_empty(type, plain))
		return refuse(e, arena_printf(a, "an empty value: `%s` compares with nothing",
					      op_name(op)));
	if (len > longest(plain) || len > longest_argument(type))
		return refuse_length(a, len, type, op, e);
	*out = (struct value){.kind = VALUE_IS_TEXT, .text = text->s, .len = (uint32_t)len};
	if (len != text->len)
		out->flags |= VALUE_NUL_CUT;
	if (type->class == CLASS_PATH)
		out->flags |= path_flags(text->s, len, plain);
	if (type->class == CLASS_SOCKADDR_UN && text->s[0] == '@')
		out->flags |= VALUE_ABSTRACT_MARK;
	return true;
}
