// SPDX-License-Identifier: Apache-2.0
/* The typed normal form as text: what one kernel makes of the policies. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "compiler/values/cel.h"
#include "tir.h"

struct printer {
	struct arena *arena; /* for texts of values */
	const struct sources *places;
	FILE *to;
};

static void end(const struct printer *p, struct span at)
{
	if (p->places && at.end > at.start) {
		struct place from = source_place(sources_get(p->places, at.file), at.start);

		fprintf(p->to, " @%u:%u", from.line, from.column);
	}
	fputc('\n', p->to);
}

static void put_steps(const struct printer *p, const struct tir_arg *a)
{
	for (size_t i = 0; i < a->step_count; i++) {
		const struct tir_step *s = &a->steps[i];

		if (s->member)
			fprintf(p->to, " .%s", s->member);
		fprintf(p->to, " +%" PRIu32 "%s", s->offset, s->load ? " load" : "");
	}
}

static void put_arg(const struct printer *p, const char *word, const struct tir_arg *a)
{
	static const char *const sources[] = {
		[ARG_PARAMETER] = "parameter", [ARG_SYSCALL] = "syscall-argument",
		[ARG_FIELD] = "field",	       [ARG_RETURN] = "result",
		[ARG_TASK] = "current-task",   [ARG_REGISTER] = "register",
		[ARG_OPERAND] = "operand",     [ARG_NONE] = "nothing"};

	fprintf(p->to, "    %s %s %s", word, a->type->name, sources[a->source]);
	if (a->source == ARG_PARAMETER || a->source == ARG_SYSCALL || a->source == ARG_FIELD ||
	    a->source == ARG_OPERAND)
		fprintf(p->to, " %" PRIu32, a->ir->position);
	if (a->source == ARG_FIELD)
		fprintf(p->to, " +%" PRIu32, a->offset);
	if (a->record)
		fprintf(p->to, " %s.%s", a->record, a->field);
	put_steps(p, a);
	if (a->kernel)
		fprintf(p->to, " of `%s`", a->kernel);
	if (a->type->class == CLASS_INT)
		fprintf(p->to, " %" PRIu32 " bits%s", a->bits, a->is_signed ? " signed" : "");
	end(p, a->ir->at);
}

static const struct tir_arg *compared(const struct tir_hook *h, enum ir_section section,
				      const struct tir_filter *f)
{
	if (section == IR_RETURN)
		return h->return_arg;
	return section == IR_DATA ? &h->data[f->arg] : &h->args[f->arg];
}

static void put_filter(const struct printer *p, const struct tir_hook *h, enum ir_section section,
		       const struct tir_filter *f)
{
	static const char *const words[] = {
		[IR_ARGS] = "arg", [IR_DATA] = "data", [IR_RETURN] = "result"};

	fprintf(p->to, "      filter");
	if (f->expression) {
		fprintf(p->to, " %s", cel_print(p->arena, f->expression));
	} else {
		fprintf(p->to, " %s %" PRIu32 " %s", words[section], f->arg, op_name(f->op));
		for (size_t i = 0; i < f->value_count; i++)
			fprintf(p->to, " %s",
				value_show(p->arena, &f->values[i], compared(h, section, f)->type,
					   f->op));
	}
	end(p, f->ir->at);
}

static void put_hook(const struct printer *p, const struct tir_hook *h)
{
	fprintf(p->to, "  %s %s", hook_noun(h->ir->kind), h->symbol ? h->symbol : "?");
	if (h->function)
		fprintf(p->to, " : %s", kfunction_text(p->arena, h->function));
	if (h->module)
		fprintf(p->to, " module %s", h->module);
	end(p, h->ir->at);
	if (!h->found) {
		fputs("    missing\n", p->to);
		return;
	}
	for (size_t i = 0; i < h->arg_count; i++)
		put_arg(p, "arg", &h->args[i]);
	for (size_t i = 0; i < h->data_count; i++)
		put_arg(p, "data", &h->data[i]);
	if (h->return_arg)
		put_arg(p, "result", h->return_arg);
	for (size_t i = 0; i < h->selector_count; i++) {
		const struct tir_selector *s = &h->selectors[i];

		fputs("    selector", p->to);
		end(p, s->ir->at);
		for (enum ir_section section = 0; section < IR_SECTIONS; section++)
			for (size_t j = 0; j < s->filters[section].n; j++)
				put_filter(p, h, section, &s->filters[section].v[j]);
	}
}

void tir_print(const struct tir *tir, const struct sources *places, FILE *to)
{
	struct arena arena = {0};
	const struct printer p = {.arena = &arena, .places = places, .to = to};

	for (size_t i = 0; i < tir->policy_count; i++) {
		fprintf(to, "policy \"%s\"\n", tir->policies[i].ir->name);
		for (size_t j = 0; j < tir->policies[i].hook_count; j++)
			put_hook(&p, &tir->policies[i].hooks[j]);
	}
	arena_free(&arena);
}
