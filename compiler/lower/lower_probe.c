// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": where uprobes go. */
#include "compiler/base/arena.h"
#include "compiler/values/digest.h"
#include "lower.h"
#include "compiler/values/symbol.h"

static bool lower_symbols(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	out->places = arena_array(l->arena, h->symbols.n, sizeof(*out->places));
	for (size_t i = 0; i < h->symbols.n; i++) {
		struct symbol symbol;
		struct value_error e;

		if (!symbol_parse(l->arena, &h->symbols.v[i], &symbol, &e)) {
			report_value(l, DIAG_PROBE_PLACE, &h->symbols.v[i], &e);
			continue;
		}
		out->places[out->place_count++] = (struct ir_place){
			.at = h->symbols.v[i].at,
			.kind = PLACE_SYMBOL,
			.symbol = symbol.name,
			.offset = symbol.offset,
		};
	}
	return out->place_count == h->symbols.n;
}

static bool lower_numbers(struct lowering *l, const struct ast_ints *from, enum ir_place_kind kind,
			  struct ir_hook *out)
{
	bool ok = true;

	out->places = arena_array(l->arena, from->n, sizeof(*out->places));
	for (size_t i = 0; i < from->n; i++) {
		out->places[i] = (struct ir_place){
			.at = from->v[i].at,
			.kind = kind,
			.offset = (uint64_t)from->v[i].value,
		};
		if (from->v[i].value >= 0)
			continue;
		diag_at(l->diags, DIAG_OUT_OF_RANGE, from->v[i].at,
			"a place in a file cannot be negative");
		ok = false;
	}
	out->place_count = from->n;
	return ok;
}

static void lower_counters(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	const struct ast_ints *counters = &h->ref_ctr_offsets;

	if (!counters->n)
		return;
	if (counters->n != out->place_count) {
		diag_at(l->diags, DIAG_PROBE_PLACE, counters->at,
			"`refCtrOffsets` has %zu entr%s for %zu place%s: each place has its own",
			counters->n, counters->n == 1 ? "y" : "ies", out->place_count,
			out->place_count == 1 ? "" : "s");
		return;
	}
	for (size_t i = 0; i < counters->n; i++) {
		out->places[i].counted = true;
		out->places[i].counter = (uint64_t)counters->v[i].value;
		if (counters->v[i].value < 0)
			diag_at(l->diags, DIAG_OUT_OF_RANGE, counters->v[i].at,
				"a place in a file cannot be negative");
	}
}

static void lower_places(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	int given = (h->symbols.n != 0) + (h->offsets.n != 0) + (h->addrs.n != 0);
	struct diag *m;

	if (given != 1) {
		m = diag_at(l->diags, DIAG_PROBE_PLACE, h->at,
			    given ? "a uprobe has one of `symbols`, `offsets` and `addrs`"
				  : "the uprobe does not say where: it needs `symbols`, `offsets` "
				    "or `addrs`");
		diag_hint(l->diags, m,
			  given ? "make it two entries of `uprobes`" : "symbols: [\"main\"]");
		return;
	}
	if (h->symbols.n ? lower_symbols(l, h, out)
			 : lower_numbers(l, h->offsets.n ? &h->offsets : &h->addrs,
					 h->offsets.n ? PLACE_OFFSET : PLACE_ADDRESS, out))
		lower_counters(l, h, out);
}

void lower_probe(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	struct digest digest;
	struct value_error e;

	out->path = h->path.s ? &h->path : NULL;
	out->btf_path = h->btf_path.s && h->btf_path.len ? &h->btf_path : NULL;
	out->ignore_digest = h->ignore_digest.value;
	out->digests = h->digests.v;
	out->digest_count = h->digests.n;
	for (size_t i = 0; i < h->digests.n; i++)
		if (!digest_parse(l->arena, &h->digests.v[i], &digest, &e))
			report_value(l, DIAG_BAD_DIGEST, &h->digests.v[i], &e);
	if (out->kind == HOOK_UPROBE)
		lower_places(l, h, out);
}
