// SPDX-License-Identifier: Apache-2.0
/*
 * imaHash: the kernel lets only programs that may sleep ask for a file's hash, and those have no
 * working memory of their own. So the hook's program decides and sends the event, and another one,
 * which runs after it, sends the hash: the second half of the hook.
 */
#include "compiler/base/arena.h"
#include "plan_make.h"

static bool asks(const struct ir_selector *s)
{
	for (size_t i = 0; i < s->actions.n; i++)
		if (s->actions.v[i].ima_hash)
			return true;
	return false;
}

bool plan_wants_hash(const struct tir_hook *hook)
{
	for (size_t i = 0; hook->ir->kind == HOOK_LSM && i < hook->selector_count; i++)
		if (asks(hook->selectors[i].ir))
			return true;
	return false;
}

static uint32_t *no_slots(struct planning *p, size_t count)
{
	uint32_t *slots = arena_array(p->arena, count + 1, sizeof(*slots));

	for (size_t i = 0; i < count; i++)
		slots[i] = PLAN_NO_SLOT;
	return slots;
}

void plan_hash_view(struct planning *p, struct rooms *rooms, uint32_t entry, uint32_t which)
{
	struct plan_hook *h = plan_half(p, entry), *from = &p->plan->hooks[entry];
	struct rooms *room = &rooms[h - p->plan->hooks];
	struct plan_view view = from->views[which];

	view.slots = no_slots(p, view.hook->arg_count);
	view.data = no_slots(p, view.hook->data_count);
	for (uint32_t i = 0; i < view.selectors; i++) {
		uint64_t bit = 1ull << (view.first_selector + i);

		h->held |= bit;
		if (asks(view.hook->selectors[view.from + i].ir))
			from->hashed |= bit;
	}
	h->posts = h->held;
	h->hashed = from->hashed;
	from->held = h->held;
	h->may_miss |= view.hook->hash_may_miss;
	h->views = arena_grow(p->arena, h->views, h->view_count, &room->views, sizeof(*h->views));
	h->views[h->view_count++] = view;
}
