// SPDX-License-Identifier: Apache-2.0
#include <string.h>
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
	case TG_HOOK_UPROBE:
		return EVENT_UPROBE;
	case TG_HOOK_USDT:
		return EVENT_USDT;
	case TG_HOOK_LOADER:
		return EVENT_LOADER;
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

static bool has_label(enum event_kind kind)
{
	return kind != EVENT_TRACEPOINT && kind != EVENT_UPROBE;
}

static struct event_arg arg_of(const struct event *e, const struct artifact *a,
			       const struct tg_view_entry *view,
			       const struct tg_view_arg_entry *arg, const struct record *r)
{
	const struct tg_slot_entry *slots = a->slots + a->hooks[view->hook].first_slot;

	return (struct event_arg){
		.type = slots[arg->slot].type,
		.slot = r->hook.slots[arg->slot],
		.text = r->hook.texts[arg->slot],
		.label = has_label(e->kind) ? artifact_string(a, arg->label) : "",
	};
}

static void fill_args(struct event *e, const struct artifact *a, const struct tg_view_entry *view,
		      const struct record *r)
{
	uint32_t all = view->args < EVENT_ARGS_MAX ? view->args : EVENT_ARGS_MAX;

	e->data_count = view->data < all ? view->data : all;
	e->arg_count = all - e->data_count;
	for (uint32_t i = 0; i < all; i++)
		e->args[i] = arg_of(e, a, view, &a->view_args[view->first_arg + i], r);
}

static void fill_tags(struct event *e, const struct artifact *a, const struct tg_view_entry *view)
{
	e->tag_count = view->tags < EVENT_TAGS_MAX ? view->tags : EVENT_TAGS_MAX;
	for (uint32_t i = 0; i < e->tag_count; i++)
		e->tags[i] = artifact_string(a, a->tags[view->first_tag + i].text);
}

static void fill_target(struct event *e, const struct artifact *a, const struct tg_hook_entry *hook)
{
	hook = &a->hooks[artifact_first_part(a, (uint32_t)(hook - a->hooks))];
	if (e->kind != EVENT_UPROBE && e->kind != EVENT_USDT)
		return;
	e->target = &a->targets[hook->first_target];
	e->path = artifact_string(a, e->target->path);
	if (e->kind == EVENT_UPROBE)
		e->function = artifact_string(a, e->target->name);
}

/* What a record of a mapped file has: its path, its build id in words, how long that is. */
static const struct {
	enum tg_arg_type type;
	uint32_t size; /* of the id */
} loader_args[] = {
	{TG_ARG_STRING, 0}, {TG_ARG_SIZE, 8}, {TG_ARG_SIZE, 8}, {TG_ARG_UINT, 4}, {TG_ARG_UINT, 0}};

#define LOADER_ARGS (sizeof(loader_args) / sizeof(loader_args[0]))

/* What could not be read is not shown. */
static bool fill_loader(struct event *e)
{
	uint32_t at = 0, whole = EVENT_BUILD_ID;

	if (e->kind != EVENT_LOADER)
		return true;
	if (e->arg_count != LOADER_ARGS)
		return false;
	for (uint32_t i = 0; i < LOADER_ARGS; i++) {
		const struct event_arg *arg = &e->args[i];

		if (arg->type != loader_args[i].type)
			return false;
		if (arg->slot.status != TG_SLOT_OK)
			whole = 0;
		memcpy(e->build_id + at, &arg->slot.value, loader_args[i].size);
		at += loader_args[i].size;
	}
	e->build_id_size = e->args[LOADER_ARGS - 1].slot.value < whole
				   ? (uint32_t)e->args[LOADER_ARGS - 1].slot.value
				   : whole;
	return true;
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
	e->return_action = TG_ACTION_POST;
	e->has_result = false;
	e->hash = NULL;
	fill_target(e, a, hook);
	fill_args(e, a, view, r);
	fill_tags(e, a, view);
	return fill_loader(e);
}

/* ---- events of two halves ---------------------------------------------------------------- */

const struct tg_view_entry *hook_event_second(const struct artifact *a,
					      const struct tg_view_entry *view)
{
	const struct tg_hook_entry *h = &a->hooks[view->hook], *second;

	if (!h->peer || h->flags & TG_HOOK_AT_RETURN)
		return NULL;
	second = &a->hooks[h->peer - 1];
	for (uint32_t i = 0; i < second->views; i++) {
		const struct tg_view_entry *other = &a->views[second->first_view + i];

		if (other->selectors == view->selectors)
			return other;
	}
	return NULL;
}

/* Before what stands at `place` or behind it; both halves have theirs in rising order. The data
 * behind the arguments move. */
static void insert_arg(struct event *e, uint32_t *places, uint32_t place,
		       const struct event_arg *arg)
{
	uint32_t at = e->arg_count, all = at + e->data_count;

	if (all == EVENT_ARGS_MAX)
		return;
	memmove(&e->args[at + 1], &e->args[at], e->data_count * sizeof(*e->args));
	while (at > 0 && places[at - 1] > place) {
		e->args[at] = e->args[at - 1];
		places[at] = places[at - 1];
		at--;
	}
	e->args[at] = *arg;
	places[at] = place;
	e->arg_count++;
}

bool hook_event_join(struct event *e, const struct artifact *a, const struct tg_view_entry *view,
		     const struct record *first, const struct tg_view_entry *other,
		     const struct record *second)
{
	const struct tg_selector_entry *won = hook_event_selector(a, other, second);
	uint32_t places[EVENT_ARGS_MAX];

	if (!won || !hook_event_fill(e, a, view, first))
		return false;
	e->return_action = won->action;
	for (uint32_t i = 0; i < e->arg_count; i++)
		places[i] = a->view_args[view->first_arg + i].place;
	for (uint32_t i = 0; i < other->args; i++) {
		const struct tg_view_arg_entry *arg = &a->view_args[other->first_arg + i];
		struct event_arg shown = arg_of(e, a, other, arg, second);

		if (arg->place != TG_PLACE_RESULT) {
			insert_arg(e, places, arg->place, &shown);
		} else {
			e->result = shown;
			e->has_result = true;
		}
	}
	return true;
}
