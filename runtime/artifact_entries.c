// SPDX-License-Identifier: Apache-2.0
/*
 * The entries of a payload: references, ranges, enumerations, and that hooks, views and
 * selectors agree with each other. Linear in the payload's size: ranges may not overlap.
 */
#include "artifact_check.h"
#include "runtime/labels.h"
#include "tg_event.h"

_Static_assert(TG_HOOK_SLOTS_MAX == TG_SLOTS_MAX, "slots of a record");

/* Where the next range may start, as ranges are walked in the order of their owners. */
struct cursor {
	const char *owner, *what;
	uint32_t next, limit;
};

uint32_t artifact_selector_from(const struct artifact *a, uint32_t hook, uint32_t bit)
{
	uint32_t low = 0, high = a->selector_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct tg_selector_entry *s = &a->selectors[middle];

		if (s->hook < hook || (s->hook == hook && s->bit < bit))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int check_string(struct artifact_check *c, const struct artifact *a, const char *what,
			uint32_t index, const char *field, uint32_t offset)
{
	if (offset >= a->strings_size)
		return artifact_refuse(c, "%s %u: its %s lies outside the strings", what, index,
				       field);
	return 0;
}

static int check_text(struct artifact_check *c, const struct artifact *a, const char *what,
		      uint32_t index, const char *field, uint32_t offset)
{
	if (check_string(c, a, what, index, field, offset))
		return -1;
	if (a->strings[offset] == '\0')
		return artifact_refuse(c, "%s %u: its %s is empty", what, index, field);
	return 0;
}

static int check_index(struct artifact_check *c, const char *what, uint32_t index,
		       const char *field, uint32_t value, uint32_t count)
{
	if (value >= count)
		return artifact_refuse(c, "%s %u: there is no %s %u", what, index, field, value);
	return 0;
}

static int check_range(struct artifact_check *c, struct cursor *at, uint32_t owner, uint32_t first,
		       uint32_t count)
{
	if (count == 0 && first != 0)
		return artifact_refuse(c, "%s %u: an empty range of %s does not start at 0",
				       at->owner, owner, at->what);
	if (count == 0)
		return 0;
	if (first > at->limit || count > at->limit - first)
		return artifact_refuse(c, "%s %u: %u %s from %u on are more than there are",
				       at->owner, owner, count, at->what, first);
	if (first < at->next)
		return artifact_refuse(c, "%s %u: its %s overlap those of the one before",
				       at->owner, owner, at->what);
	at->next = first + count;
	return 0;
}

/* The same for entries that all have an owner: no gap either. */
static int check_exact_range(struct artifact_check *c, struct cursor *at, uint32_t owner,
			     uint32_t first, uint32_t count)
{
	uint32_t expected = at->next;

	if (check_range(c, at, owner, first, count))
		return -1;
	if (count && first != expected)
		return artifact_refuse(c, "%s %u: there are %s before its own that nobody owns",
				       at->owner, owner, at->what);
	return 0;
}

static int check_cursor_end(struct artifact_check *c, const struct cursor *at)
{
	if (at->next != at->limit)
		return artifact_refuse(c, "%u %s belong to no %s", at->limit - at->next, at->what,
				       at->owner);
	return 0;
}

static int check_policies(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->policy_count; i++) {
		const struct tg_policy_entry *p = &a->policies[i];

		if (check_text(c, a, "policy", i, "name", p->name) ||
		    check_text(c, a, "policy", i, "source", p->source))
			return -1;
		if (p->flags & ~(TG_POLICY_ENFORCES | TG_POLICY_MONITORS))
			return artifact_refuse(c, "policy %u has unknown flags 0x%x", i, p->flags);
		if (p->flags == TG_POLICY_MONITORS)
			return artifact_refuse(
				c, "policy %u is in monitor mode but has nothing to enforce", i);
	}
	return 0;
}

