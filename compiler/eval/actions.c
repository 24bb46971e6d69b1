// SPDX-License-Identifier: Apache-2.0
/* What a selector that matched does (reference 5). */
#include <string.h>
#include "internal.h"

#define NS_PER_MS 1000000ull

static struct eval_owner this_task(const struct evaluation *e)
{
	const struct eval_process *p = &e->event->process;

	return (struct eval_owner){p->record.pid, p->tid, p->record.start};
}

/* ---- rateLimit (5.2) ------------------------------------------------------------------- */

static bool same_socket(const struct eval_socket *a, const struct eval_socket *b)
{
	return a->family == b->family && a->type == b->type && a->protocol == b->protocol &&
	       a->state == b->state && !memcmp(a->source, b->source, sizeof(a->source)) &&
	       !memcmp(a->destination, b->destination, sizeof(a->destination)) &&
	       a->source_port == b->source_port && a->destination_port == b->destination_port &&
	       a->mark == b->mark && a->priority == b->priority && a->address == b->address;
}

static bool same_value(const struct eval_value *a, const struct eval_value *b)
{
	if (a->kind != b->kind || a->failed != b->failed)
		return false;
	if (a->failed)
		return true;
	return a->number == b->number && a->len == b->len && a->mode == b->mode &&
	       (!a->len || !memcmp(a->text, b->text, a->len)) &&
	       same_socket(&a->socket, &b->socket);
}

static bool same_values(const struct posted *p, const struct eval_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!same_value(&p->values[i], &values[i]))
			return false;
	return p->count == count;
}

/* An argument as the event shows it: numbers as wide as their type, size_t whole. */
static struct eval_value as_shown(const struct evaluation *e, const struct tir_arg *arg)
{
	const struct eval_value *v = value_of(e, arg);
	struct eval_value out;
	struct text text;

	if (!v || v->failed)
		return (struct eval_value){.failed = true};
	out = *v;
	text = text_of(arg->type, v);
	out.text = text.s;
	out.len = text.len;
	if (v->kind == EVAL_NUMBER && arg->type->id != TYPE_SIZE)
		out.number = number_of(arg, v);
	return out;
}

static size_t shown_values(const struct evaluation *e, struct eval_value **out)
{
	const struct tir_hook *h = e->hook;
	size_t n = 0;

	*out = arena_array(e->arena, h->arg_count + h->data_count + 1, sizeof(**out));
	for (size_t i = 0; i < h->arg_count; i++)
		if (h->args[i].ir->return_copy == e->event->at_return)
			(*out)[n++] = as_shown(e, &h->args[i]);
	if (e->event->at_return && h->return_arg)
		(*out)[n++] = as_shown(e, h->return_arg);
	if (e->event->at_return)
		return n;
	for (size_t i = 0; i < h->data_count; i++)
		(*out)[n++] = as_shown(e, &h->data[i]);
	return n;
}

static uint32_t scope_of(const struct evaluation *e, const struct ir_action *post)
{
	switch (post->rate_scope) {
	case RATE_THREAD:
		return e->event->process.tid;
	case RATE_PROCESS:
		return e->event->process.record.pid;
	default:
		return 0;
	}
}

static void remember_post(struct evaluation *e, const struct ir_action *post,
			  const struct eval_value *values, size_t count)
{
	struct eval_state *s = e->state;
	struct posted *p = TABLE_ADD(s, posted);

	p->hook = e->hook;
	p->post = post;
	p->scope = scope_of(e, post);
	p->time = e->event->time;
	p->count = count;
	p->values = arena_array(s->arena, count, sizeof(*p->values));
	for (size_t i = 0; i < count; i++) {
		p->values[i] = values[i];
		if (values[i].len)
			p->values[i].text = arena_strndup(s->arena, values[i].text, values[i].len);
	}
}

/* Did this Post run with the same arguments a moment ago? What is held back does not count. */
static bool too_soon(struct evaluation *e, const struct ir_action *post)
{
	struct eval_value *values;
	size_t count;

	if (!post->rate_ms || e->silent)
		return false;
	count = shown_values(e, &values);
	for (size_t i = 0; i < e->state->posted.n; i++) {
		struct posted *p = &e->state->posted.v[i];

		if (p->hook != e->hook || p->post != post || p->scope != scope_of(e, post) ||
		    !same_values(p, values, count))
			continue;
		if (e->event->time - p->time < post->rate_ms * NS_PER_MS)
			return true;
		p->time = e->event->time;
		return false;
	}
	remember_post(e, post, values, count);
	return false;
}

static void run_post(struct evaluation *e, const struct ir_action *a, struct eval_result *r,
		     struct eval_done *done)
{
	done->rate_limited = too_soon(e, a);
	if (done->rate_limited)
		r->posts = false;
	r->kernel_stack |= a->kernel_stack;
	r->user_stack |= a->user_stack;
	r->ima_hash |= a->ima_hash && e->hook->ir->kind == HOOK_LSM; /* 5.11: only these have it */
}

/* ---- sockets (5.7) ----------------------------------------------------------------------- */

static struct tracked *find_tracked(const struct evaluation *e, uint64_t socket)
{
	for (size_t i = 0; i < e->state->tracked.n; i++) {
		struct tracked *t = &e->state->tracked.v[i];

		if (t->policy == e->policy && t->socket == socket)
			return t;
	}
	return NULL;
}

