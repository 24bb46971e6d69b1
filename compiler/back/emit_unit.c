// SPDX-License-Identifier: Apache-2.0
/*
 * What clang is given: one text, or several for the hooks of a large plan. The first of these has
 * what all share; the others declare that. Which hook goes where depends on the plan alone, so
 * that the result does not depend on how many are compiled at once.
 */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "unit.h"

#define RATES_REMEMBERED 4096 /* events of rate limits; tgrun may make it more */
#define CALLS_REMEMBERED 4096 /* that have not returned */

/* A program may have 256 functions, the library's and those for binaries included. */
static const char *predicate_function(const struct plan *plan)
{
	uint32_t most = 0;

	for (uint32_t i = 0, sum = 0; i < plan->hook_count; i++) {
		sum = (plan->hooks[i].parts ? 0 : sum) + plan->hooks[i].predicate_count +
		      plan->hooks[i].atoms + 2;
		most = sum > most ? sum : most;
	}
	return most > 100 ? "__inline" : "__subprogram";
}

static bool has_returns(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->hook_count; i++)
		if (plan->hooks[i].at_return)
			return true;
	return false;
}

/*
 * How much clang has to do for a hook and its parts, roughly. To start clang is worth PIECE_WORK
 * of it.
 */
#define PIECE_WORK	110
#define WORK_OF_VARIANT 30
#define WORK_OF_FILTER	10

static uint32_t work_of(const struct plan_hook *first)
{
	uint32_t work = 0;

	for (uint32_t i = 0; i < first->parts; i++) {
		work += first->variant_count * WORK_OF_VARIANT;
		for (uint32_t j = 0; j < first[i].predicate_count; j++)
			work += WORK_OF_FILTER +
				(uint32_t)first[i].predicates[j].filter->value_count;
	}
	return work;
}

/* What these keep is not shared among texts. */
static bool is_one(const struct plan *plan)
{
	return plan->record_count || plan->workload_count || plan->tracker_count ||
	       emit_asks_host(plan);
}

/* Behind the last hook of the piece that begins with `first`; halves of a hook stay together. */
static uint32_t piece_end(const struct plan *plan, uint32_t first)
{
	uint32_t work = 0, end = first, reach = 0;

	while (end < plan->hook_count && (is_one(plan) || work < PIECE_WORK || end <= reach)) {
		const struct plan_hook *h = &plan->hooks[end];

		for (uint32_t i = 0; i < h->parts; i++)
			if (h[i].peer != PLAN_NO_HOOK && h[i].peer > reach)
				reach = h[i].peer;
		work += work_of(h);
		end += h->parts;
	}
	return end;
}

static void emit_trackers(struct emitter *e)
{
	const struct plan *plan = e->plan;

	if (!plan->tracker_count)
		return;
	fprintf(e->out, "#define TG_TRACKERS %u", plan->trackers[0]);
	for (uint32_t i = 1; i < plan->tracker_count; i++)
		fprintf(e->out, ", %u", plan->trackers[i]);
	fprintf(e->out, "\n#include \"socks.bpf.c\"\n");
}

static void emit_counts(struct emitter *e)
{
	const struct plan *plan = e->plan;

	fprintf(e->out, "#define TG_POLICIES %zu\n#define TG_HOOKS %u\n",
		plan->tir->policy_count ? plan->tir->policy_count : 1,
		plan->hook_count ? plan->hook_count : 1);
	if (plan->rate_count)
		fprintf(e->out, "#define TG_RATES %u\n", RATES_REMEMBERED);
	if (plan->notifies)
		fprintf(e->out, "#define TG_NOTIFIES\n");
	if (plan->changes)
		fprintf(e->out, "#define TG_CHANGES\n");
	emit_trackers(e);
	if (has_returns(plan))
		fprintf(e->out, "#define TG_CALLS %u\n", CALLS_REMEMBERED);
}

static void emit_headers(struct emitter *e)
{
	if (e->plan->fact_count)
		emit_fact_words_kept(e);
	emit_workload_header(e);
	emit_task_header(e);
	fprintf(e->out, "#include \"tg_hook.h\"\n\n");
	if (emit_needs_args(e->plan))
		fprintf(e->out, "#include \"tg_lib_args.h\"\n");
	if (emit_needs_sock(e->plan))
		fprintf(e->out, "#include \"tg_sock.h\"\n");
}

/* `role`: what tells it from the only text there is. */
static struct bytes emit_text(struct emitter *e, const char *bundle, const char *role)
{
	char *text = NULL;
	size_t size = 0;
	struct bytes made;

	e->out = open_memstream(&text, &size);
	fprintf(e->out,
		"#line 1 \"unit.c\"\n"
		"/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */\n"
		"/* Made by tgc " TGC_VERSION " from policies; see them, not this. */\n"
		"#define TG_BUNDLE %s\n%s",
		bundle, role);
	emit_counts(e);
	emit_headers(e);
	if (e->plan->fact_count && !e->first)
		emit_facts(e);
	for (uint32_t i = e->first; i < e->end; i += e->plan->hooks[i].parts)
		emit_hook(e, i);
	fprintf(e->out, "#pragma clang attribute pop\n"); /* of tg_hook.h */
	fclose(e->out);
	made = (struct bytes){(const uint8_t *)arena_strndup(e->arena, text, size), size};
	free(text);
	return made;
}

static struct emitter start(struct arena *a, const struct sources *s, const struct plan *plan)
{
	return (struct emitter){.arena = a,
				.sources = s,
				.plan = plan,
				.function = predicate_function(plan),
				.end = plan->hook_count};
}

struct bytes emit(struct arena *a, const struct sources *s, const struct plan *plan,
		  uint32_t fingerprint)
{
	struct emitter e = start(a, s, plan);

	return emit_text(&e, arena_printf(a, "0x%08xu", fingerprint), "");
}

struct unit emit_unit(struct arena *a, const struct sources *s, const struct plan *plan,
		      uint32_t fingerprint)
{
	struct unit unit = {.fingerprint = fingerprint,
			    .has_args = emit_needs_args(plan),
			    .needs_bits = emit_fact_words(plan) == 1};
	struct emitter e = start(a, s, plan);
	size_t room = 0;

	do {
		e.end = piece_end(plan, e.first);
		unit.pieces =
			arena_grow(a, unit.pieces, unit.piece_count, &room, sizeof(*unit.pieces));
		unit.pieces[unit.piece_count++] =
			!e.first && e.end == plan->hook_count
				? emit(a, s, plan, fingerprint)
				: emit_text(&e, "tg_bundle",
					    e.first ? "#define TG_PIECE\n" : "#define TG_FRAME\n");
		e.first = e.end;
	} while (e.first < plan->hook_count);
	return unit;
}
