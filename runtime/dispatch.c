// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/dispatch.h"
#include "runtime/file_hash.h"
#include "runtime/hook_event.h"
#include "runtime/image_text.h"
#include "runtime/notice.h"

/* Once each time that the file was read, for as long as it does not have the container. */
static void find_container(struct dispatch *d, const struct proc *p)
{
	struct proc_text *text = p ? p->text : NULL;
	struct container_id id;

	if (!text || !d->workloads || text->container || text->asked == d->workloads->generation)
		return;
	snprintf(id.text, sizeof(id.text), "%s", proc_docker(p));
	text->asked = d->workloads->generation;
	text->container = workloads_find(d->workloads, text->cgroup, &id);
	if (text->container)
		container_hold(text->container);
}

/* A program of a container that policies cannot tell from the host's. */
static void count_unlisted(struct dispatch *d, const struct proc *p)
{
	if (d->workloads && d->workloads->rules_count && proc_docker(p)[0] && !p->text->container)
		d->workloads->unlisted++;
}

/* The process, put together anew if its record was lost. NULL when it stays unknown. */
static struct proc *know(struct dispatch *d, const struct tg_key *key, uint64_t now)
{
	struct proc *p = procs_find(d->procs, key);

	if (p || !d->repair || !repair_process(d->repair, d->procs, key, now))
		return p;
	return procs_find(d->procs, key);
}

static void resolve(struct dispatch *d, struct event *e, const struct tg_key *key)
{
	e->key = *key;
	e->process = know(d, key, e->ktime);
	find_container(d, e->process);
	e->parent = e->process ? procs_find(d->procs, &e->process->parent) : NULL;
	find_container(d, e->parent);
}

/* The last of the policy's owners in the record counts. */
static bool find_owner(const struct record *r, uint32_t policy, struct tg_owner *out)
{
	const struct record_text *part = &r->hook.parts[TG_PART_OWNERS];
	struct tg_owner owner;
	bool found = false;

	for (size_t at = 0; at + sizeof(owner) <= part->size; at += sizeof(owner)) {
		memcpy(&owner, part->bytes + at, sizeof(owner));
		if (owner.policy == policy) {
			*out = owner;
			found = true;
		}
	}
	return found;
}

/* The event is its own process's, or that of the process which owns a socket in it; `second` is
 * the other half, or NULL. */
static void set_process(struct dispatch *d, struct event *e, uint32_t policy,
			const struct record *r, const struct record *second)
{
	struct tg_owner owner = {.tid = r->hook.fixed.tid, .key = r->hook.fixed.key};
	bool owned = find_owner(r, policy, &owner);

	if (second)
		owned |= find_owner(second, policy, &owner);
	e->unknown = !owned && (r->head.flags & TG_F_UNKNOWN);
	e->tid = owner.tid;
	if (memcmp(&e->key, &owner.key, sizeof(e->key)))
		resolve(d, e, &owner.key);
}

static void print(struct dispatch *d, struct event *e)
{
	if (e->process && (d->with_ancestors >> event_type_of_kind(e->kind) & 1)) {
		e->ancestor_count = procs_ancestors(d->procs, e->process, d->ancestors);
		e->ancestors = d->ancestors;
	}
	sinks_event(d->sinks, e, &d->style);
	d->counts.events++;
	if (d->tally)
		tally_event(d->tally, e);
	if (!e->process)
		d->counts.unknown++;
}

static char *exec_cwd(const struct record *r)
{
	if (r->exec.fixed.flags & TG_P_ROOTCWD)
		return image_text("/", 1);
	if (r->exec.fixed.flags & (TG_P_NOCWD | TG_P_ERR_CWD))
		return image_text("", 0);
	return image_text(r->exec.cwd.bytes, r->exec.cwd.size);
}

/* The text with its rest, put together in `whole`, if the record says that there is one; and that
 * it is cut, if it is. */
static struct record_text with_rest(struct dispatch *d, struct tg_exec *exec, enum tg_rest_of of,
				    struct record_text first, struct buffer *whole)
{
	uint32_t came = of == TG_REST_ARGS ? TG_P_DATA_ARGS : TG_P_DATA_ENVS;

	if (!(exec->flags & came))
		return first;
	if (rests_take(&d->rests, &exec->key, of, &first, whole))
		return (struct record_text){whole->data, whole->size};
	exec->flags |= of == TG_REST_ARGS ? TG_P_TRUNC_ARGS : TG_P_ERR_ENVS;
	return first;
}

