// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": the plan to BPF C. One program a hook and variant; docs/architecture.md shows one.
 */
#include <inttypes.h>
#include <stdlib.h>
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
		[TG_ATTACH_TRACEPOINT] = "tracepoint",
	};

	return arena_printf(a, "h%u_%s", hook, words[attach]);
}

/* Two slots may read one field as different types. */
static bool field_seen(const struct plan_hook *h, uint32_t slot)
{
	for (uint32_t i = 0; i < slot; i++)
		if (h->slots[i].arg->ir->position == h->slots[slot].arg->ir->position)
			return true;
	return false;
}

static void emit_tracepoemit_int_type(struct emitter *e, const struct plan_hook *h)
{
	const char *record = NULL;

	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct tir_arg *arg = h->slots[i].arg;

		if (!arg->record || field_seen(h, i))
			continue;
		if (!record)
			fprintf(e->out, "struct %s {\n", record = arg->record);
		if (arg->is_pointer)
			fprintf(e->out, "\tconst void *%s;\n", arg->field);
		else if (arg->is_enum)
			fprintf(e->out, "\tenum { TG_ENUM_%s } %s;\n", arg->field, arg->field);
		else
			fprintf(e->out, "\t%s %s;\n", emit_int_type(arg->bits, arg->is_signed),
				arg->field);
	}
	if (record)
		fprintf(e->out, "} TG_RELOCATED;\n\n");
}

static void emit_section(struct emitter *e, const struct plan_hook *h, enum tg_attach attach)
{
	switch (attach) {
	case TG_ATTACH_TRACEPOINT:
		fprintf(e->out, "SEC(\"tracepoint/%s/%s\")\n", h->subsystem, h->symbol);
		break;
	case TG_ATTACH_FENTRY:
		fprintf(e->out, "SEC(\"fentry/%s\")\n", h->symbol);
		break;
	case TG_ATTACH_FMOD_RET:
		fprintf(e->out, "SEC(\"fmod_ret/%s\")\n", h->symbol);
		break;
	case TG_ATTACH_LSM:
		fprintf(e->out, "SEC(\"lsm/%s\")\n", plan_lsm_name(h));
		break;
	default:
		fprintf(e->out, "SEC(\"kprobe/%s\")\n", h->symbol);
	}
}

/* LSM programs return errors only, and where one is a variant no value is above 0. */
static int highest_result(const struct plan_hook *h)
{
	int highest = 0;

	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_OVERRIDE && h->actions[i].value > highest)
			highest = h->actions[i].value;
	return highest;
}

static void emit_program(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			 enum tg_attach attach)
{
	const char *name = unit_program_name(e->arena, hook, attach);

	emit_decision(e, h, hook, attach);
	emit_line(e, h->at);
	emit_section(e, h, attach);
	fprintf(e->out, "int %s(__u64 *ctx)\n{\n\tint ret = %s_run(ctx);\n\n", name, name);
	/* The verifier wants to see that the result is an error or 0, where it counts. */
	if (h->overrides)
		fprintf(e->out,
			"\ttg_opaque(ret);\n\tif (ret < -4095 || ret > %d)\n\t\tret = -1;\n"
			"\treturn ret;\n}\n\n",
			highest_result(h));
	else
		fprintf(e->out, "\t(void)ret;\n\treturn 0;\n}\n\n");
}

/* A program may have 256 functions, the library's and those for binaries included. */
static const char *predicate_function(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->hook_count; i++)
		if (plan->hooks[i].predicate_count > 100)
			return "__inline";
	return "__subprogram";
}

struct unit emit(struct arena *a, const struct sources *s, const struct plan *plan,
		 uint32_t fingerprint)
{
	struct emitter e = {
		.arena = a, .sources = s, .plan = plan, .function = predicate_function(plan)};
	char *text = NULL;
	size_t size = 0;
	struct unit unit;

	e.out = open_memstream(&text, &size);
	fprintf(e.out,
		"#line 1 \"unit.c\"\n"
		"/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */\n"
		"/* Made by tgc " TGC_VERSION " from policies; see them, not this. */\n"
		"#define TG_BUNDLE 0x%08xu\n#define TG_POLICIES %zu\n",
		fingerprint, plan->tir->policy_count ? plan->tir->policy_count : 1);
	if (plan->fact_count)
		emit_fact_words_kept(&e);
	emit_task_header(&e);
	fprintf(e.out, "#include \"tg_hook.h\"\n\n");
	if (plan->fact_count)
		emit_facts(&e);
	for (uint32_t i = 0; i < plan->hook_count; i++) {
		const struct plan_hook *h = &plan->hooks[i];

		emit_tracepoemit_int_type(&e, h);
		emit_predicates(&e, h, i);
		emit_task_functions(&e, h, i);
		emit_change_functions(&e, h, i);
		if (emit_has_texts(h))
			emit_finish(&e, h, i);
		for (uint32_t j = 0; j < h->variant_count; j++)
			emit_program(&e, h, i, h->variants[j]);
	}
	fprintf(e.out, "#pragma clang attribute pop\n"); /* of tg_hook.h */
	fclose(e.out);
	unit.text = arena_strndup(a, text, size);
	unit.size = size;
	unit.needs_bits = emit_fact_words(plan) == 1;
	free(text);
	return unit;
}
