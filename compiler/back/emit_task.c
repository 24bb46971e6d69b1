// SPDX-License-Identifier: Apache-2.0
/* Conditions on what the current task is like at the event: its numbers, capabilities, namespaces.
 */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "bpf-templates/tg_namespaces.h"

static const char *const namespace_names[NS_COUNT] = {
#define NAMESPACE(number, name) [number] = #name,
	TG_NAMESPACE_KINDS
#undef NAMESPACE
};
_Static_assert(NS_COUNT == TG_NAMESPACES && NS_UTS == 0 && NS_PID == 3 && NS_NET == 5 &&
		       NS_CGROUP == 8 && NS_USER == 9,
	       "both number the kinds alike");

static const char *const capability_names[] = {
	[CAPS_EFFECTIVE] = "cap_effective",
	[CAPS_INHERITABLE] = "cap_inheritable",
	[CAPS_PERMITTED] = "cap_permitted",
};

const char *emit_capability_name(enum ir_capability_set set)
{
	return capability_names[set];
}

/* How an expression is written: as a condition of a branch, or as a number that is 0 or 1. */
struct style {
	const char *any, *same, * or, *and, *not ;
};

static const struct style branch = {"((%s) != 0)", "(%s == %s)", " || ", " && ", "!"};
static const struct style product = {"tg_any(%s)", "tg_same(%s, %s)", " | ", " & ", "1 ^ "};

static const char *any_of(struct emitter *e, const struct style *s, const char *what)
{
	return arena_printf(e->arena, s->any, what);
}

static const char *same_as(struct emitter *e, const struct style *s, const char *a, const char *b)
{
	return arena_printf(e->arena, s->same, a, b);
}

static const char *joined(struct emitter *e, const char *a, const char *with, const char *b)
{
	return a ? arena_printf(e->arena, "%s%s%s", a, with, b) : b;
}

static const char *negated(struct emitter *e, const struct style *s, const char *what, bool really)
{
	return really ? arena_printf(e->arena, "(%s(%s))", s->not, what)
		      : arena_printf(e->arena, "(%s)", what);
}

/* ---- what holds ---------------------------------------------------------------------------- */

static const char *listed(struct emitter *e, const struct style *s, const char *what,
			  const uint32_t *values, size_t count)
{
	const char *out = NULL;

	for (size_t i = 0; i < count; i++)
		out = joined(e, out, s->or,
			     same_as(e, s, what, arena_printf(e->arena, "%uu", values[i])));
	return out;
}

static const char *pids_hold(struct emitter *e, const struct style *s, const struct ir_pids *p)
{
	if (p->follow_forks) /* only those that have a number of their own; the rest is a fact */
		return any_of(e, s, "own");
	return negated(e, s,
		       listed(e, s, p->in_namespace ? "own" : "id", (const uint32_t *)p->values,
			      p->value_count),
		       p->negated);
}

const char *emit_inode(struct emitter *e, enum ir_namespace kind)
{
	return arena_printf(e->arena, "tg_inode_%s(typed, task)", namespace_names[kind]);
}

const char *emit_host_inode(struct emitter *e, enum ir_namespace kind)
{
	return arena_printf(e->arena, "tg_fresh(tg_host_inodes[%d])", (int)kind);
}

static const char *namespaces_hold(struct emitter *e, const struct style *s,
				   const struct ir_namespaces *n)
{
	const char *out = listed(e, s, "inode", n->values, n->value_count);

	if (n->host)
		out = joined(e, out, s->or, same_as(e, s, "inode", emit_host_inode(e, n->kind)));
	return arena_printf(e->arena, "({ __u32 inode = %s; %s; })", emit_inode(e, n->kind),
			    negated(e, s, out, n->negated));
}

static const char *capabilities_hold(struct emitter *e, const struct style *s,
				     const struct ir_capabilities *c)
{
	const char *set = arena_printf(e->arena, "tg_capability_set(typed, task, %s) & " MASK,
				       capability_names[c->set], c->mask);
	const char *out = negated(e, s, any_of(e, s, set), c->negated), *other;

	if (!c->other_user_namespace)
		return out;
	other = negated(e, s, same_as(e, s, emit_inode(e, NS_USER), emit_host_inode(e, NS_USER)),
			true);
	return joined(e, other, s->and, out);
}