static char *exec_arguments(struct dispatch *d, struct record *r)
{
	struct buffer whole = {0};
	struct record_text raw = with_rest(d, &r->exec.fixed, TG_REST_ARGS, r->exec.args, &whole);
	char *text = image_arguments(raw.bytes, raw.size);

	buffer_free(&whole);
	return text;
}

static void add_environment(struct dispatch *d, struct record *r, struct proc_image *image)
{
	struct buffer whole = {0};
	struct record_text raw = with_rest(d, &r->exec.fixed, TG_REST_ENV, r->exec.env, &whole);

	image->environment = environment_shown(&d->environment, image->binary, raw.bytes, raw.size,
					       &image->environment_size);
	image->flags = r->exec.fixed.flags;
	buffer_free(&whole);
}

static struct proc *add_exec(struct dispatch *d, struct record *r)
{
	const struct tg_exec *exec = &r->exec.fixed;
	char *cwd = exec_cwd(r);
	char *binary = cwd ? image_binary(r->exec.path.bytes, r->exec.path.size, cwd) : NULL;
	char *arguments = exec_arguments(d, r);
	struct container_id docker;
	struct proc_facts facts = {.credentials = exec->credentials};
	struct proc_image image = {
		.key = exec->key,
		.parent = exec->parent,
		.previous = exec->previous,
		.uid = exec->uid,
		.auid = exec->auid,
		.nspid = exec->nspid,
		.cgroup = exec->cgroup,
		.docker = docker.text,
		.binary = binary,
		.arguments = arguments,
		.cwd = cwd,
		.facts = d->style.credentials || d->style.namespaces ? &facts : NULL,
	};
	struct proc *p = NULL;

	container_id_of_leaf(&docker, r->exec.cgroup.bytes, r->exec.cgroup.size);
	memcpy(facts.namespaces, exec->namespaces, sizeof(facts.namespaces));
	if (binary && arguments) {
		add_environment(d, r, &image);
		p = procs_exec(d->procs, &image);
	}
	free(cwd);
	free(binary);
	free(arguments);
	return p;
}

static void dispatch_exec(struct dispatch *d, struct record *r)
{
	struct event e = {.kind = EVENT_EXEC, .ktime = r->head.ktime};

	if (d->style.credentials && r->head.flags & TG_F_MORE)
		e.more = &r->exec.more;
	know(d, &r->exec.fixed.parent, e.ktime);
	if (add_exec(d, r)) {
		resolve(d, &e, &r->exec.fixed.key);
		count_unlisted(d, e.process);
		print(d, &e);
		procs_shorten(d->procs, &r->exec.fixed.key);
	} else {
		d->counts.dropped++;
	}
	if (r->exec.fixed.previous.ktime)
		procs_replace(d->procs, &r->exec.fixed.previous);
}

static void dispatch_clone(struct dispatch *d, const struct tg_clone *clone)
{
	know(d, &clone->parent, clone->head.ktime);
	procs_clone(d->procs, clone);
}

static void dispatch_exit(struct dispatch *d, const struct record *r)
{
	struct event e = {
		.kind = EVENT_EXIT,
		.ktime = r->head.ktime,
		.exit_code = r->exit.code,
		.unknown = r->head.flags & TG_F_UNKNOWN,
	};

	resolve(d, &e, &r->exit.key);
	/* The last threads of a process may each report its end. */
	if (e.process && e.process->ended)
		return;
	print(d, &e);
	mapped_forget(&d->mapped, r->exit.key.pid);
	procs_exit(d->procs, &r->exit.key);
}

/* Names are looked up when the first policy wants them; `done` is what was. */
static void add_stacks(struct dispatch *d, struct event *e, uint32_t flags, const struct record *r,
		       uint32_t *done)
{
	const struct record_text *parts = r->hook.parts;
	bool kernel = flags & TG_SELECTOR_KERNEL_STACK, user = flags & TG_SELECTOR_USER_STACK;

	e->kernel_stack = e->user_stack = NULL;
	if (!d->symbols)
		return;
	if (flags & ~*done & TG_SELECTOR_KERNEL_STACK)
		stack_kernel(&d->kernel_stack, d->symbols, &parts[TG_PART_KERNEL_STACK]);
	if (flags & ~*done & TG_SELECTOR_USER_STACK)
		stack_user(&d->user_stack, d->symbols, r->hook.fixed.key.pid,
			   &parts[TG_PART_USER_STACK]);
	*done |= flags;
	e->kernel_stack = kernel ? &d->kernel_stack : NULL;
	e->user_stack = user ? &d->user_stack : NULL;
}

