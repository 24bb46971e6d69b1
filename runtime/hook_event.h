/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_HOOK_EVENT_H
#define TGRUN_HOOK_EVENT_H

#include "runtime/event.h"

/* Whether a hook record is one of this bundle's: hook and slots exist. */
bool hook_event_fits(const struct artifact *a, const struct record *r);

/* The selector of this view that posted, or NULL. */
const struct tg_selector_entry *hook_event_selector(const struct artifact *a,
						    const struct tg_view_entry *view,
						    const struct record *r);

/*
 * Fills the event that one policy sees of a record that fits: its arguments, in its order,
 * and the action of its winning selector. False when none of its selectors matched.
 */
bool hook_event_fill(struct event *e, const struct artifact *a, const struct tg_view_entry *view,
		     const struct record *r);

/* The view of the other half that this one's event waits for; NULL: it does not wait. */
const struct tg_view_entry *hook_event_second(const struct artifact *a,
					      const struct tg_view_entry *view);

/*
 * The same as hook_event_fill() for an event of two halves: a view and the one it waits for, each
 * with its record. False when no event comes of it for this policy.
 */
bool hook_event_join(struct event *e, const struct artifact *a, const struct tg_view_entry *view,
		     const struct record *first, const struct tg_view_entry *other,
		     const struct record *second);

#endif
