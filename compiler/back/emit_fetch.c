// SPDX-License-Identifier: Apache-2.0
/* Arguments that lie behind a path or a pointer, structs, and what one half hands to the other. */
#include <string.h>
#include "compiler/base/arena.h"
#include "emit.h"

/* ---- walks ------------------------------------------------------------------------------------
 */

/* A member's type, as far as the loader compares it with the kernel's. */
static void emit_member(struct emitter *e, const struct tir_step *step, const char *name)
{
	switch (step->kind) {
	case KSHAPE_PTR:
		fprintf(e->out, "const void *%s", name);
		break;
	case KSHAPE_ENUM:
		fprintf(e->out, "enum { TG_%s_%s } %s", step->record, name, name);
		break;
	case KSHAPE_STRUCT:
	case KSHAPE_UNION:
	case KSHAPE_FWD:
		fprintf(e->out, "struct {\n\t\tchar byte;\n\t} %s", name);
		break;
	default:
		fprintf(e->out, "__u64 %s", name);
	}
	for (uint8_t i = 0; i < step->dimensions; i++)
		fprintf(e->out, "[1]");
}

/* The struct of a step under a name of its own: `mm___h0w1s2`. */
static void emit_step_type(struct emitter *e, const struct tir_step *step, const char *flavor)
{
	fprintf(e->out, "%s %s___%s {\n\t", step->in_union ? "union" : "struct", step->record,
		flavor);
	emit_member(e, step, step->member);
	fprintf(e->out, ";\n} TG_RELOCATED;\n\n");
}

static void emit_step(struct emitter *e, const struct tir_step *step, const char *flavor,
		      uint32_t n)
{
	if (step->record)
		fprintf(e->out, "\ta += tg_offset(%s %s___%s, %s);\n",
			step->in_union ? "union" : "struct", step->record, flavor, step->member);
	else if (step->offset)
		fprintf(e->out, "\ta += %u;\n", step->offset);
	if (step->load)
		fprintf(e->out,
			"\tif (bpf_probe_read_kernel(&a, sizeof(a), (const void *)a))\n"
			"\t\treturn %u;\n",
			n + 1);
}

/* Numbers are loaded from where the walk ends; of everything else the address counts. */
static void emit_walk_end(struct emitter *e, const struct tir_arg *arg)
{
	if (arg->type->class == CLASS_CAPS)
		fprintf(e->out, "\treturn tg_read_caps(v, a) ? TG_SLOT_FAULT : 0;\n}\n\n");
	else if (!arg->is_pointer)
		fprintf(e->out,
			"\t*v = 0;\n"
			"\treturn bpf_probe_read_kernel(v, %u, (const void *)a) ? TG_SLOT_FAULT : "
			"0;\n}\n\n",
			arg->bits / 8);
	else
		fprintf(e->out, "\t*v = a;\n\treturn 0;\n}\n\n");
}

static void emit_walk(struct emitter *e, const struct tir_arg *arg, const char *name)
{
	const char **flavors = arena_array(e->arena, arg->step_count + 1, sizeof(*flavors));

	for (size_t i = 0; i < arg->step_count; i++) {
		flavors[i] = arena_printf(e->arena, "%ss%zu", name, i);
		if (arg->steps[i].record)
			emit_step_type(e, &arg->steps[i], flavors[i]);
	}
	emit_line(e, arg->ir->at);
	fprintf(e->out,
		"static __subprogram __u32 %s(__u64 *v, __u64 a)\n{\n\tif (!a)\n\t\treturn %s;\n",
		name, arg->step_count ? "1" : "TG_SLOT_FAULT");
	for (size_t i = 0; i < arg->step_count; i++)
		emit_step(e, &arg->steps[i], flavors[i], (uint32_t)i);
	emit_walk_end(e, arg);
}

void emit_walks(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_fetched(&h->slots[i]) && plan_is_used(&h->slots[i]))
			emit_walk(e, h->slots[i].arg, arena_printf(e->arena, "h%u_w%u", hook, i));
}

/* ---- the cheap half ---------------------------------------------------------------------------
 */

void emit_fetch_variables(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_fetched(&h->slots[i]) && plan_is_used(&h->slots[i]))
			fprintf(e->out, "\t__u64 v%u = 0;\n\t__u32 f%u = TG_SLOT_UNREAD;\n", i, i);
		else if (plan_is_socket(&h->slots[i]) && plan_is_used(&h->slots[i]))
			fprintf(e->out, "\t__u32 f%u = TG_SLOT_UNREAD;\n", i);
}

static void emit_fetch(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t slot,
		       enum tg_attach attach)
{
	fprintf(e->out, "f%u = h%u_w%u(&v%u, (__u64)", slot, hook, slot, slot);
	emit_slot_value(e, h, slot, attach);
	fprintf(e->out, ");\n");
}

/* Is it there before the tail of the program? Filters on texts come later. */
static bool fetched_early(const struct plan_slot *s)
{
	return s->filtered && (plan_is_number(s) || plan_is_socket(s));
}

void emit_fetches(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		  enum tg_attach attach, bool filtered)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct plan_slot *s = &h->slots[i];

		if (!plan_is_fetched(s) || !plan_is_used(s) || fetched_early(s) != filtered)
			continue;
		if (filtered && s->filtered != plan_all(h))
			fprintf(e->out, "\tif (live & " MASK ")\n\t", s->filtered);
		fprintf(e->out, "\t");
		emit_fetch(e, h, hook, i, attach);
	}
}

