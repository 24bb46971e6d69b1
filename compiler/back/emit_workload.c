// SPDX-License-Identifier: Apache-2.0
/* Conditions on the workload that the current task's cgroup belongs to. */
#include <inttypes.h>
#include "emit.h"
#include "bpf-templates/tg_workloads_layout.h"

_Static_assert(PLAN_WORKLOADS_MAX % TG_WORKLOAD_FACTS == 0, "both say how many fit a word");

static uint32_t words(const struct plan *plan)
{
	return (plan->workload_count + TG_WORKLOAD_FACTS - 1) / TG_WORKLOAD_FACTS;
}

static uint64_t facts_of_host(const struct plan *plan, uint32_t word)
{
	uint64_t facts = 0;

	for (uint32_t i = 0; i < TG_WORKLOAD_FACTS; i++) {
		uint32_t workload = word * TG_WORKLOAD_FACTS + i;

		if (workload < plan->workload_count && plan->workloads[workload].want->host)
			facts |= 1ull << i;
	}
	return facts;
}

void emit_workload_header(struct emitter *e)
{
	uint32_t count = words(e->plan);

	if (!count)
		return;
	fprintf(e->out,
		"#define TG_WORKLOAD_WORDS %u\n#include \"workloads.bpf.c\"\n"
		"const __u64 tg_workloads_of_host[%u] = {",
		count, count);
	for (uint32_t i = 0; i < count; i++)
		fprintf(e->out, "%s" MASK, i ? ", " : "", facts_of_host(e->plan, i));
	fprintf(e->out, "};\n\n");
}

static bool in_word(const struct plan_condition *c, uint32_t word)
{
	return c->kind == CONDITION_WORKLOAD && c->workload / TG_WORKLOAD_FACTS == word;
}

static uint64_t asked(const struct plan_hook *h, uint32_t word)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < h->condition_count; i++)
		if (in_word(&h->conditions[i], word))
			all |= h->conditions[i].selectors;
	return all;
}

static void emit_word(struct emitter *e, const struct plan_hook *h, uint32_t word)
{
	fprintf(e->out, "\t\tfacts = tg_workload_word(id, %u);\n", word);
	for (uint32_t i = 0; i < h->condition_count; i++) {
		const struct plan_condition *c = &h->conditions[i];
		uint32_t bit = c->workload % TG_WORKLOAD_FACTS;

		if (!in_word(c, word))
			continue;
		if (c->selectors == plan_all(h))
			fprintf(e->out, "\t\tif (!tg_bit(facts, %u))\n\t\t\treturn 0;\n", bit);
		else
			fprintf(e->out, "\t\ttg_require(live, " MASK ", tg_bit(facts, %u));\n",
				c->selectors, bit);
	}
}

void emit_workload_tests(struct emitter *e, const struct plan_hook *h)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < words(e->plan); i++)
		all |= asked(h, i);
	if (!all)
		return;
	if (all != plan_all(h))
		fprintf(e->out, "\tif (live & " MASK ")\n", all);
	fprintf(e->out, "\t{\n\t\t__u64 id = bpf_get_current_cgroup_id(), facts;\n\n");
	for (uint32_t i = 0; i < words(e->plan); i++)
		if (asked(h, i))
			emit_word(e, h, i);
	fprintf(e->out, "\t\tif (!live)\n\t\t\treturn 0;\n\t}\n");
}