static struct call_id call_of(const struct record *r, uint32_t hook)
{
	const struct tg_hook *h = &r->hook.fixed;

	return (struct call_id){h->bundle, hook, h->tid, h->call};
}

static void count_action(const struct bundle *b, const struct tg_selector_entry *selector,
			 const struct event *e)
{
	struct action_counts *counts = b->told ? &b->told[selector->policy] : NULL;
	bool monitors;

	if (!counts)
		return;
	monitors = b->modes.policies[selector->policy].is != TG_MODE_ENFORCE;
	counts->v[ACTION_COUNT_POST]++;
	action_counts_add(counts, e->action, monitors);
	action_counts_add(counts, e->return_action, monitors);
}

/* A list of functions has its event say which of them it was. */
static void print_named(struct dispatch *d, struct event *e, const struct bundle *b,
			const struct tg_selector_entry *selector, const struct record *r,
			uint32_t *done)
{
	const struct tg_target_entry *t = targets_of_record(&b->loaded.targets, &b->artifact, r);

	if (t)
		e->function = artifact_string(&b->artifact, t->name);
	add_stacks(d, e, selector->flags, r, done);
	print(d, e);
	count_action(b, selector, e);
	requests_make(&d->requests, &b->artifact, selector);
}

/* The kernel tells of a file as often as a part of it is mapped. */
static bool is_known(struct dispatch *d, const struct event *e)
{
	return e->kind == EVENT_LOADER &&
	       !mapped_first(&d->mapped, e->key.pid, e->args[0].text.bytes, e->args[0].text.size);
}

/* Whether an event of the view has to wait for its second half, which this node may go without. */
static bool view_waits(const struct bundle *b, const struct tg_view_entry *view)
{
	const struct artifact *a = &b->artifact;
	const struct tg_hook_entry *hook = &a->hooks[view->hook];

	return hook_event_second(a, view) &&
	       !(b->loaded.targets.hook_absent && b->loaded.targets.hook_absent[hook->peer - 1]);
}

/* Prints what waits for nothing. Whether any view waits for the return. */
static bool print_views(struct dispatch *d, struct event *e, const struct bundle *b,
			const struct record *r)
{
	const struct artifact *a = &b->artifact;
	const struct tg_hook_entry *hook = &a->hooks[r->hook.fixed.hook];
	uint32_t done = 0;
	bool waits = false;

	for (uint32_t i = 0; i < hook->views; i++) {
		const struct tg_view_entry *view = &a->views[hook->first_view + i];

		if (view_waits(b, view)) {
			waits |= (view->selectors & r->hook.fixed.matched) != 0;
		} else if (hook_event_fill(e, a, view, r) && !is_known(d, e)) {
			set_process(d, e, view->policy, r, NULL);
			print_named(d, e, b, hook_event_selector(a, view, r), r, &done);
		}
	}
	return waits;
}

static const char *why_no_hash(int32_t error)
{
	if (error == -EINVAL)
		return "it cannot be read yet when this hook is called, and IMA's own policy has "
		       "not measured it";
	if (error == -EOPNOTSUPP)
		return "IMA is not built in, or does not measure it";
	return strerror(-error);
}

/* The first time, and whenever the reason is another one. A call need not have a file. */
static void tell_no_hash(struct dispatch *d, const struct event *e, int32_t error)
{
	if (error >= 0 || error == -ENOENT || error == d->hash_error)
		return;
	d->hash_error = error;
	notice("tgrun: policy %s, hook %s: the kernel gives no hash of a file, so the event has no "
	       "`ima_hash`: %s\n",
	       e->policy, e->function, why_no_hash(error));
}

static void add_hash(struct dispatch *d, struct event *e, const struct tg_selector_entry *selector,
		     const struct record *second, struct tg_file_hash *hash)
{
	if (!(selector->flags & TG_SELECTOR_FILE_HASH) ||
	    !file_hash_read(hash, &second->hook.parts[TG_PART_HASH]))
		return;
	e->hash = hash;
	tell_no_hash(d, e, hash->algorithm);
}