/* Without a record nobody can own the socket. */
static bool track(struct evaluation *e, uint64_t socket)
{
	struct tracked *t = find_tracked(e, socket);

	if (e->event->process.unrecorded)
		return false;
	if (!t)
		t = TABLE_ADD(e->state, tracked);
	t->policy = e->policy;
	t->socket = socket;
	t->owned = true;
	t->owner = this_task(e);
	return true;
}

static bool untrack(struct evaluation *e, uint64_t socket)
{
	struct tracked *t = find_tracked(e, socket);
	bool owned = t && t->owned;

	if (t)
		t->owned = false;
	return owned;
}

void settle_owners(struct eval_state *s)
{
	for (size_t i = s->tracked.n; i-- > 0;) {
		struct tracked *t = &s->tracked.v[i];

		t->was_owned = t->owned;
		t->was = t->owner;
		if (!t->owned)
			TABLE_DROP(s, tracked, i);
	}
}

static bool track_value(struct evaluation *e, const struct eval_value *v, bool on)
{
	if (!v || v->failed || v->kind != EVAL_SOCKET)
		return false;
	return on ? track(e, v->socket.address) : untrack(e, v->socket.address);
}

static void find_owner(struct evaluation *e, const struct tir_arg *arg, struct eval_result *r)
{
	const struct eval_value *v = arg->type->class == CLASS_SOCK ? value_of(e, arg) : NULL;
	const struct tracked *t = v && !v->failed ? find_tracked(e, v->socket.address) : NULL;

	if (!t || !t->was_owned)
		return;
	r->tracked = true;
	r->owner = t->was;
}

/* The event is that of the last of its sockets that somebody owns. */
static void find_owners(struct evaluation *e, struct eval_result *r)
{
	if (e->event->at_return) {
		if (e->hook->return_arg)
			find_owner(e, e->hook->return_arg, r);
		return;
	}
	for (size_t i = 0; i < e->hook->arg_count; i++)
		find_owner(e, &e->hook->args[i], r);
	for (size_t i = 0; i < e->hook->data_count; i++)
		find_owner(e, &e->hook->data[i], r);
}

void run_return_action(struct evaluation *e)
{
	enum ir_return_action action = e->hook->ir->return_action;

	if (action != RETURN_NOTHING && e->hook->return_arg)
		track_value(e, value_of(e, e->hook->return_arg), action == RETURN_TRACK_SOCK);
}

/* ---- the enforcer (5.9) ------------------------------------------------------------------- */

struct notified *find_notified(struct evaluation *e)
{
	const struct eval_process *p = &e->event->process;

	for (size_t i = 0; i < e->state->notified.n; i++) {
		struct notified *n = &e->state->notified.v[i];

		if (n->policy == e->policy && n->pid == p->record.pid && n->tid == p->tid)
			return n;
	}
	return NULL;
}

static void notify(struct evaluation *e, const struct ir_action *a, struct eval_done *done)
{
	struct notified *n = find_notified(e);

	done->replaced = n;
	if (!n)
		n = TABLE_ADD(e->state, notified);
	*n = (struct notified){e->policy, e->event->process.record.pid, e->event->process.tid,
			       a->value, a->error};
}

static bool clean_up(struct evaluation *e)
{
	struct notified *n = find_notified(e);

	if (n)
		TABLE_DROP(e->state, notified, n - e->state->notified.v);
	return n;
}

/* ---- the list (5.1) ----------------------------------------------------------------------- */

static bool monitors(const struct evaluation *e)
{
	return e->state->modes[e->policy] != EVAL_ENFORCE;
}

static void run_action(struct evaluation *e, const struct ir_action *a, struct eval_result *r,
		       struct eval_done *done)
{
	done->action = a;
	done->monitored = ir_is_enforcing(a->action) && monitors(e);
	if (done->monitored)
		return;
	switch (a->action) {
	case TG_ACTION_POST:
		run_post(e, a, r, done);
		break;
	case TG_ACTION_NOPOST:
		r->posts = false;
		break;
	case TG_ACTION_TRACK_SOCK:
	case TG_ACTION_UNTRACK_SOCK:
		done->failed = !track_value(e, value_of(e, &e->hook->args[a->arg]),
					    a->action == TG_ACTION_TRACK_SOCK);
		break;
	case TG_ACTION_NOTIFY_ENFORCER:
		notify(e, a, done);
		break;
	case TG_ACTION_CLEANUP_ENFORCER:
		done->failed = !clean_up(e);
		break;
	default: /* signals, Override and Set act on the process: whoever calls does that */
		break;
	}
}

/* What the event names, done or not: it is the same for every event of a selector. */
static uint32_t last_of(const struct ir_actions *list)
{
	return list->n ? list->v[list->n - 1].action : TG_ACTION_POST;
}

/* The request travels as the event's action, so only the last one of the list is made. */
static const struct ir_action *request_of(const struct ir_actions *list)
{
	const struct ir_action *last = list->n ? &list->v[list->n - 1] : NULL;

	return last && (last->action == TG_ACTION_GET_URL || last->action == TG_ACTION_DNS_LOOKUP)
		       ? last
		       : NULL;
}

void run_actions(struct evaluation *e, const struct ir_actions *list, struct eval_result *r)
{
	r->posts = true; /* NoPost and rate limits clear it; nothing sets it again */
	r->done_count = list->n;
	r->done = arena_array(e->arena, list->n, sizeof(*r->done));
	find_owners(e, r);
	for (size_t i = 0; i < list->n; i++)
		run_action(e, &list->v[i], r, &r->done[i]);
	if (e->event->at_return) {
		r->return_action = last_of(list);
		r->return_request = request_of(list);
	} else {
		r->action = last_of(list);
		r->request = request_of(list);
	}
}