static int check_hook(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_hook_entry *h = &a->hooks[i];

	if (h->kind == 0 || h->kind >= TG_HOOK_KIND_COUNT)
		return artifact_refuse(c, "hook %u is of an unknown kind %u", i, h->kind);
	if (check_text(c, a, "hook", i, "name", h->name))
		return -1;
	if (h->kind == TG_HOOK_TRACEPOINT || h->kind == TG_HOOK_USDT)
		return check_text(c, a, "hook", i, "subsystem", h->subsystem);
	if (h->subsystem)
		return artifact_refuse(c, "hook %u has a subsystem but is no tracepoint", i);
	return 0;
}

/* Two hooks that are halves of one; both have been checked for themselves. */
static int check_peer(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_hook_entry *h = &a->hooks[i], *other;
	bool at_return = h->flags & TG_HOOK_AT_RETURN;

	if (h->flags & ~(TG_HOOK_AT_RETURN | TG_HOOK_MAY_MISS))
		return artifact_refuse(c, "hook %u has unknown flags 0x%x", i, h->flags);
	if (!h->peer)
		return at_return ? artifact_refuse(c, "hook %u is the second half of none", i) : 0;
	if (h->peer > a->hook_count)
		return artifact_refuse(c, "hook %u: there is no hook %u", i, h->peer - 1);
	other = &a->hooks[h->peer - 1];
	if (other->peer != i + 1 || other->kind != h->kind ||
	    at_return == (bool)(other->flags & TG_HOOK_AT_RETURN))
		return artifact_refuse(c, "hooks %u and %u are not the two halves of one", i,
				       h->peer - 1);
	return 0;
}

/* The views of the second half are some of the first half's, in the same order. */
static int check_second_half(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_hook_entry *h = &a->hooks[i], *first;
	uint32_t at = 0;

	if (!(h->flags & TG_HOOK_AT_RETURN))
		return 0;
	first = &a->hooks[h->peer - 1];
	for (uint32_t n = 0; n < h->views; n++) {
		const struct tg_view_entry *v = &a->views[h->first_view + n];

		while (at < first->views &&
		       a->views[first->first_view + at].selectors != v->selectors)
			at++;
		if (at == first->views || a->views[first->first_view + at].policy != v->policy)
			return artifact_refuse(c, "view %u is not in both halves of its hook",
					       h->first_view + n);
	}
	return 0;
}

static int check_kernel_name(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_kernel_name_entry *n = &a->kernel_names[i];

	if (n->flags & ~TG_KERNEL_NAME_LACKS)
		return artifact_refuse(c, "kernel name %u has unknown flags 0x%x", i, n->flags);
	return check_text(c, a, "kernel name", i, "name", n->name);
}

static int check_target(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_target_entry *t = &a->targets[i];
	bool kernel = t->place == TG_PLACE_FUNCTION;
	bool named = kernel || t->place == TG_PLACE_SYMBOL;

	if (t->place == 0 || t->place >= TG_PLACE_COUNT)
		return artifact_refuse(c, "target %u is of an unknown kind %u", i, t->place);
	if (check_string(c, a, "target", i, "digests", t->digests) ||
	    (named ? check_text : check_string)(c, a, "target", i, "name", t->name) ||
	    (kernel ? check_string : check_text)(c, a, "target", i, "path", t->path))
		return -1;
	if (kernel &&
	    (t->path || t->digests || t->offset || t->counter || t->flags & TG_TARGET_MAY_DIFFER))
		return artifact_refuse(c, "target %u is of the kernel and of a file", i);
	if (t->flags & ~(TG_TARGET_MAY_DIFFER | TG_TARGET_MAY_MISS))
		return artifact_refuse(c, "target %u has unknown flags 0x%x", i, t->flags);
	if (t->pad)
		return artifact_refuse(c, "target %u: a reserved field is not 0", i);
	return 0;
}

/* User programs have one place a hook, the kernel any number of functions. */
static int check_hook_targets(struct artifact_check *c, const struct artifact *a, uint32_t i,
			      struct cursor *at)
{
	const struct tg_hook_entry *h = &a->hooks[i];
	bool user = h->kind == TG_HOOK_UPROBE || h->kind == TG_HOOK_USDT;

