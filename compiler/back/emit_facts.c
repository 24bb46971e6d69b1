// SPDX-License-Identifier: Apache-2.0
/* What the programs that keep facts with each process (bits.bpf.c) are to find out. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "bpf-templates/tg_bits_layout.h"

_Static_assert(PLAN_FACTS_MAX == PLAN_FACT_WORDS_MAX * TG_BITS_FACTS, "both say how many fit");

uint32_t emit_fact_words(const struct plan *plan)
{
	return (plan->fact_count + TG_BITS_FACTS - 1) / TG_BITS_FACTS;
}

uint32_t emit_fact_word(uint32_t fact)
{
	return fact / TG_BITS_FACTS;
}

uint32_t emit_fact_place(uint32_t fact)
{
	return fact % TG_BITS_FACTS;
}

uint64_t emit_fact_bit(uint32_t fact)
{
	return (uint64_t)1 << emit_fact_place(fact);
}

bool emit_facts_of_families(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->fact_count; i++)
		if (plan->facts[i].kind != FACT_BINARY || plan->facts[i].set->follow_children)
			return true;
	return false;
}

/* ---- what happens to a fact when its process forks or executes a program ------------------ */

enum fate {
	LASTING, /* stays, and goes on to children */
	PARENT,	 /* stays */
	OWN,	 /* goes on to children until they execute something */
	FATES
};

static enum fate fate_of(const struct plan_fact *f)
{
	if (f->kind == FACT_PARENT)
		return PARENT;
	return f->kind == FACT_NUMBER || f->set->follow_children ? LASTING : OWN;
}

static uint64_t mask_of(const struct plan *plan, uint32_t word, enum fate fate)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < plan->fact_count; i++)
		if (emit_fact_word(i) == word && fate_of(&plan->facts[i]) == fate)
			mask |= emit_fact_bit(i);
	return mask;
}

static void emit_masks(struct emitter *e)
{
	fprintf(e->out, "const struct tg_bits_masks tg_bits_masks = {");
	for (enum fate fate = 0; fate < FATES; fate++) {
		fprintf(e->out, "%s\n\t{", fate ? "," : "");
		for (uint32_t i = 0; i < emit_fact_words(e->plan); i++)
			fprintf(e->out, "%s" MASK, i ? ", " : "", mask_of(e->plan, i, fate));
		fprintf(e->out, "}");
	}
	fprintf(e->out, "};\n\n");
}

void emit_fact_words_kept(struct emitter *e)
{
	uint32_t words = emit_fact_words(e->plan);

	if (words > 1)
		fprintf(e->out, "#define TG_BITS_WORDS %u\n", words);
	fprintf(e->out, "#include \"%s\"\n", words > 1 && !e->first ? "bits.bpf.c" : "tg_bits.h");
	if (e->first)
		return;
	emit_masks(e);
	emit_binary_table(e);
}

/* ---- the facts themselves ------------------------------------------------------------------ */

static void emit_list(struct emitter *e, uint32_t fact, const struct ir_binaries *set)
{
	struct value *values = arena_array(e->arena, set->value_count, sizeof(*values));
	enum op op = op_get(set->op)->plain;

	for (size_t i = 0; i < set->value_count; i++)
		values[i] = (struct value){.kind = VALUE_IS_TEXT,
					   .text = set->values[i].s,
					   .len = (uint32_t)set->values[i].len};
	emit_line(e, set->at);
	emit_text_predicate(e, arena_printf(e->arena, "binary%u", fact), TEXT_AT_END,
			    op == OP_PREFIX || op == OP_POSTFIX ? op : OP_EQUAL, values,
			    set->value_count);
}

static bool is_compared(const struct plan *plan, uint32_t fact)
{
	return plan->facts[fact].kind == FACT_BINARY && !emit_in_table(plan, fact);
}

/* The last bytes of a cut path are there, the first ones are not. */
static void emit_path_facts(struct emitter *e)
{
	const struct plan *plan = e->plan;
	bool table = false;

	for (uint32_t i = 0; i < plan->fact_count; i++)
		if (is_compared(plan, i))
			emit_list(e, i, plan->facts[i].set);
	fprintf(e->out,
		"TG_EXPORT int tg_bits_path(struct tg_scratch *s, __u64 *found, bool cut)\n{\n");
	for (uint32_t i = 0; i < plan->fact_count; i++)
		table |= emit_in_table(plan, i);
	if (table)
		fprintf(e->out, "\ttg_paths_facts(s, found);\n");
	for (uint32_t i = 0; i < plan->fact_count; i++)
		if (is_compared(plan, i))
			fprintf(e->out, "\tif (%sbinary%u(s))\n\t\tfound[%u] |= " MASK ";\n",
				op_get(plan->facts[i].set->op)->plain == OP_PREFIX ? "!cut && "
										   : "",
				i, emit_fact_word(i), emit_fact_bit(i));
	fprintf(e->out, "\treturn 0;\n}\n\n");
}

static void emit_number_fact(struct emitter *e, uint32_t fact, const struct ir_pids *pids)
{
	const char *number = pids->in_namespace ? "namespace_pid" : "pid";

	fprintf(e->out, "\tw[%u] |= (", emit_fact_word(fact));
	for (size_t i = 0; i < pids->value_count; i++)
		fprintf(e->out, "%stg_same(%s, %uu)", i ? " |\n\t    " : "", number,
			(uint32_t)pids->values[i]);
	fprintf(e->out, ") << %u;\n", emit_fact_place(fact));
}

static bool asks_namespace_pid(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->fact_count; i++)
		if (plan->facts[i].kind == FACT_NUMBER && plan->facts[i].pids->in_namespace)
			return true;
	return false;
}

static void emit_number_facts(struct emitter *e)
{
	fprintf(e->out, "TG_EXPORT int tg_bits_number(__u64 *w, __u32 pid, __u64 task)\n{\n");
	if (asks_namespace_pid(e->plan))
		fprintf(e->out, "\t__u32 namespace_pid = tg_number_of(task);\n\n");
	for (uint32_t i = 0; i < e->plan->fact_count; i++)
		if (e->plan->facts[i].kind == FACT_NUMBER)
			emit_number_fact(e, i, e->plan->facts[i].pids);
	fprintf(e->out, "\treturn 0;\n}\n\n");
}

static void emit_parent_facts(struct emitter *e)
{
	fprintf(e->out, "TG_EXPORT int tg_bits_parent(__u64 *w, const struct tg_bits_value "
			"*parent)\n{\n");
	for (uint32_t i = 0; i < e->plan->fact_count; i++) {
		const struct plan_fact *f = &e->plan->facts[i];

		if (f->kind == FACT_PARENT)
			fprintf(e->out,
				"\tif (tg_bits_both(parent, %u) & " MASK ")\n\t\tw[%u] |= " MASK
				";\n",
				emit_fact_word(f->source), emit_fact_bit(f->source),
				emit_fact_word(i), emit_fact_bit(i));
	}
	fprintf(e->out, "\treturn 0;\n}\n\n");
}

/* With many of them, a function each would be more than a program may have. */
void emit_facts(struct emitter *e)
{
	const char *function = e->function;

	if (e->plan->fact_count > 64)
		e->function = "__inline";
	emit_path_facts(e);
	e->function = function;
	emit_number_facts(e);
	emit_parent_facts(e);
}
