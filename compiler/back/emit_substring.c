// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": does a text contain one of some values? */
#include "automaton.h"
#include "compiler/base/arena.h"
#include "emit_set.h"
#include "bpf-templates/tg_args.h"

/* Eights of bytes in the longest text that a program reads. */
static uint64_t turns(const struct plan *plan)
{
	for (uint32_t i = 0; plan && i < plan->hook_count; i++)
		for (uint32_t j = 0; j < plan->hooks[i].slot_count; j++)
			if (plan->hooks[i].slots[j].arg->ir->max_data)
				return (TG_DATA_MAX + 7) / 8;
	return TG_STRING_MAX / 8;
}

void emit_substring(struct emitter *e, const char *name, bool ignore_case,
		    const struct value *values, size_t count)
{
	struct automaton *m = automaton_build(e->arena, values, count, ignore_case);
	uint64_t *column = arena_array(e->arena, m->size + 256, sizeof(*column));

	for (unsigned i = 0; i < 256; i++)
		column[i] = m->classes[i];
	emit_table(e, "__u8", arena_printf(e->arena, "%s_classes", name), column, 256);
	for (uint32_t i = 0; i < m->size; i++)
		column[i] = m->next[i];
	emit_table(e, "__u32", arena_printf(e->arena, "%s_next", name), column, m->size);
	fprintf(e->out,
		"static %s bool %s(struct tg_scratch *s)\n{\n"
		"\treturn tg_contains(s, %s_classes, %s_next, 0x%" PRIx64 "ull, %u);\n}\n\n",
		e->function, name, name, name, turns(e->plan) << 32 | (m->size - 1), m->end);
}