	if (check_exact_range(c, at, i, h->first_target, h->targets))
		return -1;
	if (!h->programs ? h->targets != 0
	    : user	 ? h->targets != 1
			 : h->targets && h->kind != TG_HOOK_KPROBE)
		return artifact_refuse(c, "hook %u has %u targets", i, h->targets);
	for (uint32_t n = 0; n < h->targets; n++) {
		const struct tg_target_entry *t = &a->targets[h->first_target + n];

		if ((t->place == TG_PLACE_FUNCTION) == user)
			return artifact_refuse(c, "target %u is not of the kind of its hook",
					       h->first_target + n);
	}
	return 0;
}

bool artifact_is_part(const struct artifact *a, uint32_t hook)
{
	const struct tg_hook_entry *h = &a->hooks[hook];

	return hook && !h->programs && h->kind == h[-1].kind && h->name == h[-1].name &&
	       h->subsystem == h[-1].subsystem;
}

static int check_hook_programs(struct artifact_check *c, const struct artifact *a, uint32_t i,
			       struct cursor *at)
{
	const struct tg_hook_entry *h = &a->hooks[i];

	if (h->programs == 0 && !artifact_is_part(a, i))
		return artifact_refuse(c, "hook %u has no program", i);
	if (check_range(c, at, i, h->first_program, h->programs))
		return -1;
	for (uint32_t n = 0; n < h->programs; n++)
		if (a->programs[h->first_program + n].hook != i)
			return artifact_refuse(c, "program %u is not of hook %u that claims it",
					       h->first_program + n, i);
	return 0;
}

/* A selector bit of a hook belongs to one view. */
static int check_hook_views(struct artifact_check *c, const struct artifact *a, uint32_t i,
			    struct cursor *at)
{
	const struct tg_hook_entry *h = &a->hooks[i];
	uint64_t taken = 0;

	if (check_exact_range(c, at, i, h->first_view, h->views))
		return -1;
	for (uint32_t n = 0; n < h->views; n++) {
		const struct tg_view_entry *v = &a->views[h->first_view + n];

		if (v->hook != i)
			return artifact_refuse(c, "view %u is not of hook %u that claims it",
					       h->first_view + n, i);
		if (v->selectors & taken)
			return artifact_refuse(c, "view %u shares a selector with another view",
					       h->first_view + n);
		taken |= v->selectors;
	}
	return 0;
}

static int check_hooks(struct artifact_check *c, const struct artifact *a)
{
	struct cursor programs = {"hook", "programs", 0, a->program_count};
	struct cursor slots = {"hook", "slots", 0, a->slot_count};
	struct cursor views = {"hook", "views", 0, a->view_count};
	struct cursor targets = {"hook", "targets", 0, a->target_count};
	struct cursor names = {"hook", "kernel names", 0, a->kernel_name_count};

	if (a->hook_count > TG_HOOKS_MAX)
		return artifact_refuse(c, "%u hooks are too many", a->hook_count);
	for (uint32_t i = 0; i < a->hook_count; i++) {
		const struct tg_hook_entry *h = &a->hooks[i];

		if (check_hook(c, a, i) || check_hook_programs(c, a, i, &programs) ||
		    check_exact_range(c, &slots, i, h->first_slot, h->slots) ||
		    check_exact_range(c, &names, i, h->first_kernel_name, h->kernel_names) ||
		    check_hook_views(c, a, i, &views) || check_peer(c, a, i) ||
		    check_hook_targets(c, a, i, &targets))
			return -1;
		if (h->slots > TG_HOOK_SLOTS_MAX)
			return artifact_refuse(c, "hook %u: %u slots are too many", i, h->slots);
	}
	if (check_cursor_end(c, &slots) || check_cursor_end(c, &targets) ||
	    check_cursor_end(c, &views) || check_cursor_end(c, &names))
		return -1;
	for (uint32_t i = 0; i < a->hook_count; i++)
		if (check_second_half(c, a, i))
			return -1;
	return 0;
}

