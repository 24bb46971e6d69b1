// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": the plan to BPF C. One program a hook and variant; docs/architecture.md shows one.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "emit.h"
#include "unit.h"
#include "bpf-templates/tg_event.h"

#define MASK "0x%" PRIx64 "ull"

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

/* ---- integers -------------------------------------------------------------------------- */

static const char *int_type(uint32_t bits, bool is_signed)
{
	static const char *const names[2][4] = {{"__u8", "__u16", "__u32", "__u64"},
						{"__s8", "__s16", "__s32", "__s64"}};
	int size = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;

	return names[is_signed][size];
}

/* Values have at least 32 bits, also where the argument has fewer: then they may never be met. */
static void emit_number(struct emitter *e, const struct type_info *t, uint64_t v)
{
	if (t->bits == 64)
		fprintf(e->out, "(%s)0x%" PRIx64 "ull", int_type(64, t->is_signed), v);
	else
		fprintf(e->out, "(%s)0x%" PRIx32 "u", int_type(32, t->is_signed), (uint32_t)v);
}

/* The kernel's own width first, then the one the policy compares. */
static void emit_int_predicate(struct emitter *e, uint32_t hook, uint32_t n,
			       const struct plan_predicate *p, const struct tir_arg *arg)
{
	const struct tir_filter *f = p->filter;
	const char *type = int_type(arg->type->bits, arg->type->is_signed);
	static const char *const compare[OP_COUNT] = {[OP_EQUAL] = "==",
						      [OP_NOT_EQUAL] = "==",
						      [OP_GT] = ">",
						      [OP_LT] = "<",
						      [OP_MASK] = "&"};

	emit_line(e, f->ir->at);
	fprintf(e->out, "static __inline bool h%u_p%u(__u64 a)\n{\n\t%s v = (%s)(%s)a;\n\n", hook,
		n, type, type, int_type(arg->bits, arg->is_signed));
	fprintf(e->out, "\treturn %s(", f->op == OP_NOT_EQUAL ? "!" : "");
	for (size_t i = 0; i < f->value_count; i++) {
		fprintf(e->out, "%s(v %s ", i ? " || " : "", compare[f->op]);
		emit_number(e, arg->type, f->values[i].number);
		fprintf(e->out, f->op == OP_MASK ? ") != 0" : ")");
	}
	fprintf(e->out, ");\n}\n\n");
}

static bool is_path(const struct plan_slot *s)
{
	return s->arg->type->class == CLASS_PATH;
}

/* Does the program get its arguments as typed pointers? */
static bool typed(enum tg_attach attach)
{
	return attach != TG_ATTACH_KPROBE && attach != TG_ATTACH_TRACEPOINT;
}

static bool shown_only(const struct plan_slot *s)
{
	return plan_is_text(s) && !s->filtered;
}

static void emit_predicates(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];
		const struct plan_slot *slot = &h->slots[p->slot];
		const struct tir_filter *f = p->filter;

		if (!plan_is_text(slot)) {
			emit_int_predicate(e, hook, i, p, slot->arg);
			continue;
		}
		emit_line(e, f->ir->at);
		emit_text_predicate(e, arena_printf(e->arena, "h%u_p%u", hook, i),
				    is_path(slot) ? TEXT_AT_END : TEXT_AT_START, f->op, f->values,
				    f->value_count);
		if (is_path(slot)) {
			emit_line(e, f->ir->at);
			emit_sketch_predicate(e, arena_printf(e->arena, "h%u_may%u", hook, i), f);
		}
	}
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* Registers by which x86-64 passes parameters: to a function, to a system call. */
static const char *const call_registers[] = {"di", "si", "dx", "cx", "r8", "r9"};
static const char *const syscall_registers[] = {"di", "si", "dx", "r10", "r8", "r9"};

static void emit_argument(struct emitter *e, const struct tir_arg *arg, enum tg_attach attach)
{
	uint32_t at = arg->ir->position;

	if (arg->source == ARG_FIELD && arg->record)
		fprintf(e->out, "(__u64)((struct %s *)ctx)->%s", arg->record, arg->field);
	else if (arg->source == ARG_FIELD)
		fprintf(e->out, "*(const %s *)((const char *)ctx + %u)",
			int_type(arg->bits, arg->is_signed), arg->offset);
	else if (arg->source == ARG_SYSCALL && attach == TG_ATTACH_KPROBE)
		fprintf(e->out, "tg_member(((struct pt_regs *)ctx)->di, struct pt_regs, %s)",
			syscall_registers[at]);
	else if (arg->source == ARG_SYSCALL)
		fprintf(e->out, "((const struct pt_regs *)ctx[0])->%s", syscall_registers[at]);
	else if (attach == TG_ATTACH_KPROBE)
		fprintf(e->out, "((struct pt_regs *)ctx)->%s", call_registers[at]);
	else
		fprintf(e->out, "ctx[%u]", at);
}

