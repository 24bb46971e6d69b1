// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include "runtime/handover.h"

struct handover *handover_new(uint32_t old, uint32_t new)
{
	struct handover *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->old = old;
	h->new = new;
	h->attached_at = h->switch_at = UINT64_MAX;
	return h;
}

/* Whether a gap of this kind is the one within a call, and not the one between two calls. */
static bool is_within(const struct handover_thread *t, bool of_new, uint64_t gap)
{
	uint64_t here = t->gaps[of_new].count, there = t->gaps[!of_new].count;

	if (!there)
		return true;
	return (here ? t->gaps[of_new].sum / here : gap) < t->gaps[!of_new].sum / there;
}

/* Whether `r` is of the same call as the record before it, with the switch between both. */
static bool is_twin(const struct handover *h, const struct handover_thread *t,
		    const struct handover_record *r)
{
	const struct handover_record *last = &t->last;

	if (!last->ktime || last->of_new == r->of_new || last->ktime >= h->switch_at ||
	    r->ktime < h->switch_at)
		return false;
	if (last->ktime < h->attached_at && r->ktime - last->ktime > HANDOVER_TWIN_NS)
		return false;
	return is_within(t, r->of_new, r->ktime - last->ktime);
}

static void measure(struct handover_thread *t, const struct handover_record *r)
{
	if (!t->last.ktime || t->last.of_new == r->of_new || r->ktime < t->last.ktime)
		return;
	t->gaps[r->of_new].sum += r->ktime - t->last.ktime;
	t->gaps[r->of_new].count++;
}

static bool takes(struct handover *h, uint32_t bundle, uint32_t tid, uint32_t hook, uint64_t ktime)
{
	struct handover_record r = {.ktime = ktime, .of_new = bundle == h->new};
	struct handover_thread *t;

	if (bundle != h->old && bundle != h->new)
		return true;
	t = &h->threads[(tid * 2654435761u ^ hook) % HANDOVER_THREADS];
	if (t->tid != tid || t->hook != hook)
		*t = (struct handover_thread){.tid = tid, .hook = hook};
	r.counted = r.of_new ? ktime >= h->switch_at : ktime < h->switch_at;
	if (is_twin(h, t, &r))
		r.counted = !t->last.counted;
	else
		measure(t, &r);
	t->last = r;
	return r.counted;
}

bool handover_takes(struct handover *h, uint32_t bundle, uint32_t tid, uint32_t hook,
		    uint64_t ktime)
{
	bool counts = true;

	for (; h; h = h->next)
		counts &= takes(h, bundle, tid, hook, ktime);
	return counts;
}