static int check_program(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_program_entry *p = &a->programs[i];

	if (p->attach == 0 || p->attach >= TG_ATTACH_COUNT)
		return artifact_refuse(c, "program %u attaches in an unknown way %u", i, p->attach);
	if (check_text(c, a, "program", i, "name", p->name))
		return -1;
	if (check_text(c, a, "program", i, "target", p->target))
		return -1;
	if (p->attach == TG_ATTACH_ITER_TASK && p->hook != TG_NO_HOOK)
		return artifact_refuse(c, "program %u walks the tasks but is of a hook", i);
	return 0;
}

/* A hook's range has been compared with its programs; here, that no other says it is its. */
static int check_programs(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->program_count; i++) {
		uint32_t hook = a->programs[i].hook;

		if (check_program(c, a, i))
			return -1;
		if (hook == TG_NO_HOOK)
			continue;
		if (check_index(c, "program", i, "hook", hook, a->hook_count))
			return -1;
		if (i - a->hooks[hook].first_program >= a->hooks[hook].programs)
			return artifact_refuse(c, "program %u is outside the range of its hook %u",
					       i, hook);
	}
	return 0;
}

static int check_slots(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->slot_count; i++)
		if (a->slots[i].type == 0 || a->slots[i].type >= TG_ARG_TYPE_COUNT)
			return artifact_refuse(c, "slot %u is of an unknown type %u", i,
					       a->slots[i].type);
	return 0;
}

static int check_request(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_selector_entry *s = &a->selectors[i];

	if (s->action == TG_ACTION_GET_URL || s->action == TG_ACTION_DNS_LOOKUP)
		return check_text(c, a, "selector", i, "target", s->target);
	if (s->target)
		return artifact_refuse(c, "selector %u has a target but makes no request", i);
	return 0;
}

static int check_selector(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_selector_entry *s = &a->selectors[i];
	const struct tg_selector_entry *before = i ? s - 1 : NULL;

	if (check_index(c, "selector", i, "hook", s->hook, a->hook_count) ||
	    check_index(c, "selector", i, "policy", s->policy, a->policy_count))
		return -1;
	if (s->bit >= TG_SELECTORS_MAX)
		return artifact_refuse(c, "selector %u: bit %u is too high", i, s->bit);
	if (before &&
	    (before->hook > s->hook || (before->hook == s->hook && before->bit >= s->bit)))
		return artifact_refuse(c, "selector %u is repeated or out of order", i);
	if (!artifact_action_name(s->action))
		return artifact_refuse(c, "selector %u: unknown action %u", i, s->action);
	if (s->flags & ~(TG_SELECTOR_KERNEL_STACK | TG_SELECTOR_USER_STACK | TG_SELECTOR_FILE_HASH))
		return artifact_refuse(c, "selector %u has unknown flags 0x%x", i, s->flags);
	if (s->pad)
		return artifact_refuse(c, "selector %u: a reserved field is not 0", i);
	return check_request(c, a, i);
}

/* A bundle may not enforce for a policy that is said to watch only. */
static int check_selectors(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->selector_count; i++) {
		const struct tg_selector_entry *s = &a->selectors[i];

		if (check_selector(c, a, i))
			return -1;
		if (!artifact_action_enforces(s->action))
			continue;
		if (!(a->policies[s->policy].flags & TG_POLICY_ENFORCES))
			return artifact_refuse(
				c, "selector %u enforces, but policy %u says it does not", i,
				s->policy);
	}
	return 0;
}

/* The bits of a hook's selectors that are of one policy. `at` only moves forward: both views
 * and selectors are in the order of hooks by now. */
