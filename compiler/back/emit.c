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

/*
 * The name of a text predicate's function, without the `h`: that of the first hook which asks the
 * same, so that it is compiled once.
 */
static const char *text_name(const struct emitter *e, const struct plan_hook *h, uint32_t n,
			     const char *what)
{
	const struct plan_predicate *p = &h->predicates[n];

	for (const struct plan_hook *o = e->plan->hooks;; o++)
		for (uint32_t i = 0; i < o->predicate_count; i++) {
			const struct plan_slot *s = &o->slots[o->predicates[i].slot];

			if ((o == h && i == n) ||
			    (plan_is_text(s) && is_path(s) == is_path(&h->slots[p->slot]) &&
			     plan_same_filter(o->predicates[i].filter, p->filter)))
				return arena_printf(e->arena, "h%u_%s%u",
						    (uint32_t)(o - e->plan->hooks), what, i);
		}
}

static void emit_text_functions(struct emitter *e, const struct plan_hook *h, uint32_t hook,
				uint32_t n)
{
	const struct tir_filter *f = h->predicates[n].filter;
	bool path = is_path(&h->slots[h->predicates[n].slot]);
	const char *name = text_name(e, h, n, "p");

	if (strcmp(name, arena_printf(e->arena, "h%u_p%u", hook, n)) != 0)
		return;
	emit_line(e, f->ir->at);
	emit_text_predicate(e, name, path ? TEXT_AT_END : TEXT_AT_START, f->op, f->values,
			    f->value_count);
	if (!path)
		return;
	emit_line(e, f->ir->at);
	emit_sketch_predicate(e, text_name(e, h, n, "may"), f);
}

static void emit_predicates(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];
		const struct plan_slot *slot = &h->slots[p->slot];

		if (plan_is_text(slot))
			emit_text_functions(e, h, hook, i);
		else
			emit_int_predicate(e, hook, i, p, slot->arg);
	}
}

/* What is left of `live` without these selectors; nothing is, when they are all there are. */
static void emit_clear(struct emitter *e, const struct plan_hook *h, uint64_t mask,
		       const char *indent)
{
	if (mask == plan_all(h))
		fprintf(e->out, "%s\treturn 0;\n", indent);
	else
		fprintf(e->out, "%s\tlive &= ~" MASK ";\n", indent, mask);
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
		fprintf(e->out, "tg_syscall_register(ctx, %s)", syscall_registers[at]);
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

/* The path that a record ends with, when it is its only text: it is sent from where it is. */
static bool only_path(const struct plan_hook *h)
{
	uint32_t texts = 0, paths = 0;

	for (uint32_t i = 0; i < h->slot_count; i++) {
		texts += plan_is_text(&h->slots[i]);
		paths += is_path(&h->slots[i]);
	}
	return texts == 1 && paths == 1;
}

static void emit_read(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	static const char *const readers[TYPE_COUNT] = {[TYPE_FILE] = "file",
							[TYPE_PATH] = "path",
							[TYPE_STRING] = "string",
							[TYPE_FILENAME] = "filename"};
	const struct tir_arg *arg = h->slots[slot].arg;
	const char *reader = readers[type_find(arg->type->name)];
	bool known = sketched(h, slot);

	if (arg->type->class == CLASS_STRING && arg->from_user)
		reader = "user";
	fprintf(e->out, "\t\ttg_read_%s%s(s, c->a[%u], " MASK, known ? "known_" : "", reader, slot,
		h->slots[slot].filtered);
	if (known)
		fprintf(e->out, ", &c->k%u", slot);
	fprintf(e->out, ");\n");
}

static void emit_text_slot(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	fprintf(e->out, "tg_slot_%s(s, &slot[%u]);\n", only_path(h) ? "path" : "text", slot);
}

/*
 * Reads a text that selectors filter on, and clears those it rules out. What is alive stays in
 * memory: known bits in a register would have the verifier follow every combination.
 */
static void emit_filtered_text(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	const struct plan_slot *s = &h->slots[slot];

	if (s->shown != plan_all(h))
		fprintf(e->out, "\ttg_slot_unread(&slot[%u]);\n", slot);
	fprintf(e->out, "\tif (tg_fresh(s->live) & " MASK ") {\n", s->filtered | s->shown);
	emit_read(e, h, slot);
	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot)
			fprintf(e->out,
				"\t\tif ((tg_fresh(s->live) & " MASK ") && !%s(s))\n"
				"\t\t\ts->live &= ~" MASK ";\n",
				h->predicates[i].selectors, text_name(e, h, i, "p"),
				h->predicates[i].selectors);
	if (s->shown) {
		fprintf(e->out, "\t\tif (tg_fresh(s->live) & " MASK ")\n\t\t\t", s->shown);
		emit_text_slot(e, h, slot);
	}
	fprintf(e->out, "\t}\n");
}

