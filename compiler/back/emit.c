// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": the plan to BPF C. One program a hook and variant; docs/architecture.md shows one.
 */
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "unit.h"
#include "bpf-templates/tg_event.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void emit_line(struct emitter *e, struct span at)
{
	const struct source *f = sources_get(e->sources, at.file);

	fprintf(e->out, "#line %u \"", source_place(f, at.start).line);
	for (const char *p = base_name(f->name); *p; p++)
		if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ')
			fputc('_', e->out);
		else
			fputc(*p, e->out);
	fprintf(e->out, "\"\n");
}

const char *unit_program_name(struct arena *a, uint32_t hook, uint32_t attach)
{
	static const char *const words[] = {
		[TG_ATTACH_FENTRY] = "fentry",
		[TG_ATTACH_FMOD_RET] = "fmod_ret",
		[TG_ATTACH_LSM] = "lsm",
		[TG_ATTACH_KPROBE] = "kprobe",
		[TG_ATTACH_KPROBE_OVERRIDE] = "kprobe_override",
		[TG_ATTACH_TRACEPOINT] = "tracepoint",
		[TG_ATTACH_TP_BTF] = "tp_btf",
		[TG_ATTACH_FEXIT] = "fexit",
		[TG_ATTACH_KRETPROBE] = "kretprobe",
		[TG_ATTACH_KPROBE_MULTI] = "kprobe",
		[TG_ATTACH_KRETPROBE_MULTI] = "kretprobe",
		[TG_ATTACH_UPROBE] = "uprobe",
		[TG_ATTACH_URETPROBE] = "uretprobe",
		[TG_ATTACH_UPROBE_REGISTERS] = "uprobe",
		[TG_ATTACH_UPROBE_MEMORY] = "uprobe",
		[TG_ATTACH_LSM_SLEEPABLE] = "hash",
	};

	return arena_printf(a, "h%u_%s", hook, words[attach]);
}

/* Two slots may read one field as different types. */
static bool field_seen(const struct plan_hook *first, uint32_t part, uint32_t slot)
{
	uint32_t position = first[part].slots[slot].arg->ir->position;

	for (uint32_t i = 0; i <= part; i++)
		for (uint32_t j = 0; j < (i < part ? first[i].slot_count : slot); j++)
			if (first[i].slots[j].arg->ir->position == position)
				return true;
	return false;
}

static void emit_field(struct emitter *e, const struct tir_arg *arg)
{
	if (arg->type->id == TYPE_CONST_BUF)
		fprintf(e->out, "\tunsigned char %s[1];\n", arg->field);
	else if (arg->type->id == TYPE_DATA_LOC)
		fprintf(e->out, "\t__u32 %s;\n", arg->field);
	else if (arg->is_pointer)
		fprintf(e->out, "\tconst void *%s;\n", arg->field);
	else if (arg->is_enum)
		fprintf(e->out, "\tenum { TG_ENUM_%s } %s;\n", arg->field, arg->field);
	else
		fprintf(e->out, "\t%s %s;\n", emit_int_type(arg->bits, arg->is_signed), arg->field);
}

static void emit_tracepoint_type(struct emitter *e, const struct plan_hook *first)
{
	const char *record = NULL;

	for (uint32_t part = 0; part < first->parts; part++)
		for (uint32_t i = 0; i < first[part].slot_count; i++) {
			const struct tir_arg *arg = first[part].slots[i].arg;

			if (!arg->record || field_seen(first, part, i))
				continue;
			if (!record)
				fprintf(e->out, "struct %s {\n", record = arg->record);
			emit_field(e, arg);
		}
	if (record)
		fprintf(e->out, "} TG_RELOCATED;\n\n");
}

void emit_section(struct emitter *e, const struct plan_hook *h, enum tg_attach attach)
{
	static const char *const words[] = {
		[TG_ATTACH_TP_BTF] = "tp_btf",
		[TG_ATTACH_FENTRY] = "fentry",
		[TG_ATTACH_FEXIT] = "fexit",
		[TG_ATTACH_FMOD_RET] = "fmod_ret",
		[TG_ATTACH_LSM] = "lsm",
		[TG_ATTACH_LSM_SLEEPABLE] = "lsm.s",
		[TG_ATTACH_KPROBE] = "kprobe",
		[TG_ATTACH_KPROBE_OVERRIDE] = "kprobe",
		[TG_ATTACH_KRETPROBE] = "kretprobe",
	};

	if (emit_shared(h))
		fprintf(e->out, "SEC(\"%s.multi\")\n", h->at_return ? "kretprobe" : "kprobe");
	else if (emit_is_user(attach) || attach == TG_ATTACH_URETPROBE)
		fprintf(e->out, "SEC(\"%s\")\n", h->at_return ? "uretprobe" : "uprobe");
	else if (attach == TG_ATTACH_TRACEPOINT)
		fprintf(e->out, "SEC(\"tracepoint/%s/%s\")\n", h->subsystem, h->symbol);
	else
		fprintf(e->out, "SEC(\"%s/%s\")\n", words[attach],
			attach == TG_ATTACH_LSM ? plan_lsm_name(h) : h->symbol);
}

/* The verifier wants to see that the result is an error or 0, where it counts. */
void emit_bounded_return(struct emitter *e, int highest)
{
	fprintf(e->out,
		"\ttg_opaque(ret);\n\tif (ret < -4095 || ret > %d)\n\t\tret = -1;\n"
		"\treturn ret;\n}\n\n",
		highest);
}

/* LSM programs return errors only, and where one is a variant no value is above 0. */
static int highest_result(const struct plan_hook *first)
{
	int highest = 0;

	for (uint32_t part = 0; part < first->parts; part++)
		for (uint32_t i = 0; i < first[part].action_count; i++) {
			const struct plan_action *a = &first[part].actions[i];

			if (a->action == TG_ACTION_OVERRIDE && a->value > highest)
				highest = a->value;
		}
	return highest;
}

