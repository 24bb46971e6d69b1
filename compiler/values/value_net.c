// SPDX-License-Identifier: Apache-2.0
/* Filter values about sockets and packets: ports, addresses, named numbers; and file types. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/words/names.h"
#include "number.h"
#include "value.h"

#define NUMBER_MAX 65535 /* ports, protocols, families and states have 16 bits */

/* ---- numbers and ranges of 16 bits ------------------------------------------------------ */

enum reading { READ_OK, READ_NOT, READ_LARGE };

static enum reading read_end(const char *s, size_t len, uint64_t *out, uint32_t *flags)
{
	struct number n;

	if (!number_decimal(s, len, SIGN_NONE, &n))
		return READ_NOT;
	if (!number_fits(&n, 16, false))
		return READ_LARGE;
	*out = n.magnitude;
	if (n.leading_zero)
		*flags |= VALUE_LEADING_ZERO;
	return READ_OK;
}

static enum reading read_numbers(const struct ast_str *text, struct value *out)
{
	const char *colon = memchr(text->s, ':', text->len), *end = text->s + text->len;
	enum reading low, high;
	uint64_t swap;

	*out = (struct value){.kind = VALUE_IS_NUMBER};
	if (!colon)
		return read_end(text->s, text->len, &out->number, &out->flags);
	out->kind = VALUE_IS_RANGE;
	low = read_end(text->s, (size_t)(colon - text->s), &out->low, &out->flags);
	high = read_end(colon + 1, (size_t)(end - colon) - 1, &out->high, &out->flags);
	if (low != READ_OK || high != READ_OK)
		return low == READ_NOT || high == READ_NOT ? READ_NOT : READ_LARGE;
	if (out->low > out->high) {
		swap = out->low;
		out->low = out->high;
		out->high = swap;
		out->flags |= VALUE_REORDERED;
	}
	if (!out->low && out->high == NUMBER_MAX)
		out->flags |= VALUE_ALWAYS;
	return READ_OK;
}

static bool refuse_large(struct arena *a, const struct ast_str *text, const char *noun,
			 struct value_error *e)
{
	return refuse(e, arena_printf(a, "%s is above %d, the largest %s",
				      shown(a, text->s, text->len), NUMBER_MAX, noun));
}

/* What is almost a port: another base, or a range with a hyphen. */
static const char *mended_port(struct arena *a, const struct ast_str *text)
{
	const char *hyphen = memchr(text->s, '-', text->len);
	uint64_t ends[2];
	uint32_t flags;
	struct number n;

	if (number_base0(text->s, text->len, SIGN_NONE, &n) && number_fits(&n, 16, false))
		return arena_printf(a, "%" PRIu64, n.magnitude);
	if (!hyphen || read_end(text->s, (size_t)(hyphen - text->s), &ends[0], &flags) != READ_OK ||
	    read_end(hyphen + 1, (size_t)(text->s + text->len - hyphen) - 1, &ends[1], &flags) !=
		    READ_OK)
		return NULL;
	return arena_printf(a, "%" PRIu64 ":%" PRIu64, ends[0], ends[1]);
}

bool value_read_port(struct arena *a, const struct ast_str *text, struct value *out,
		     struct value_error *e)
{
	if (!text->len)
		return refuse(e, "an empty value is no port");
	if (!no_nul(a, text, "a port", e))
		return false;
	switch (read_numbers(text, out)) {
	case READ_OK:
		return true;
	case READ_LARGE:
		return refuse_large(a, text, "port", e);
	default:
		return refuse_mend(e,
				   arena_printf(a,
						"`%s` is no port: write a decimal number or a "
						"range such as `1000:2000`",
						shown(a, text->s, text->len)),
				   mended_port(a, text));
	}
}

/* ---- named numbers ---------------------------------------------------------------------- */

static enum name_set names_for(enum op op)
{
	return op == OP_PROTOCOL ? NAMES_PROTOCOL
	       : op == OP_FAMILY ? NAMES_FAMILY
				 : NAMES_TCP_STATE;
}

static bool end_number(const char *s, size_t len, enum name_set set, uint64_t *out)
{
	const struct name *name = name_find(set, s, len);
	uint32_t flags;

	if (!name)
		return read_end(s, len, out, &flags) == READ_OK;
	*out = name->number;
	return true;
}

/* Names stand alone; with two of them the range can be written in numbers. */
static const char *mended_range(struct arena *a, const struct ast_str *text, enum name_set set)
{
	const char *colon = memchr(text->s, ':', text->len), *end = text->s + text->len;
	uint64_t low, high;

	if (!colon || !end_number(text->s, (size_t)(colon - text->s), set, &low) ||
	    !end_number(colon + 1, (size_t)(end - colon) - 1, set, &high))
		return NULL;
	return arena_printf(a, "%" PRIu64 ":%" PRIu64, low, high);
}

static bool refuse_named(struct arena *a, const struct ast_str *text, enum name_set set,
			 struct value_error *e)
{
	const char *range = mended_range(a, text, set);
	const char *text_shown = shown(a, text->s, text->len);