static void emit_shown_text(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	fprintf(e->out, "\tif (matched & " MASK ") {\n", h->slots[slot].shown);
	emit_read(e, h, slot);
	fprintf(e->out, "\t\t");
	emit_text_slot(e, h, slot);
	fprintf(e->out, "\t} else {\n\t\ttg_slot_unread(&slot[%u]);\n\t}\n", slot);
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

static void emit_losses(struct emitter *e, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		fprintf(e->out, "\t\tif (lost & " MASK ")\n\t\t\ttg_count_lost(&tg_lost, %u);\n",
			view_mask(&h->views[i]), h->views[i].policy);
}

static void emit_once(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out,
		"static __inline int h%u_once(struct tg_scratch *s, const struct h%u_call *c,\n"
		"\t\t__u64 *lost)\n{\n"
		"\tstruct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));\n"
		"\t__u64 token, live, won = 0, matched;\n"
		"\tint ret = 0;\n\n"
		"\ttoken = tg_begin(s, c->live, sizeof(struct tg_hook) + %u * sizeof(struct "
		"tg_slot));\n",
		hook, hook, h->slot_count);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_text(&h->slots[i]) && h->slots[i].filtered)
			emit_filtered_text(e, h, i);
	fprintf(e->out, "\tlive = tg_fresh(s->live);\n"
			"\tif (tg_fresh(s->owner) != token)\n\t\treturn TG_AGAIN;\n\t*lost = 0;\n");
	emit_winners(e, h);
	emit_actions(e, h);
	fprintf(e->out, "\tmatched = won & " MASK ";\n\tif (!matched)\n\t\treturn ret;\n",
		h->posts);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (shown_only(&h->slots[i]))
			emit_shown_text(e, h, i);
	emit_int_slots(e, h, "slot", 0);
	fprintf(e->out,
		"\tif (%s(s, TG_BUNDLE, %u << 16 | %u, matched, token))\n"
		"\t\t*lost = matched;\n\treturn ret;\n}\n\n",
		only_path(h) ? "tg_send_path" : "tg_send", hook, h->slot_count);
}

/*
 * What the cheap half hands to the text half; on the stack, so pointers keep their types. A sketch
 * first: the address of the whole is made where it is used, that of another member kept.
 */
static void emit_call_type(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out, "struct h%u_call {\n", hook);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (sketched(h, i))
			fprintf(e->out, "\tstruct tg_sketch k%u;\n", i);
	fprintf(e->out, "\t__u64 a[%u];\n\t__u64 live;\n};\n\n", h->slot_count);
}

