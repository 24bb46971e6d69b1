// SPDX-License-Identifier: Apache-2.0
/* Actions, each distinct one once. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"

void plan_add_action(struct planning *p, struct plan_hook *h, struct rooms *room,
		     const struct ir_action *a, uint64_t bit)
{
	enum tg_action kind = a->action == TG_ACTION_SIGKILL ? TG_ACTION_SIGNAL : a->action;

	if (kind != TG_ACTION_SIGNAL && kind != TG_ACTION_OVERRIDE)
		return;
	h->overrides |= kind == TG_ACTION_OVERRIDE;
	h->signals |= kind == TG_ACTION_SIGNAL;
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == kind && h->actions[i].value == a->value) {
			h->actions[i].selectors |= bit;
			return;
		}
	h->actions = arena_grow(p->arena, h->actions, h->action_count, &room->actions,
				sizeof(*h->actions));
	h->actions[h->action_count++] =
		(struct plan_action){.action = kind, .value = a->value, .selectors = bit};
}
