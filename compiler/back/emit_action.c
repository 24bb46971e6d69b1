// SPDX-License-Identifier: Apache-2.0
/* Who has won, and what is done about it. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

void emit_winners(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out,
			h->views[i].selectors == 1 ? "\twon |= live & " MASK ";\n"
						   : "\twon |= tg_first(live, " MASK ");\n",
			emit_view_mask(&h->views[i]));
}

/* Signals and the return value; before anything is reported. The first Override counts. */
void emit_actions(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_SIGNAL)
			fprintf(e->out, "\tif (won & " MASK ")\n\t\tbpf_send_signal(%d);\n",
				h->actions[i].selectors, h->actions[i].value);
	for (uint32_t i = h->action_count; i-- > 0;)
		if (h->actions[i].action == TG_ACTION_OVERRIDE)
			fprintf(e->out, "\tif (won & " MASK ")\n\t\tret = %d;\n",
				h->actions[i].selectors, h->actions[i].value);
}

void emit_losses(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out, "\t\tif (lost & " MASK ")\n\t\t\ttg_count_lost(&tg_lost, %u);\n",
			emit_view_mask(&h->views[i]), h->views[i].policy);
}