/* ---- the text half --------------------------------------------------------------------- */

/* The selectors that a sketch of this slot can rule out. */
static uint64_t sketched(const struct plan_hook *h, uint32_t slot)
{
	uint64_t mask = 0;

	if (!is_path(&h->slots[slot]))
		return 0;

	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot && sketch_useful(h->predicates[i].filter))
			mask |= h->predicates[i].selectors;
	return mask;
}

static void emit_read(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		      const char *indent)
{
	static const char *const readers[TYPE_COUNT] = {[TYPE_FILE] = "file",
							[TYPE_PATH] = "path",
							[TYPE_STRING] = "string",
							[TYPE_FILENAME] = "filename"};
	const struct tir_arg *arg = h->slots[slot].arg;
	const char *reader = readers[type_find(arg->type->name)];

	if (arg->type->class == CLASS_STRING && arg->from_user)
		reader = "user";
	if (sketched(h, slot))
		fprintf(e->out,
			"%sif (c->dentry%u)\n%s\ttg_read_known(s, c->dentry%u, c->root%u);\n"
			"%selse\n\t",
			indent, slot, indent, slot, slot, indent);
	fprintf(e->out, "%stg_read_%s(s, c->a[%u]);\n", indent, reader, slot);
}

/*
 * Reads a text that selectors filter on, and clears those it rules out. What is alive stays in
 * memory: known bits in a register would have the verifier follow every combination.
 */
static void emit_filtered_text(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			       uint32_t slot)
{
	const struct plan_slot *s = &h->slots[slot];

	fprintf(e->out, "\ttg_slot_unread(&slot[%u]);\n\tif (tg_fresh(s->live) & " MASK ") {\n",
		slot, s->filtered | s->shown);
	emit_read(e, h, slot, "\t\t");
	fprintf(e->out, "\t\tif (tg_fresh(s->read.status))\n\t\t\ts->live &= ~" MASK ";\n",
		s->filtered);
	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot)
			fprintf(e->out,
				"\t\tif ((tg_fresh(s->live) & " MASK ") && !h%u_p%u(s))\n"
				"\t\t\ts->live &= ~" MASK ";\n",
				h->predicates[i].selectors, hook, i, h->predicates[i].selectors);
	if (s->shown)
		fprintf(e->out,
			"\t\tif (tg_fresh(s->live) & " MASK ")\n"
			"\t\t\ttg_slot_text(s, &slot[%u]);\n",
			s->shown, slot);
	fprintf(e->out, "\t}\n\tif (!tg_fresh(s->live))\n"
			"\t\treturn tg_scratch_held(s, token) ? 0 : TG_AGAIN;\n");
}

static void emit_shown_text(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	fprintf(e->out, "\tif (matched & " MASK ") {\n", h->slots[slot].shown);
	emit_read(e, h, slot, "\t\t");
	fprintf(e->out,
		"\t\ttg_slot_text(s, &slot[%u]);\n\t} else {\n"
		"\t\ttg_slot_unread(&slot[%u]);\n\t}\n",
		slot, slot);
}

static uint64_t view_mask(const struct plan_view *v)
{
	uint64_t ones = v->selectors == 64 ? ~0ull : (1ull << v->selectors) - 1;

	return ones << v->first_selector;
}

static void emit_winners(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out,
			h->views[i].selectors == 1 ? "\twon |= live & " MASK ";\n"
						   : "\twon |= tg_first(live, " MASK ");\n",
			view_mask(&h->views[i]));
}

/* Signals and the return value; before anything is reported. The first Override counts. */
static void emit_actions(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == TG_ACTION_SIGNAL)
			fprintf(e->out, "\tif (won & " MASK ")\n\t\tbpf_send_signal(%d);\n",
				h->actions[i].selectors, h->actions[i].value);
	for (uint32_t i = h->action_count; i-- > 0;)
		if (h->actions[i].action == TG_ACTION_OVERRIDE)
			fprintf(e->out, "\tif (won & " MASK ")\n\t\tret = %d;\n",
				h->actions[i].selectors, h->actions[i].value);
}

