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

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

/* Whether `r` is of the same call as the record before it, with the switch between both. */
static bool is_twin(const struct handover *h, const struct handover_thread *t,
		    const struct handover_record *r)
{
	const struct handover_record *last = &t->last, *before = &t->before;

	if (!last->ktime || last->of_new == r->of_new || last->ktime >= h->switch_at ||
	    r->ktime < h->switch_at)
		return false;
	if (last->ktime < h->attached_at && distance(last->ktime, r->ktime) > HANDOVER_TWIN_NS)
		return false;
	return !before->ktime || before->of_new != r->of_new ||
	       distance(before->ktime, last->ktime) > distance(last->ktime, r->ktime);
}

bool handover_takes(struct handover *h, uint32_t bundle, uint32_t tid, uint32_t hook,
		    uint64_t ktime)
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
	t->before = t->last;
	t->last = r;
	return r.counted;
}