static uint64_t selectors_of(const struct artifact *a, uint32_t hook, uint32_t policy, uint32_t *at)
{
	uint64_t bits = 0;

	while (*at < a->selector_count && a->selectors[*at].hook < hook)
		++*at;
	for (uint32_t i = *at; i < a->selector_count && a->selectors[i].hook == hook; i++)
		if (a->selectors[i].policy == policy)
			bits |= 1ull << a->selectors[i].bit;
	return bits;
}

static int check_view_args(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_view_entry *v = &a->views[i];

	for (uint32_t n = 0; n < v->args; n++) {
		const struct tg_view_arg_entry *arg = &a->view_args[v->first_arg + n];

		if (check_index(c, "view", i, "slot", arg->slot, a->hooks[v->hook].slots) ||
		    check_string(c, a, "view argument", v->first_arg + n, "label", arg->label))
			return -1;
		if (arg->place && !a->hooks[v->hook].peer)
			return artifact_refuse(
				c, "view %u: an argument of a whole event has a place", i);
	}
	return 0;
}

static int check_view_tags(struct artifact_check *c, const struct artifact *a, uint32_t i)
{
	const struct tg_view_entry *v = &a->views[i];

	if (v->tags == 0 && v->first_tag != 0)
		return artifact_refuse(c, "view %u: an empty range of tags does not start at 0", i);
	if (v->first_tag > a->tag_count || v->tags > a->tag_count - v->first_tag)
		return artifact_refuse(c, "view %u: %u tags from %u on are more than there are", i,
				       v->tags, v->first_tag);
	return 0;
}

static int check_views(struct artifact_check *c, const struct artifact *a)
{
	struct cursor args = {"view", "arguments", 0, a->view_arg_count};
	uint32_t selector = 0;

	for (uint32_t i = 0; i < a->view_count; i++) {
		const struct tg_view_entry *v = &a->views[i];

		if (check_index(c, "view", i, "policy", v->policy, a->policy_count) ||
		    check_exact_range(c, &args, i, v->first_arg, v->args) ||
		    check_view_args(c, a, i) || check_view_tags(c, a, i) ||
		    check_string(c, a, "view", i, "message", v->message))
			return -1;
		if (v->selectors & ~selectors_of(a, v->hook, v->policy, &selector))
			return artifact_refuse(
				c, "view %u shows a selector that its policy does not have", i);
		if (v->data > v->args)
			return artifact_refuse(c, "view %u: %u data are more than it has arguments",
					       i, v->data);
	}
	return check_cursor_end(c, &args);
}

static int check_tags(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->tag_count; i++)
		if (check_string(c, a, "tag", i, "text", a->tags[i].text))
			return -1;
	return 0;
}

/* ---- workloads ---- */

static int check_workload(struct artifact_check *c, const struct artifact *a, uint32_t i,
			  struct cursor *requirements)
{
	const struct tg_workload_entry *w = &a->workloads[i];
	uint32_t count;

	if (!w->flags || w->flags & ~(TG_WORKLOAD_HOST | TG_WORKLOAD_PODS))
		return artifact_refuse(c, "workload %u has unknown flags 0x%x", i, w->flags);
	if (check_string(c, a, "workload", i, "namespace", w->namespace))
		return -1;
	if (__builtin_add_overflow(w->of_pod, w->of_container, &count))
		return artifact_refuse(c, "workload %u has too many requirements", i);
	if (!(w->flags & TG_WORKLOAD_PODS) && (count || w->namespace))
		return artifact_refuse(c, "workload %u is in no pod, but asks what the pod is", i);
	return check_exact_range(c, requirements, i, w->first_requirement, count);
}

static int check_requirement(struct artifact_check *c, const struct artifact *a, uint32_t i,
			     struct cursor *values)
{
	const struct tg_requirement_entry *r = &a->requirements[i];
	bool listed = r->op == LABEL_IN || r->op == LABEL_NOT_IN;

