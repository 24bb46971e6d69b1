// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": is a number one of many? */
#include "emit_set.h"
#include "compiler/base/arena.h"

#define COMPARED 6	    /* so many intervals are compared one after another */
#define BYTES	 1024	    /* numbers that have a byte each in a table */
#define BITS	 (1u << 16) /* or a bit */

#define WIDE "0x%" PRIx64 "ull"

struct number_set {
	const char *name;
	uint32_t bits;
	const struct interval *v;
	size_t n;
};

static void emit_head(struct emitter *e, const struct number_set *s)
{
	fprintf(e->out, "static __inline bool %s(%s)\n{\n", s->name,
		s->bits > 64 ? "__u64 high, __u64 low" : "__u64 v");
}

/* ---- compares -------------------------------------------------------------------------- */

static void emit_compare(struct emitter *e, const struct interval *v, uint64_t top)
{
	uint64_t low = (uint64_t)v->low, high = (uint64_t)v->high;
	const char *kind = top == UINT32_MAX ? "(__u32)" : "";

	if (low == high)
		fprintf(e->out, "v == %s" WIDE, kind, low);
	else if (!low && high == top)
		fprintf(e->out, "1");
	else if (!low)
		fprintf(e->out, "v <= %s" WIDE, kind, high);
	else if (high == top)
		fprintf(e->out, "v >= %s" WIDE, kind, low);
	else
		fprintf(e->out, "v - %s" WIDE " <= %s" WIDE, kind, low, kind, high - low);
}

/* Words of 32 bits are compared as such: to widen one takes two instructions. */
static void emit_compares(struct emitter *e, const struct number_set *s)
{
	uint64_t top = s->bits == 64 ? ~0ull : (1ull << s->bits) - 1;

	if (s->bits == 32)
		fprintf(e->out, "static __inline bool %s(__u32 v)\n{\n", s->name);
	else
		emit_head(e, s);
	fprintf(e->out, "\treturn ");
	for (size_t i = 0; i < s->n; i++) {
		fputs(i ? " || " : "", e->out);
		emit_compare(e, &s->v[i], top);
	}
	fprintf(e->out, "%s;\n}\n\n", s->n ? "" : "0");
}

/* ---- a byte or a bit for each number --------------------------------------------------- */

static void emit_mask(struct emitter *e, const struct number_set *s)
{
	uint64_t from = (uint64_t)s->v[0].low, mask = 0;

	for (size_t i = 0; i < s->n; i++)
		for (uint64_t at = (uint64_t)s->v[i].low; at <= (uint64_t)s->v[i].high; at++)
			mask |= 1ull << (at - from);
	emit_head(e, s);
	fprintf(e->out, "\tv -= " WIDE ";\n\treturn v < 64 && " WIDE " >> v & 1;\n}\n\n", from,
		mask);
}

static void emit_map(struct emitter *e, const struct number_set *s, size_t span)
{
	bool bytes = span <= BYTES;
	size_t size = bytes ? span : (span + 63) / 64;
	uint64_t *table = arena_array(e->arena, size, sizeof(*table));
	uint64_t from = (uint64_t)s->v[0].low;

	for (size_t i = 0; i < s->n; i++)
		for (uint64_t at = (uint64_t)s->v[i].low - from; at <= s->v[i].high - from; at++)
			table[bytes ? at : at / 64] |= bytes ? 1 : 1ull << at % 64;
	emit_table(e, bytes ? "__u8" : "__u64", arena_printf(e->arena, "%s_in", s->name), table,
		   size);
	emit_head(e, s);
	fprintf(e->out, "\tv -= " WIDE ";\n\ttg_opaque(v);\n\treturn v < %zu && ", from, span);
	fprintf(e->out, bytes ? "%s_in[v];\n}\n\n" : "%s_in[v >> 6] >> (v & 63) & 1;\n}\n\n",
		s->name);
}

/* ---- a search among the edges ---------------------------------------------------------- */

/* From the first edge on, so that differences keep their sign where the edges allow it. */
static void emit_search(struct emitter *e, const struct number_set *s, const uint64_t *edges,
			uint32_t depth, uint64_t from, uint64_t span, size_t padding)
{
	bool narrow = span < UINT32_MAX, wrapped = span >> 63;
	const char *table = arena_printf(e->arena, "%s_edges", s->name);

	emit_table(e, narrow ? "__u32" : "__u64", table, edges, (size_t)1 << depth);
	emit_head(e, s);
	fprintf(e->out, "\tconst %s *p = %s;\n\n", narrow ? "__u32" : "__u64", table);
	if (from && (padding & 1)) /* all the numbers from the last edge on are in the set */
		fprintf(e->out, "\tif (v < " WIDE ")\n\t\treturn false;\n", from);
	fprintf(e->out, "\tv -= " WIDE ";\n", from);
	if (!wrapped)
		fprintf(e->out, "\tif (v > " WIDE ")\n\t\treturn %d;\n\tv++;\n", span,
			(int)(padding & 1));
	for (uint32_t k = depth; k-- > 0;)
		fprintf(e->out, "\tTG_STEP%s(p, v, %u);\n", wrapped ? "64" : "", k);
	fprintf(e->out, "\treturn %stg_odd(p, %s, %d);\n}\n\n", padding & 1 ? "" : "!", table,
		narrow ? 4 : 8);
}