void emit_fetched_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			enum tg_attach attach)
{
	bool any = false;

	emit_fetches(e, h, hook, attach, true);
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (p->args || !plan_is_number(&h->slots[p->slot]) ||
		    !plan_is_fetched(&h->slots[p->slot]))
			continue;
		any |= p->selectors != plan_all(h);
		fprintf(e->out, "\tif (f%u || !h%u_p%u(v%u))\n", p->slot, hook, i, p->slot);
		emit_clear(e, h, p->selectors, "\t");
	}
	if (any)
		fprintf(e->out, "\tif (!live)\n\t\treturn 0;\n");
	/* one that is shown but was passed over: its selectors are out */
	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct plan_slot *s = &h->slots[i];

		if (!plan_is_fetched(s) || !fetched_early(s) || s->filtered == plan_all(h))
			continue;
		if (!(s->shown & ~s->filtered))
			continue;
		fprintf(e->out, "\tif (f%u == TG_SLOT_UNREAD)\n\t\t", i);
		emit_fetch(e, h, hook, i, attach);
	}
}

/* ---- the text half ----------------------------------------------------------------------------
 */

void emit_call_members(struct emitter *e, const struct plan_hook *h)
{
	bool record = false;

	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct plan_slot *s = &h->slots[i];

		record |= emit_in_record(s->arg);
		if (emit_has_size(s->arg))
			fprintf(e->out, "\t__u64 b%u;\n", i);
		if (plan_is_used(s) && (plan_is_fetched(s) || plan_is_socket(s)))
			fprintf(e->out, "\t__u32 f%u;\n", i);
	}
	if (record)
		fprintf(e->out, "\tconst void *ctx;\n");
}

/* Where in its record a text or an array lies, and how long it is. */
static void emit_locator(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach)
{
	static const char relative[] = "__rel_loc_";

	if (arg->type->id == TYPE_DATA_LOC) {
		emit_argument(e, arg, attach);
		if (arg->field && !strncmp(arg->field, relative, strlen(relative)))
			fprintf(e->out, " + tg_offset(struct %s, %s) + 4", arg->record, arg->field);
	} else if (arg->record) {
		fprintf(e->out, "(%uu << 16 | tg_offset(struct %s, %s))", arg->bits / 8,
			arg->record, arg->field);
	} else {
		fprintf(e->out, "(%uu << 16 | %u)", arg->bits / 8, arg->offset);
	}
}

/* A buffer that the call has filled is as long as it says. */
static void emit_slot_size(struct emitter *e, const struct plan_hook *h, const struct tir_arg *arg,
			   enum tg_attach attach)
{
	if (!h->at_return || !arg->ir->return_copy) {
		emit_size(e, arg, attach);
		return;
	}
	fprintf(e->out, "tg_size((__s64)(__s32)");
	emit_result(e, h, attach);
	fprintf(e->out, ")");
}

void emit_hand_over(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		    enum tg_attach attach)
{
	const struct plan_slot *s = &h->slots[slot];

	if (!plan_is_used(s))
		return;
	if (plan_is_fetched(s) || plan_is_socket(s))
		fprintf(e->out, "\tc.f%u = f%u;\n", slot, slot);
	if (plan_is_socket(s))
		return;
	if (emit_has_size(s->arg)) {
		fprintf(e->out, "\tc.b%u = ", slot);
		emit_slot_size(e, h, s->arg, attach);
		fprintf(e->out, ";\n");
	}
	if (emit_in_record(s->arg))
		fprintf(e->out, "\tc.ctx = ctx;\n");
	fprintf(e->out, "\tc.a[%u] = (__u64)", slot);
	if (emit_in_record(s->arg))
		emit_locator(e, s->arg, attach);
	else
		emit_number_value(e, h, slot, attach);
	fprintf(e->out, ";\n");
}

/* ---- structs ----------------------------------------------------------------------------------
 */

static const char *struct_reader(enum type_id type)
{
	static const char *const readers[TYPE_COUNT] = {
		[TYPE_CRED] = "cred",		[TYPE_USER_NAMESPACE] = "user_ns",
		[TYPE_BPF_ATTR] = "bpf_attr",	[TYPE_BPF_PROG] = "bpf_prog",
		[TYPE_BPF_MAP] = "bpf_map",	[TYPE_PERF_EVENT] = "perf_event",
		[TYPE_LOAD_INFO] = "load_info", [TYPE_MODULE] = "module",
	};

	return readers[type];
}

void emit_struct_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	const struct plan_slot *s = &h->slots[slot];
	enum type_id type = s->arg->type->id;

	if (plan_is_socket(s)) {
		fprintf(e->out, "tg_put_%s(s, &slot[%u], &c->n%u, c->f%u);\n",
			type == TYPE_SKB ? "packet" : "socket", slot, slot, slot);
		return;
	}
	fprintf(e->out, "tg_put_%s(s, &slot[%u], ", struct_reader(type), slot);
	if (plan_is_fetched(s))
		fprintf(e->out, "c->f%u ? 0 : ", slot);
	fprintf(e->out, "c->a[%u]", slot);
	if (type == TYPE_BPF_ATTR)
		fprintf(e->out, ", %d", s->arg->from_user);
	fprintf(e->out, ");\n");
}

/* ---- what a unit includes ---------------------------------------------------------------------
 */

static bool is_plain(const struct plan_slot *s)
{
	switch (s->arg->type->id) {
	case TYPE_STRING:
	case TYPE_FILENAME:
	case TYPE_FILE:
	case TYPE_PATH:
		return !s->arg->step_count;
	case TYPE_SYSCALL64:
		return false;
	default:
		return plan_is_number(s) && !plan_is_fetched(s) && s->arg->source != ARG_TASK;
	}
}

bool emit_needs_args(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->hook_count; i++)
		for (uint32_t j = 0; j < plan->hooks[i].slot_count; j++)
			if (!is_plain(&plan->hooks[i].slots[j]))
				return true;
	return false;
}