static const char *holds(struct emitter *e, const struct style *s, const struct plan_condition *c)
{
	switch (c->kind) {
	case CONDITION_PIDS:
		return pids_hold(e, s, c->pids);
	case CONDITION_CAPABILITIES:
		return capabilities_hold(e, s, c->capabilities);
	default:
		return namespaces_hold(e, s, c->namespaces);
	}
}

/* ---- the tests ------------------------------------------------------------------------------- */

static bool about_task(const struct plan_condition *c)
{
	return c->kind == CONDITION_CAPABILITIES || c->kind == CONDITION_NAMESPACES;
}

/* Here `live` may become empty; the caller looks. */
static void emit_condition(struct emitter *e, const struct plan_hook *h,
			   const struct plan_condition *c)
{
	emit_line(e, c->at);
	if (c->selectors == plan_all(h))
		fprintf(e->out, "\tif (!(%s))\n\t\treturn 0;\n", holds(e, &branch, c));
	else
		fprintf(e->out, "\ttg_require(live, " MASK ", (%s));\n", c->selectors,
			holds(e, &product, c));
}

static bool any_condition(const struct plan_hook *h, bool task)
{
	for (uint32_t i = 0; i < h->condition_count; i++)
		if (task ? about_task(&h->conditions[i]) : h->conditions[i].kind == CONDITION_PIDS)
			return true;
	return false;
}

void emit_task_functions(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (!any_condition(h, true))
		return;
	fprintf(e->out,
		"static __inline __u64 h%u_task(const bool typed, const void *task, __u64 "
		"live)\n{\n",
		hook);
	for (uint32_t i = 0; i < h->condition_count; i++)
		if (about_task(&h->conditions[i]))
			emit_condition(e, h, &h->conditions[i]);
	fprintf(e->out, "\treturn live;\n}\n\n");
}

static bool own_number(const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->condition_count; i++)
		if (h->conditions[i].kind == CONDITION_PIDS && h->conditions[i].pids->in_namespace)
			return true;
	return false;
}

void emit_task_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (any_condition(h, false)) {
		fprintf(e->out, "\t{\n\t__u32 id = bpf_get_current_pid_tgid() >> 32, own = %s;\n\n",
			own_number(h) ? "tg_own_number()" : "0");
		for (uint32_t i = 0; i < h->condition_count; i++)
			if (h->conditions[i].kind == CONDITION_PIDS)
				emit_condition(e, h, &h->conditions[i]);
		fprintf(e->out, "\tif (!live)\n\t\treturn 0;\n\t}\n");
	}
	if (any_condition(h, true))
		fprintf(e->out,
			"\tlive = tg_with_task(h%u_task, live);\n\tif (!live)\n\t\treturn 0;\n",
			hook);
}

/* ---- for all hooks ----------------------------------------------------------------------------
 */

static bool asks_host(const struct plan_condition *c)
{
	switch (c->kind) {
	case CONDITION_CAPABILITIES:
	case CONDITION_CAPABILITY_CHANGES:
		return c->capabilities->other_user_namespace;
	case CONDITION_NAMESPACES:
		return c->namespaces->host;
	default:
		return false;
	}
}

bool emit_asks_host(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->hook_count; i++)
		for (uint32_t j = 0; j < plan->hooks[i].condition_count; j++)
			if (asks_host(&plan->hooks[i].conditions[j]))
				return true;
	return false;
}

void emit_task_header(struct emitter *e)
{
	bool any = false;

	for (uint32_t i = 0; i < e->plan->hook_count; i++)
		any |= any_condition(&e->plan->hooks[i], true);
	if (emit_asks_host(e->plan))
		fprintf(e->out, "#define TG_WANTS_HOST\n");
	if (e->plan->record_count)
		fprintf(e->out, "#define TG_RECORDS %u\n#include \"changes.bpf.c\"\n",
			e->plan->record_count);
	else if (any)
		fprintf(e->out, "#include \"tg_task.h\"\n");
}
