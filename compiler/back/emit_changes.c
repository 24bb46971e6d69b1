// SPDX-License-Identifier: Apache-2.0
/* Conditions on what has changed since a process was recorded, and the renewal of its records. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

static bool about_changes(const struct plan_condition *c)
{
	return c->kind == CONDITION_NAMESPACE_CHANGES || c->kind == CONDITION_CAPABILITY_CHANGES;
}

/* What these selectors ask of a record; kind CONDITION_FACT: of any. */
static uint64_t asked(const struct plan_hook *h, uint32_t record, enum plan_condition_kind kind)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < h->condition_count; i++) {
		const struct plan_condition *c = &h->conditions[i];

		if (about_changes(c) && c->record == record &&
		    (kind == CONDITION_FACT || c->kind == kind))
			all |= c->selectors;
	}
	return all;
}

bool emit_renews(const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->condition_count; i++)
		if (about_changes(&h->conditions[i]))
			return true;
	return false;
}

/* 0 or 1: has a kind changed that is listed, or not listed? One that was 0 does not count. */
static void emit_namespace_changes(struct emitter *e, const struct ir_namespace_changes *n)
{
	uint32_t kinds = n->negated ? ~n->kinds : n->kinds;

	fprintf(e->out, "\t\t\t\t__u64 some = 0;\n\n");
	for (uint32_t kind = 0; kind < NS_COUNT; kind++)
		if (kinds >> kind & 1)
			fprintf(e->out,
				"\t\t\t\tsome |= tg_any(r->inodes[%u]) & tg_any(r->inodes[%u] ^ "
				"%s);\n",
				kind, kind, emit_inode(e, (enum ir_namespace)kind));
}

static void emit_capability_changes(struct emitter *e, const struct ir_capabilities *c)
{
	fprintf(e->out,
		"\t\t\t\t__u64 changed = r->capabilities[%u] ^ tg_capability_set(typed, task, "
		"%s);\n\t\t\t\t__u64 some = ",
		(uint32_t)c->set, emit_capability_name(c->set));
	if (c->negated)
		fprintf(e->out, "(tg_any(changed & " MASK ") ^ 1) & tg_any(changed);\n\n", c->mask);
	else
		fprintf(e->out, "tg_any(changed & " MASK ");\n\n", c->mask);
	if (c->other_user_namespace)
		fprintf(e->out, "\t\t\t\tsome &= tg_any(%s ^ %s);\n", emit_inode(e, NS_USER),
			emit_host_inode(e, NS_USER));
}

static void emit_change(struct emitter *e, const struct plan_condition *c)
{
	fprintf(e->out, "\t\t\t{\n");
	if (c->kind == CONDITION_NAMESPACE_CHANGES)
		emit_namespace_changes(e, c->changes);
	else
		emit_capability_changes(e, c->capabilities);
	fprintf(e->out, "\t\t\t\ttg_require(live, " MASK ", some);\n\t\t\t}\n", c->selectors);
}

void emit_change_functions(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (!emit_renews(h))
		return;
	fprintf(e->out,
		"static __inline __u64 h%u_changes(const bool typed, const void *task, __u64 "
		"live)\n{\n",
		hook);
	for (uint32_t record = 0; record < e->plan->record_count; record++) {
		uint64_t all = asked(h, record, CONDITION_FACT);

		if (!all)
			continue;
		fprintf(e->out,
			"\tif (live & " MASK ") {\n"
			"\t\tconst struct tg_recorded *r = tg_recorded_of(%u);\n\n\t\tif (r) {\n",
			all, record);
		for (uint32_t i = 0; i < h->condition_count; i++)
			if (about_changes(&h->conditions[i]) && h->conditions[i].record == record)
				emit_change(e, &h->conditions[i]);
		fprintf(e->out, "\t\t} else {\n\t\t\tlive &= ~" MASK ";\n\t\t}\n\t}\n", all);
	}
	fprintf(e->out, "\treturn live;\n}\n\n");
}

void emit_change_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	if (emit_renews(h))
		fprintf(e->out,
			"\tlive = tg_with_task(h%u_changes, live);\n\tif (!live)\n\t\treturn 0;\n",
			hook);
}

static void emit_renewal(struct emitter *e, uint64_t selectors, const char *what, uint32_t record)
{
	if (selectors)
		fprintf(e->out,
			"\t\tif (matched & " MASK ")\n\t\t\ttg_with_task(tg_renew_%s, %u);\n",
			selectors, what, record);
}

/* Where the event has been sent. */
void emit_renewals(struct emitter *e, const struct plan_hook *h)
{
	if (!emit_renews(h))
		return;
	fprintf(e->out, "\telse {\n");
	for (uint32_t i = 0; i < e->plan->record_count; i++) {
		emit_renewal(e, asked(h, i, CONDITION_NAMESPACE_CHANGES), "inodes", i);
		emit_renewal(e, asked(h, i, CONDITION_CAPABILITY_CHANGES), "capabilities", i);
	}
	fprintf(e->out, "\t}\n");
}