/* Does an entry go on in this part? */
static bool goes_on(const struct plan_hook *first, uint32_t part)
{
	return part && first[part - 1].unfinished;
}

/*
 * `taken` is not 0 when a selector of the entry that goes on in the next part has won: the others
 * do not count then.
 */
static void emit_part(struct emitter *e, const struct plan_hook *first, uint32_t part,
		      const char *name)
{
	const struct plan_hook *h = &first[part];

	if (goes_on(first, part))
		fprintf(e->out, "\tif (taken)\n\t\tlive%u &= ~" MASK ";\n", part,
			emit_view_mask(&h->views[0]));
	if (h->unfinished && (!goes_on(first, part) || h->view_count > 1))
		fprintf(e->out, "\ttaken = 0;\n");
	fprintf(e->out,
		"\tif (live%u) {\n\t\tr = %s_run(ctx, live%u%s);\n"
		"\t\tif (!ret)\n\t\t\tret = r;\n\t}\n",
		part, name, part, h->unfinished ? ", &taken" : "");
}

static bool any_goes_on(const struct plan_hook *first)
{
	for (uint32_t i = 1; i < first->parts; i++)
		if (goes_on(first, i))
			return true;
	return false;
}

/* All parts in turn, each with the selectors that the indexes leave of it; the first error counts.
 */
static void emit_parts(struct emitter *e, const struct plan_hook *first, uint32_t hook,
		       enum tg_attach attach)
{
	for (uint32_t i = 0; i < first->parts; i++)
		fprintf(e->out, "\t__u64 live%u = " MASK ";\n", i,
			plan_all(&first[i]) & ~first[i].never);
	if (first->index_count)
		fprintf(e->out, "\tconst __u64 *row;\n");
	if (any_goes_on(first))
		fprintf(e->out, "\t__u64 taken;\n");
	fprintf(e->out, first->parts > 1 ? "\tint ret = 0, r;\n\n" : "\tint ret;\n\n");
	for (uint32_t i = 0; i < first->parts; i++)
		if (first[i].held)
			fprintf(e->out, "\ttg_call_forget(&tg_calls, %u);\n", hook + i);
	emit_lookups(e, first, hook, attach);
	for (uint32_t i = 0; i < first->parts; i++) {
		const char *name = unit_program_name(e->arena, hook + i, attach);

		if (!first[i].view_count)
			fprintf(e->out, "\tret = 0;\n");
		else if (first->parts == 1)
			fprintf(e->out, "\tret = %s_run(ctx, live0);\n", name);
		else
			emit_part(e, first, i, name);
	}
}

/* The notifications that are pending come after the program's own decision. */
static void emit_enforcers(struct emitter *e, const struct plan_hook *first)
{
	for (uint32_t part = 0; part < first->parts; part++)
		for (uint32_t i = 0; i < first[part].enforcer_count; i++)
			fprintf(e->out, "\tret = tg_enforce(&tg_pending, %u, ret);\n",
				first[part].enforcers[i]);
}

static void emit_program(struct emitter *e, const struct plan_hook *first, uint32_t hook,
			 enum tg_attach attach)
{
	for (uint32_t i = 0; i < first->parts && first[i].view_count; i++) {
		emit_decision(e, &first[i], hook + i, attach);
		emit_result_tracks(e, &first[i], unit_program_name(e->arena, hook + i, attach),
				   attach);
	}
	emit_line(e, first->at);
	emit_section(e, first, attach);
	/* A system call's result has 64 bits, and an error must fill them all. */
	fprintf(e->out, "%s %s(__u64 *ctx)\n{\n",
		first->syscall && attach == TG_ATTACH_FMOD_RET ? "__s64" : "int",
		unit_program_name(e->arena, hook, attach));
	if (first->at_return) {
		emit_return_body(e, first, hook, attach);
		return;
	}
	emit_parts(e, first, hook, attach);
	emit_enforcers(e, first);
	emit_hand_over_error(e, first, hook);
	if (attach == TG_ATTACH_KPROBE_OVERRIDE)
		fprintf(e->out,
			"\tif (ret)\n\t\tbpf_override_return(ctx, ret);\n\treturn 0;\n}\n\n");
	else if (attach == TG_ATTACH_UPROBE_REGISTERS)
		emit_register_changes(e, first);
	else if (first->overrides)
		emit_bounded_return(e, highest_result(first));
	else
		fprintf(e->out, "\t(void)ret;\n\treturn 0;\n}\n\n");
}

void emit_hook(struct emitter *e, uint32_t hook)
{
	const struct plan_hook *first = &e->plan->hooks[hook];

	emit_tracepoint_type(e, first);
	if (first->at_return && first->kind == TG_HOOK_LSM) {
		emit_hash_program(e, first, hook);
		return;
	}
	for (uint32_t i = 0; i < first->parts; i++) {
		emit_walks(e, &first[i], hook + i);
		emit_predicates(e, &first[i], hook + i);
		emit_task_functions(e, &first[i], hook + i);
		emit_change_functions(e, &first[i], hook + i);
		if (first[i].held && !first[i].at_return)
			emit_keep(e, &first[i], hook + i);
		if (first[i].view_count && emit_has_texts(&first[i]))
			emit_finish(e, &first[i], hook + i);
	}
	emit_indexes(e, first, hook);
	/* One program does for one function and for many at once. */
	for (uint32_t i = emit_shared(first) ? 1 : 0; i < first->variant_count; i++)
		emit_program(e, first, hook, first->variants[i]);
}
