// SPDX-License-Identifier: Apache-2.0
/* Conditions on the process: decided at exec and kept as bits with it, or asked at the event. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

static void emit_list(struct emitter *e, uint32_t bit, const struct ir_binaries *set)
{
	struct value *values = arena_array(e->arena, set->value_count, sizeof(*values));

	for (size_t i = 0; i < set->value_count; i++)
		values[i] = (struct value){.kind = VALUE_IS_TEXT,
					   .text = set->values[i].s,
					   .len = (uint32_t)set->values[i].len};
	emit_line(e, set->at);
	emit_text_predicate(e, arena_printf(e->arena, "binary%u", bit), TEXT_AT_END, OP_EQUAL,
			    values, set->value_count);
}

/* In memory: the verifier would follow every combination of bits in a register. */
void emit_binaries(struct emitter *e)
{
	for (uint32_t i = 0; i < e->plan->binary_count; i++)
		emit_list(e, i, e->plan->binaries[i].set);
	fprintf(e->out,
		"TG_EXPORT __u64 tg_binaries(struct tg_scratch *s)\n{\n\ttg_fresh(s->live) = 0;\n");
	for (uint32_t i = 0; i < e->plan->binary_count; i++)
		fprintf(e->out, "\tif (binary%u(s))\n\t\ttg_fresh(s->live) |= 0x%llxull;\n", i,
			1ull << i);
	fprintf(e->out, "\treturn tg_fresh(s->live);\n}\n\n");
}

void emit_process_tests(struct emitter *e, const struct plan_hook *h)
{
	const char *forget = emit_forgets(h) ? " ^ zero" : "";
	uint64_t all = 0;

	for (uint32_t i = 0; i < h->binary_count; i++)
		all |= h->binaries[i].selectors;
	if (!all)
		return;
	fprintf(e->out,
		"\tif (live & " MASK ") {\n\t\t__u64 bits = tg_bits_current();\n\n"
		"\t\tif (bits & TG_BITS_UNKNOWN)\n\t\t\tlive = (live & ~" MASK ")%s;\n",
		all, all, forget);
	for (uint32_t i = 0; i < h->binary_count; i++)
		fprintf(e->out,
			"\t\tif (%s(bits & " MASK "))\n\t\t\tlive = (live & ~" MASK ")%s;\n",
			h->binaries[i].negated ? "" : "!", (uint64_t)1 << h->binaries[i].binary,
			h->binaries[i].selectors, forget);
	fprintf(e->out, "\t\tif (!live)\n\t\t\treturn 0;\n\t}\n");
}