	if (r->op >= LABEL_OP_COUNT)
		return artifact_refuse(c, "requirement %u has an unknown operator %u", i, r->op);
	if (check_string(c, a, "requirement", i, "key", r->key) ||
	    check_exact_range(c, values, i, r->first_value, r->values))
		return -1;
	if (listed != (r->values != 0))
		return artifact_refuse(c, "requirement %u: its operator and values do not agree",
				       i);
	return 0;
}

/* Requirements of policies, of workloads, and their values: everything has one owner. */
static int check_workloads(struct artifact_check *c, const struct artifact *a)
{
	struct cursor requirements = {"policy", "requirements", 0, a->requirement_count};
	struct cursor values = {"requirement", "values", 0, a->label_value_count};

	if (a->workload_count > TG_WORKLOADS_MAX_RULES)
		return artifact_refuse(c, "%u workloads are too many", a->workload_count);
	for (uint32_t i = 0; i < a->policy_count; i++)
		if (check_exact_range(c, &requirements, i, a->policies[i].first_requirement,
				      a->policies[i].requirements))
			return -1;
	requirements.owner = "workload";
	for (uint32_t i = 0; i < a->workload_count; i++)
		if (check_workload(c, a, i, &requirements))
			return -1;
	for (uint32_t i = 0; i < a->requirement_count; i++)
		if (check_requirement(c, a, i, &values))
			return -1;
	for (uint32_t i = 0; i < a->label_value_count; i++)
		if (check_string(c, a, "label value", i, "text", a->label_values[i].text))
			return -1;
	return check_cursor_end(c, &requirements) || check_cursor_end(c, &values) ? -1 : 0;
}

static int check_digests(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->digest_count; i++) {
		const struct tg_digest_entry *d = &a->digests[i];

		if (d->kind == 0 || d->kind >= TG_DIGEST_KIND_COUNT)
			return artifact_refuse(c, "digest %u is of an unknown kind %u", i, d->kind);
		if (check_text(c, a, "digest", i, "name", d->name))
			return -1;
	}
	return 0;
}

static int check_kernels(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->kernel_count; i++)
		if (check_text(c, a, "kernel", i, "release", a->kernels[i].release))
			return -1;
	return 0;
}

/* Each program of each kernel in turn: no proof is missing, and none is there twice. */
static int check_proofs(struct artifact_check *c, const struct artifact *a)
{
	if (a->proof_count != (uint64_t)a->kernel_count * a->program_count)
		return artifact_refuse(c, "there are %u proofs for %u programs on %u kernels",
				       a->proof_count, a->program_count, a->kernel_count);
	for (uint32_t i = 0; i < a->proof_count; i++) {
		const struct tg_proof_entry *p = &a->proofs[i];

		if (p->kernel != i / a->program_count || p->program != i % a->program_count)
			return artifact_refuse(c, "proof %u is out of order", i);
		if (p->verdict == 0 || p->verdict >= TG_VERDICT_COUNT)
			return artifact_refuse(c, "proof %u has an unknown verdict %u", i,
					       p->verdict);
		if (check_string(c, a, "proof", i, "reason", p->reason))
			return -1;
		if ((p->verdict == TG_VERDICT_GOOD) != (a->strings[p->reason] == '\0'))
			return artifact_refuse(c, "proof %u: its verdict and reason do not agree",
					       i);
		if (p->line && p->verdict != TG_VERDICT_REFUSED)
			return artifact_refuse(c, "proof %u has a line but was not refused", i);
	}
	return 0;
}

int artifact_check_entries(struct artifact_check *c, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->kernel_name_count; i++)
		if (check_kernel_name(c, a, i))
			return -1;
	for (uint32_t i = 0; i < a->target_count; i++)
		if (check_target(c, a, i))
			return -1;
	if (check_policies(c, a) || check_hooks(c, a) || check_programs(c, a) ||
	    check_slots(c, a) || check_selectors(c, a) || check_views(c, a) || check_tags(c, a))
		return -1;
	return check_workloads(c, a) || check_digests(c, a) || check_kernels(c, a) ||
			       check_proofs(c, a)
		       ? -1
		       : 0;
}