static void print_joined(struct dispatch *d, struct event *e, const struct bundle *b,
			 const struct record *first, const struct record *second)
{
	const struct artifact *a = &b->artifact;
	const struct tg_hook_entry *hook = &a->hooks[first->hook.fixed.hook];
	struct tg_file_hash hash;
	uint32_t done = 0;

	for (uint32_t i = 0; i < hook->views; i++) {
		const struct tg_view_entry *view = &a->views[hook->first_view + i];
		const struct tg_view_entry *other = hook_event_second(a, view);

		if (!other || !hook_event_join(e, a, view, first, other, second))
			continue;
		set_process(d, e, view->policy, first, second);
		add_hash(d, e, hook_event_selector(a, view, first), second, &hash);
		print_named(d, e, b, hook_event_selector(a, view, first), first, &done);
		requests_make(&d->requests, a, hook_event_selector(a, other, second));
	}
}

static struct event event_of(struct dispatch *d, const struct record *r)
{
	struct event e = {.ktime = r->head.ktime, .unknown = r->head.flags & TG_F_UNKNOWN};

	resolve(d, &e, &r->hook.fixed.key);
	return e;
}

/* A first half that is not known was lost, and counted where that happened, or given up. */
static void dispatch_second_half(struct dispatch *d, const struct bundle *b,
				 const struct record *second)
{
	const struct artifact *a = &b->artifact;
	struct call_id id = call_of(second, a->hooks[second->hook.fixed.hook].peer - 1);
	struct call *call = calls_take(d->calls, &id);
	struct record first;
	struct event e;

	if (call && !record_decode(&first, call->record, call->size)) {
		e = event_of(d, &first);
		print_joined(d, &e, b, &first, second);
	}
	free(call);
}

/* What a hook is called, as a number: the same in both bundles of a handover. */
static uint32_t hook_number(const struct artifact *a, const struct tg_hook_entry *h)
{
	uint32_t hash = 2166136261u ^ h->kind;

	for (const char *c = artifact_string(a, h->subsystem); *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	for (const char *c = artifact_string(a, h->name); *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash;
}

/* Of a call that two bundles saw, one of which takes the place of the other, one record counts. */
static bool is_handed_over(struct dispatch *d, const struct bundle *b, const struct record *r)
{
	const struct tg_hook *h = &r->hook.fixed;

	return d->handover &&
	       !handover_takes(d->handover, h->bundle, h->tid,
			       hook_number(&b->artifact, &b->artifact.hooks[h->hook]),
			       r->head.ktime);
}

static void dispatch_hook(struct dispatch *d, const struct record *r, const void *data, size_t size)
{
	const struct bundle *b = bundles_find(d->bundles, r->hook.fixed.bundle);
	struct call_id id = call_of(r, r->hook.fixed.hook);
	struct event e;

	if (!b || !hook_event_fits(&b->artifact, r)) {
		d->counts.malformed++;
		return;
	}
	if (b->artifact.hooks[r->hook.fixed.hook].flags & TG_HOOK_AT_RETURN) {
		dispatch_second_half(d, b, r);
		return;
	}
	if (is_handed_over(d, b, r))
		return;
	e = event_of(d, r);
	if (print_views(d, &e, b, r) && calls_keep(d->calls, &id, data, size))
		d->counts.dropped++;
}

static void dispatch_cancel(struct dispatch *d, const struct tg_cancel *c)
{
	free(calls_take(d->calls, &(struct call_id){c->bundle, c->hook, c->tid, c->call}));
}

void dispatch_record(struct dispatch *d, const void *data, size_t size)
{
	struct record r;

	d->counts.records++;
	if (record_decode(&r, data, size)) {
		d->counts.malformed++;
		return;
	}
	if (r.head.ktime > d->read_until)
		d->read_until = r.head.ktime;
	switch (r.head.kind) {
	case TG_EXEC:
		dispatch_exec(d, &r);
		break;
	case TG_CLONE:
		dispatch_clone(d, &r.clone);
		break;
	case TG_EXIT:
		dispatch_exit(d, &r);
		break;
	case TG_HOOK:
		dispatch_hook(d, &r, data, size);
		break;
	case TG_REST:
		rests_add(&d->rests, &r);
		break;
	case TG_CANCEL:
		dispatch_cancel(d, &r.cancel);
		break;
	}
}

void dispatch_startup(struct dispatch *d, const struct tg_key *key)
{
	struct event e = {.kind = EVENT_EXEC, .ktime = key->ktime};

	resolve(d, &e, key);
	if (e.process)
		print(d, &e);
}