	if (range)
		return refuse_mend(
			e, arena_printf(a, "`%s`: names cannot be ends of a range", text_shown),
			range);
	return refuse_mend(e, arena_printf(a, "`%s` is no %s", text_shown, names_noun(set)),
			   name_nearest(a, set, text->s, text->len));
}

bool value_read_named(struct arena *a, const struct ast_str *text, enum op op, struct value *out,
		      struct value_error *e)
{
	enum name_set set = names_for(op);
	const struct name *name = name_find(set, text->s, text->len);

	if (name) {
		*out = (struct value){.kind = VALUE_IS_NUMBER, .number = name->number};
		return true;
	}
	if (!text->len)
		return refuse(e, arena_printf(a, "an empty value is no %s", names_noun(set)));
	if (!no_nul(a, text, arena_printf(a, "a name of %s", names_plural(set)), e))
		return false;
	switch (read_numbers(text, out)) {
	case READ_OK:
		return true;
	case READ_LARGE:
		return refuse_large(a, text, names_noun(set), e);
	default:
		return refuse_named(a, text, set, e);
	}
}

bool value_read_file_type(struct arena *a, const struct ast_str *text, struct value *out,
			  struct value_error *e)
{
	const struct name *name = name_find(NAMES_FILE_TYPE, text->s, text->len);

	if (!name) {
		refuse_mend(e,
			    arena_printf(a, "`%s` is no file type", shown(a, text->s, text->len)),
			    name_nearest(a, NAMES_FILE_TYPE, text->s, text->len));
		e->hint = "file types are reg, dir, lnk, chr, blk, fifo and sock";
		return false;
	}
	*out = (struct value){.kind = VALUE_IS_NUMBER, .number = name->number};
	return true;
}

/* ---- addresses -------------------------------------------------------------------------- */

/* Clears what is behind the prefix; true when something was there. */
static bool cut_host_bits(uint8_t *address, unsigned prefix, unsigned bits)
{
	bool found = false;

	for (unsigned i = prefix; i < bits; i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);

		found |= address[i / 8] & bit;
		address[i / 8] &= (uint8_t)~bit;
	}
	return found;
}

static bool read_prefix(struct arena *a, const struct ast_str *text, size_t slash, unsigned bits,
			struct value *out, struct value_error *e)
{
	struct number n;
	const char *s = text->s + slash + 1;

	if (!number_decimal(s, text->len - slash - 1, SIGN_NONE, &n))
		return refuse_at(e, slash, text->len,
				 arena_printf(a, "`%s` has no prefix length behind its `/`",
					      shown(a, text->s, text->len)));
	if (!n.fits || n.magnitude > bits)
		return refuse_at(e, slash + 1, text->len,
				 arena_printf(a, "`%s`: an IPv%u address has %u bits",
					      shown(a, text->s, text->len), out->family, bits));
	if (n.leading_zero)
		return refuse_mend(e,
				   arena_printf(a, "`%s` has a prefix length with a leading 0",
						shown(a, text->s, text->len)),
				   mended(a, text, slash + 1, text->len,
					  arena_printf(a, "%" PRIu64, n.magnitude)));
	out->prefix = (uint8_t)n.magnitude;
	return true;
}

static bool refuse_address(struct arena *a, const struct ast_str *text, struct value_error *e)
{
	const char *colon = memchr(text->s, ':', text->len);
	const char *dot = memchr(text->s, '.', text->len);
	const char *why = arena_printf(a, "`%s` is no IP address", shown(a, text->s, text->len));

	if (memchr(text->s, '%', text->len))
		return refuse_hint(e, why, "leave the zone behind `%` out");
	if (memchr(text->s, '-', text->len) && (dot || colon))
		return refuse_hint(e, why, "ranges of addresses are written as CIDR blocks");
	if (colon && dot && colon > dot)
		return refuse_hint(e, why, "ports are compared with SPort and DPort");
	if (dot || colon)
		return refuse(e, why);
	return refuse_hint(e, why, "names of hosts are not looked up");
}

bool value_read_address(struct arena *a, const struct ast_str *text, struct value *out,
			struct value_error *e)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	const char *slash = memchr(text->s, '/', text->len);
	size_t len = slash ? (size_t)(slash - text->s) : text->len;
	const char *host = arena_strndup(a, text->s, len);
	unsigned bits;

	*out = (struct value){.kind = VALUE_IS_ADDRESS};
	if (!text->len)
		return refuse(e, "an empty value is no IP address");
	if (!no_nul(a, text, "an IP address", e))
		return false;
	if (inet_pton(AF_INET, host, out->address) == 1)
		out->family = 4;
	else if (inet_pton(AF_INET6, host, out->address) == 1)
		out->family = 6;
	else
		return refuse_address(a, text, e);
	bits = out->family == 4 ? 32 : 128;
	out->prefix = (uint8_t)bits;
	if (slash && !read_prefix(a, text, len, bits, out, e))
		return false;
	if (out->family == 6 && !memcmp(out->address, mapped, sizeof(mapped)))
		out->flags |= VALUE_MAPPED;
	if (cut_host_bits(out->address, out->prefix, bits))
		out->flags |= VALUE_HOST_BITS;
	return true;
}