/* Who gives up, because the scratch memory was disturbed every time, has lost its events. */
static void emit_finish(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	emit_call_type(e, h, hook);
	emit_once(e, h, hook);
	fprintf(e->out,
		"static __subprogram int h%u_finish(const struct h%u_call *c)\n{\n"
		"\tstruct tg_scratch *s = tg_scratch_take();\n"
		"\t__u64 lost = c->live;\n\tint ret = TG_AGAIN;\n\n"
		"#pragma clang loop unroll(disable)\n"
		"\tfor (int i = 0; i < TG_SCRATCH_TRIES && s && ret == TG_AGAIN; i++)\n"
		"\t\tret = h%u_once(s, c, &lost);\n"
		"\ttg_scratch_give();\n\tif (lost) {\n",
		hook, hook, hook);
	emit_losses(e, h);
	fprintf(e->out, "\t}\n\treturn ret == TG_AGAIN ? 0 : ret;\n}\n\n");
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
		any |= p->selectors != plan_all(h);
		fprintf(e->out, "\tif (!h%u_p%u(", hook, i);
		emit_argument(e, h->slots[p->slot].arg, attach);
		fprintf(e->out, "))\n");
		emit_clear(e, h, p->selectors, "\t");
	}
	if (any)
		fprintf(e->out, "\tif (!live)\n\t\treturn 0;\n");
}

static void emit_sketch_verdicts(struct emitter *e, const struct plan_hook *h, uint32_t slot)
{
	uint64_t all = plan_all(h);
	bool any = false;

	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (p->slot != slot || !sketch_useful(p->filter))
			continue;
		fprintf(e->out, "\t\t\tif (");
		if (p->selectors != all)
			fprintf(e->out, "(live & " MASK ") && ", p->selectors);
		fprintf(e->out, "!%s(first, &c.k%u))\n", text_name(e, h, i, "may"), slot);
		emit_clear(e, h, p->selectors, "\t\t\t");
		any |= p->selectors != all;
	}
	if (any)
		fprintf(e->out, "\t\t\tif (!live)\n\t\t\t\treturn 0;\n");
}

static bool maybe_long(const struct plan_hook *h, uint32_t slot)
{
	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot && sketch_useful(h->predicates[i].filter) &&
		    sketch_maybe_long(h->predicates[i].filter))
			return true;
	return false;
}

static void emit_sketch_tests(struct emitter *e, const struct plan_hook *h, uint32_t slot,
			      enum tg_attach attach)
{
	const struct tir_arg *arg = h->slots[slot].arg;
	const char *kind = arg->ir->type == TYPE_FILE ? "file" : "path";
	uint64_t mask = sketched(h, slot);
	bool all = mask == plan_all(h);

	if (!all || attach == TG_ATTACH_LSM)
		fprintf(e->out, "\tc.k%u.last = NULL;\n", slot);
	if (!all)
		fprintf(e->out, "\tif (live & " MASK ")", mask);
	fprintf(e->out, "\t{\n\t\t__u64 first = tg_sketch(%s%s, untyped_%s, &c.k%u, ",
		maybe_long(h, slot) ? "long_" : "", kind, kind, slot);
	emit_argument(e, arg, attach);
	fprintf(e->out, ", %s);\n\n\t\tif (first) {\n", attach == TG_ATTACH_LSM ? "true" : "false");
	emit_sketch_verdicts(e, h, slot);
	fprintf(e->out, "\t\t}\n\t}\n");
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
		"\tlost = matched;\n"
		"\tif (tg_send_small(&r.hook, TG_BUNDLE, %u << 16 | %u, matched)) {\n",
		hook, h->slot_count);
	emit_losses(e, h);
	fprintf(e->out, "\t}\n\treturn ret;\n}\n\n");
}

static void emit_text_tail(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			   enum tg_attach attach)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		if (sketched(h, i) && !typed(attach))
			fprintf(e->out, "\tc.k%u.last = NULL;\n", i);
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
			"\t__u64 won = 0, matched, lost;\n\tint ret = 0;\n\n",
			h->slot_count ? h->slot_count : 1);
	emit_int_tests(e, h, hook, attach);
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (sketched(h, i) && typed(attach))
			emit_sketch_tests(e, h, i, attach);
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
		"#define TG_BUNDLE 0x%08xu\n#define TG_POLICIES %zu\n#include \"tg_hook.h\"\n\n",
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
	fprintf(e.out, "#pragma clang attribute pop\n"); /* of tg_hook.h */
	fclose(e.out);
	unit.text = arena_strndup(a, text, size);
	unit.size = size;
	unit.has_binaries = plan->binary_count > 0;
	free(text);
	return unit;
}