/* `attach` 0: in the text half, where the arguments have been handed over. */
static void emit_int_slots(struct emitter *e, const struct plan_hook *h, const char *array,
			   enum tg_attach attach)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct tir_arg *arg = h->slots[i].arg;
		const struct type_info *t = arg->type;
		uint32_t bits = t->print == TG_ARG_SIZE ? 64 : t->bits;

		if (plan_is_text(&h->slots[i]))
			continue;
		if (!h->slots[i].shown) {
			fprintf(e->out, "\ttg_slot_unread(&%s[%u]);\n", array, i);
			continue;
		}
		fprintf(e->out, "\ttg_slot_int(&%s[%u], (__u64)%s(%s)(%s)", array, i,
			t->is_signed ? "(__s64)" : "", int_type(bits, t->is_signed),
			int_type(arg->bits, arg->is_signed));
		if (attach)
			emit_argument(e, arg, attach);
		else
			fprintf(e->out, "c->a[%u]", i);
		fprintf(e->out, ");\n");
	}
}

static void emit_losses(struct emitter *e, const struct plan_hook *h, const char *which,
			const char *indent)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out, "%sif (%s & " MASK ")\n%s\ttg_count_lost(%u);\n", indent, which,
			view_mask(&h->views[i]), indent, h->views[i].policy);
}

static void emit_once(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out,
		"static __inline int h%u_once(struct tg_scratch *s, const struct h%u_call *c)\n{\n"
		"\tstruct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));\n"
		"\t__u64 token = tg_scratch_hold(s), live, won = 0, matched;\n"
		"\tint ret = 0;\n\n"
		"\ts->live = c->live;\n"
		"\ts->end = sizeof(struct tg_hook) + %u * sizeof(struct tg_slot);\n",
		hook, hook, h->slot_count);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_text(&h->slots[i]) && h->slots[i].filtered)
			emit_filtered_text(e, h, hook, i);
	fprintf(e->out, "\tlive = tg_fresh(s->live);\n");
	emit_winners(e, h);
	fprintf(e->out, "\tif (!tg_scratch_held(s, token))\n\t\treturn TG_AGAIN;\n");
	emit_actions(e, h);
	fprintf(e->out, "\tmatched = won & " MASK ";\n\tif (!matched)\n\t\treturn ret;\n",
		h->posts);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (shown_only(&h->slots[i]))
			emit_shown_text(e, h, i);
	emit_int_slots(e, h, "slot", 0);
	fprintf(e->out,
		"\ttg_head_fill((struct tg_hook *)s->record, TG_BUNDLE, %u << 16 | %u, matched);\n"
		"\tif (!tg_scratch_held(s, token) || tg_emit_scratch(s)) {\n",
		hook, h->slot_count);
	emit_losses(e, h, "matched", "\t\t");
	fprintf(e->out, "\t}\n\treturn ret;\n}\n\n");
}

/* What the cheap half hands to the text half; on the stack, so pointers keep their types. */
static void emit_call_type(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out, "struct h%u_call {\n\t__u64 a[%u];\n\t__u64 live;\n", hook, h->slot_count);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (sketched(h, i))
			fprintf(e->out, "\tconst struct dentry *dentry%u, *root%u;\n", i, i);
	fprintf(e->out, "};\n\n");
}

static void emit_finish(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	emit_call_type(e, h, hook);
	emit_once(e, h, hook);
	fprintf(e->out,
		"static __subprogram int h%u_finish(const struct h%u_call *c)\n{\n"
		"\tstruct tg_scratch *s = tg_scratch_take();\n\tint ret = TG_AGAIN;\n\n"
		"#pragma clang loop unroll(disable)\n"
		"\tfor (int i = 0; i < TG_SCRATCH_TRIES && s && ret == TG_AGAIN; i++)\n"
		"\t\tret = h%u_once(s, c);\n"
		"\ttg_scratch_give();\n\tif (ret != TG_AGAIN)\n\t\treturn ret;\n",
		hook, hook, hook);
	emit_losses(e, h, "c->live", "\t");
	fprintf(e->out, "\treturn 0;\n}\n\n");
}

/* ---- the cheap half -------------------------------------------------------------------- */

static bool has_texts(const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_text(&h->slots[i]) && (h->slots[i].filtered || h->slots[i].shown))
			return true;
	return false;
}

