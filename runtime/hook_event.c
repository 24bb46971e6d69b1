// SPDX-License-Identifier: Apache-2.0
#include "runtime/hook_event.h"

bool hook_event_fits(const struct artifact *a, const struct record *r)
{
	const struct tg_hook *h = &r->hook.fixed;

	return h->hook < a->hook_count && h->slots == a->hooks[h->hook].slots;
}

static enum event_kind event_kind_of(uint32_t hook_kind)
{
	switch (hook_kind) {
	case TG_HOOK_LSM:
		return EVENT_LSM;
	case TG_HOOK_TRACEPOINT:
		return EVENT_TRACEPOINT;
	default:
		return EVENT_KPROBE;
	}
}

const struct tg_selector_entry *hook_event_selector(const struct artifact *a,
						    const struct tg_view_entry *view,
						    const struct record *r)
{
	uint64_t won = r->hook.fixed.matched & view->selectors;
	uint32_t bit = won ? (uint32_t)__builtin_ctzll(won) : 0;
	uint32_t at = won ? artifact_selector_from(a, view->hook, bit) : a->selector_count;
	const struct tg_selector_entry *s = at < a->selector_count ? &a->selectors[at] : NULL;

	return s && s->hook == view->hook && s->bit == bit ? s : NULL;
}

static void fill_args(struct event *e, const struct artifact *a, const struct tg_view_entry *view,
		      const struct record *r)
{
	const struct tg_slot_entry *slots = a->slots + a->hooks[view->hook].first_slot;

	uint32_t all = view->args < EVENT_ARGS_MAX ? view->args : EVENT_ARGS_MAX;

	e->data_count = view->data < all ? view->data : all;
	e->arg_count = all - e->data_count;
	for (uint32_t i = 0; i < all; i++) {
		const struct tg_view_arg_entry *arg = &a->view_args[view->first_arg + i];

		e->args[i] = (struct event_arg){
			.type = slots[arg->slot].type,
			.slot = r->hook.slots[arg->slot],
			.text = r->hook.texts[arg->slot],
			.label = e->kind == EVENT_TRACEPOINT ? "" : artifact_string(a, arg->label),
		};
	}
}

static void fill_tags(struct event *e, const struct artifact *a, const struct tg_view_entry *view)
{
	e->tag_count = view->tags < EVENT_TAGS_MAX ? view->tags : EVENT_TAGS_MAX;
	for (uint32_t i = 0; i < e->tag_count; i++)
		e->tags[i] = artifact_string(a, a->tags[view->first_tag + i].text);
}

bool hook_event_fill(struct event *e, const struct artifact *a, const struct tg_view_entry *view,
		     const struct record *r)
{
	const struct tg_hook_entry *hook = &a->hooks[view->hook];
	const struct tg_selector_entry *selector = hook_event_selector(a, view, r);

	if (!selector)
		return false;
	e->kind = event_kind_of(hook->kind);
	e->tid = r->hook.fixed.tid;
	e->subsystem = artifact_string(a, hook->subsystem);
	e->function = artifact_string(a, hook->name);
	e->policy = artifact_string(a, a->policies[view->policy].name);
	e->message = artifact_string(a, view->message);
	e->action = selector->action;
	fill_args(e, a, view, r);
	fill_tags(e, a, view);
	return true;
}