/* Elements before the edges are never above the number; the first edge is 0 by then. */
static void emit_edges(struct emitter *e, const struct number_set *s, const wide *edges,
		       size_t count)
{
	uint64_t from = (uint64_t)edges[0], *table;
	uint32_t depth = 0;
	size_t padding;

	while (1ull << depth <= count)
		depth++;
	table = arena_array(e->arena, (size_t)1 << depth, sizeof(*table));
	padding = ((size_t)1 << depth) - count;
	for (size_t i = 0; i < count; i++)
		table[padding + i] = (uint64_t)edges[i] - from;
	emit_search(e, s, table, depth, from, (uint64_t)edges[count - 1] - from, padding);
}

static void emit_wide_edges(struct emitter *e, const struct number_set *s, const wide *edges,
			    size_t count)
{
	const char *name = arena_printf(e->arena, "%s_edges", s->name);
	uint32_t depth = 0;
	uint64_t *table;
	size_t padding;

	while (1ull << depth <= count)
		depth++;
	table = arena_array(e->arena, (size_t)2 << depth, sizeof(*table));
	padding = ((size_t)1 << depth) - count;
	for (size_t i = 0; i < count; i++) {
		table[2 * (padding + i)] = (uint64_t)(edges[i] >> 64);
		table[2 * (padding + i) + 1] = (uint64_t)edges[i];
	}
	emit_table(e, "__u64", name, table, (size_t)2 << depth);
	emit_head(e, s);
	fprintf(e->out, "\tconst __u64 *p = %s;\n\n", name);
	for (uint32_t k = depth; k-- > 0;)
		fprintf(e->out, "\tTG_STEP128(p, high, low, %u);\n", k);
	fprintf(e->out, "\treturn %stg_odd(p, %s, 16);\n}\n\n", padding & 1 ? "" : "!", name);
}

static void emit_wide_compares(struct emitter *e, const struct number_set *s)
{
	emit_head(e, s);
	for (size_t i = 0; i < s->n; i++) {
		uint64_t low[2] = {(uint64_t)(s->v[i].low >> 64), (uint64_t)s->v[i].low};
		uint64_t high[2] = {(uint64_t)(s->v[i].high >> 64), (uint64_t)s->v[i].high};

		if (low[0] == high[0])
			fprintf(e->out, "\tif (high == " WIDE, low[0]);
		else /* a block: all that its high words begin with */
			fprintf(e->out, "\tif (high - " WIDE " <= " WIDE, low[0], high[0] - low[0]);
		if (low[1] == high[1])
			fprintf(e->out, " && low == " WIDE, low[1]);
		else if (low[1] || ~high[1])
			fprintf(e->out, " && low - " WIDE " <= " WIDE, low[1], high[1] - low[1]);
		fprintf(e->out, ")\n\t\treturn true;\n");
	}
	fprintf(e->out, "\treturn false;\n}\n\n");
}

/* ---- which of them --------------------------------------------------------------------- */

static void emit_narrow(struct emitter *e, const struct number_set *s, const wide *edges,
			size_t count)
{
	uint64_t span = s->n ? (uint64_t)(s->v[s->n - 1].high - s->v[0].low) : 0;

	if (s->n <= COMPARED)
		emit_compares(e, s);
	else if (span < 64)
		emit_mask(e, s);
	else if (span < BITS)
		emit_map(e, s, (size_t)span + 1);
	else
		emit_edges(e, s, edges, count);
}

/* Joined intervals are no longer blocks of addresses, which alone can be compared by words. */
static bool all_blocks(const struct number_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		if ((s->v[i].low >> 64) != (s->v[i].high >> 64) &&
		    ((uint64_t)s->v[i].low || ~(uint64_t)s->v[i].high))
			return false;
	return true;
}

void emit_number_set(struct emitter *e, const char *name, uint32_t bits, struct interval *v,
		     size_t n)
{
	wide top = bits == 128 ? ~(wide)0 : ((wide)1 << bits) - 1, *edges;
	struct number_set s = {.name = name, .bits = bits, .v = v};
	size_t count;

	s.n = intervals_join(v, n);
	edges = arena_array(e->arena, 2 * s.n + 1, sizeof(*edges));
	count = intervals_edges(v, s.n, top, edges);
	if (bits <= 64)
		emit_narrow(e, &s, edges, count);
	else if (s.n <= COMPARED && all_blocks(&s))
		emit_wide_compares(e, &s);
	else
		emit_wide_edges(e, &s, edges, count);
}