static void emit_int_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			   enum tg_attach attach)
{
	bool any = false;

	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (plan_is_text(&h->slots[p->slot]))
			continue;
		any = true;
		fprintf(e->out, "\tif (!h%u_p%u(", hook, i);
		emit_argument(e, h->slots[p->slot].arg, attach);
		fprintf(e->out, "))\n\t\tlive &= ~" MASK ";\n", p->selectors);
	}
	if (any)
		fprintf(e->out, "\tif (!live)\n\t\treturn 0;\n");
}

static void emit_sketch_verdicts(struct emitter *e, const struct plan_hook *h, uint32_t hook,
				 uint32_t slot)
{
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (p->slot == slot && sketch_useful(p->filter))
			fprintf(e->out,
				"\t\t\tif ((live & " MASK ") && !h%u_may%u(&k))\n"
				"\t\t\t\tlive &= ~" MASK ";\n",
				p->selectors, hook, i, p->selectors);
	}
}

static bool is_file(const struct plan_hook *h, uint32_t slot)
{
	return h->slots[slot].arg->ir->type == TYPE_FILE;
}

/* The argument as a typed pointer `o`, and the path in what it points at. */
static void emit_object(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			enum tg_attach attach)
{
	const char *type = is_file(h, slot) ? "const struct file *" : "const struct path *";

	fprintf(e->out, "\t\t%so = (%s)", type, type);
	emit_argument(e, h->slots[slot].arg, attach);
	fprintf(e->out, ";\n");
}

static const char *object_path(const struct plan_hook *h, uint32_t slot)
{
	return is_file(h, slot) ? "&o->f_path" : "o";
}

/* LSM programs may be handed a NULL, which the verifier insists on seeing tested. */
static void emit_sketch_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			      uint32_t slot, enum tg_attach attach)
{
	fprintf(e->out, "\tif (live & " MASK ") {\n", sketched(h, slot));
	emit_object(e, h, slot, attach);
	fprintf(e->out, "\t\tstruct tg_sketch k = {.unknown = true};\n\n");
	if (attach == TG_ATTACH_LSM)
		fprintf(e->out, "\t\tif (o)\n\t");
	fprintf(e->out, "\t\ttg_sketch_path(&k, %s);\n\t\tknown%u = !k.unknown;\n",
		object_path(h, slot), slot);
	fprintf(e->out, "\t\tif (!k.unknown) {\n");
	emit_sketch_verdicts(e, h, hook, slot);
	fprintf(e->out, "\t\t}\n\t\tif (!live)\n\t\t\treturn 0;\n\t}\n");
}

static void emit_binary_tests(struct emitter *e, const struct plan_hook *h)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < h->binary_count; i++)
		all |= h->binaries[i].selectors;
	if (!all)
		return;
	fprintf(e->out,
		"\tif (live & " MASK ") {\n\t\t__u64 bits = tg_bits_current();\n\n"
		"\t\tif (bits & TG_BITS_UNKNOWN)\n\t\t\tlive &= ~" MASK ";\n",
		all, all);
	for (uint32_t i = 0; i < h->binary_count; i++)
		fprintf(e->out, "\t\tif (%s(bits & " MASK "))\n\t\t\tlive &= ~" MASK ";\n",
			h->binaries[i].negated ? "" : "!", (uint64_t)1 << h->binaries[i].binary,
			h->binaries[i].selectors);
	fprintf(e->out, "\t\tif (!live)\n\t\t\treturn 0;\n\t}\n");
}

/* Hooks without texts need no scratch memory: the record fits on the stack. */
static void emit_plain_tail(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			    enum tg_attach attach)
{
	emit_winners(e, h);
	emit_actions(e, h);
	fprintf(e->out, "\tmatched = won & " MASK ";\n\tif (!matched)\n\t\treturn ret;\n",
		h->posts);
	emit_int_slots(e, h, "r.slot", attach);
	fprintf(e->out,
		"\ttg_head_fill(&r.hook, TG_BUNDLE, %u << 16 | %u, matched);\n"
		"\tif (tg_emit(&r, sizeof(struct tg_hook) + %u * sizeof(struct tg_slot))) {\n",
		hook, h->slot_count, h->slot_count);
	emit_losses(e, h, "matched", "\t\t");
	fprintf(e->out, "\t}\n\treturn ret;\n}\n\n");
}

