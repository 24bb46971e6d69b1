// SPDX-License-Identifier: Apache-2.0
/* Conditions on the process at an event: what is kept with it, and what its task is like now. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

static uint64_t asked(const struct plan_hook *h, enum plan_condition_kind kind)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < h->condition_count; i++)
		if (h->conditions[i].kind == kind)
			all |= h->conditions[i].selectors;
	return all;
}

/*
 * `holds` is 0 or 1 and says whether these selectors go on. Not a branch, but where nothing would
 * be left: the verifier would follow every combination of them.
 */
static void emit_requirement(struct emitter *e, const struct plan_hook *h, const char *holds,
			     uint64_t selectors)
{
	if (selectors == plan_all(h))
		fprintf(e->out, "\t\tif (!(%s))\n\t\t\treturn 0;\n", holds);
	else
		fprintf(e->out, "\t\ttg_require(live, " MASK ", %s);\n", selectors, holds);
}

/* ---- facts --------------------------------------------------------------------------------- */

static const struct plan_fact *fact_of(const struct emitter *e, const struct plan_condition *c)
{
	return &e->plan->facts[c->fact];
}

static bool in_word(const struct plan_condition *c, uint32_t word)
{
	return c->kind == CONDITION_FACT && emit_fact_word(c->fact) == word;
}

/* Conditions of this word on a kind of fact: what is not known holds none, negated or not. */
static uint64_t unknown(const struct emitter *e, const struct plan_hook *h, uint32_t word,
			enum plan_fact_kind kind)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < h->condition_count; i++)
		if (in_word(&h->conditions[i], word) && fact_of(e, &h->conditions[i])->kind == kind)
			all |= h->conditions[i].selectors;
	return all;
}

static void emit_bit(struct emitter *e, const struct plan_hook *h, const char *bit, bool negated,
		     uint64_t selectors)
{
	const char *holds =
		arena_printf(e->arena, "tg_bit(bits, %s)%s", bit, negated ? " ^ 1" : "");

	if (selectors)
		emit_requirement(e, h, holds, selectors);
}

static void emit_word(struct emitter *e, const struct plan_hook *h, uint32_t word)
{
	uint64_t binaries = unknown(e, h, word, FACT_BINARY);
	uint64_t parents = unknown(e, h, word, FACT_PARENT);

	if (!(binaries | parents | unknown(e, h, word, FACT_NUMBER)))
		return;
	fprintf(e->out, "\t\tbits = tg_bits_word(id, %u);\n", word);
	emit_bit(e, h, "TG_BITS_UNKNOWN", true, binaries);
	emit_bit(e, h, "TG_BITS_ORPHAN", true, parents);
	for (uint32_t i = 0; i < h->condition_count; i++) {
		const struct plan_condition *c = &h->conditions[i];

		if (in_word(c, word))
			emit_bit(e, h, arena_printf(e->arena, "%u", emit_fact_place(c->fact)),
				 c->negated, c->selectors);
	}
}

void emit_fact_tests(struct emitter *e, const struct plan_hook *h)
{
	uint64_t all = asked(h, CONDITION_FACT);

	if (!all)
		return;
	fprintf(e->out,
		"\tif (live & " MASK ") {\n\t\t__u64 id = bpf_get_current_pid_tgid() >> 32, "
		"bits;\n\n",
		all);
	for (uint32_t i = 0; i < emit_fact_words(e->plan); i++)
		emit_word(e, h, i);
	fprintf(e->out, "\t\tif (!live)\n\t\t\treturn 0;\n\t}\n");
}