static void emit_known(struct emitter *e, const struct plan_hook *h, uint32_t slot,
		       enum tg_attach attach)
{
	fprintf(e->out, "\tc.dentry%u = c.root%u = NULL;\n", slot, slot);
	if (!typed(attach))
		return;
	fprintf(e->out, "\tif (known%u) {\n", slot);
	emit_object(e, h, slot, attach);
	fprintf(e->out, "\n\t\tif (o)\n\t\t\ttg_known_path(&c.dentry%u, &c.root%u, %s);\n\t}\n",
		slot, slot, object_path(h, slot));
}

/* The arguments are loaded again: keeping them would cost every call a few stores. */
static void emit_text_tail(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			   enum tg_attach attach)
{
	fprintf(e->out, "\ttg_forget();\n");
	for (uint32_t i = 0; i < h->slot_count; i++) {
		if (sketched(h, i))
			emit_known(e, h, i, attach);
		fprintf(e->out, "\tc.a[%u] = (__u64)", i);
		emit_argument(e, h->slots[i].arg, attach);
		fprintf(e->out, ";\n");
	}
	fprintf(e->out, "\tc.live = live;\n\treturn h%u_finish(&c);\n}\n\n", hook);
}

static void emit_decision(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			  enum tg_attach attach)
{
	bool texts = has_texts(h);

	emit_line(e, h->at);
	fprintf(e->out, "static __inline int %s_run(__u64 *ctx)\n{\n\t__u64 live = " MASK ";\n",
		unit_program_name(e->arena, hook, attach), plan_all(h));
	if (texts)
		fprintf(e->out, "\tstruct h%u_call c;\n\n", hook);
	else
		fprintf(e->out,
			"\tstruct {\n\t\tstruct tg_hook hook;\n\t\tstruct tg_slot slot[%u];\n\t} "
			"r;\n"
			"\t__u64 won = 0, matched;\n\tint ret = 0;\n\n",
			h->slot_count ? h->slot_count : 1);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (sketched(h, i) && typed(attach))
			fprintf(e->out, "\tbool known%u = false;\n", i);
	emit_int_tests(e, h, hook, attach);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (sketched(h, i) && typed(attach))
			emit_sketch_tests(e, h, hook, i, attach);
	emit_binary_tests(e, h);
	if (texts)
		emit_text_tail(e, h, hook, attach);
	else
		emit_plain_tail(e, h, hook, attach);
}

/* ---- programs -------------------------------------------------------------------------- */

/* Two slots may read one field as different types. */
static bool field_seen(const struct plan_hook *h, uint32_t slot)
{
	for (uint32_t i = 0; i < slot; i++)
		if (h->slots[i].arg->ir->position == h->slots[slot].arg->ir->position)
			return true;
	return false;
}

static void emit_tracepoint_type(struct emitter *e, const struct plan_hook *h)
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
			fprintf(e->out, "\t%s %s;\n", int_type(arg->bits, arg->is_signed),
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

struct unit emit(struct arena *a, const struct sources *s, const struct plan *plan,
		 uint32_t fingerprint)
{
	struct emitter e = {.arena = a, .sources = s, .plan = plan};
	char *text = NULL;
	size_t size = 0;
	struct unit unit;

	e.out = open_memstream(&text, &size);
	fprintf(e.out,
		"#line 1 \"unit.c\"\n"
		"/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */\n"
		"/* Made by tgc " TGC_VERSION " from policies; see them, not this. */\n"
		"#define TG_BUNDLE 0x%08xu\n#define TG_POLICIES %zu\n#include \"tg_hook.h\"\n\n"
		"char LICENSE[] SEC(\"license\") = \"Dual BSD/GPL\";\n\n",
		fingerprint, plan->tir->policy_count ? plan->tir->policy_count : 1);
	if (plan->binary_count)
		emit_binaries(&e);
	for (uint32_t i = 0; i < plan->hook_count; i++) {
		const struct plan_hook *h = &plan->hooks[i];

		emit_tracepoint_type(&e, h);
		emit_predicates(&e, h, i);
		if (has_texts(h))
			emit_finish(&e, h, i);
		for (uint32_t j = 0; j < h->variant_count; j++)
			emit_program(&e, h, i, h->variants[j]);
	}
	fclose(e.out);
	unit.text = arena_strndup(a, text, size);
	unit.size = size;
	unit.has_binaries = plan->binary_count > 0;
	free(text);
	return unit;
}
