// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": `loader`, and what the kernel keeps of a mapped file. */
#include "check.h"

#define RECORD "perf_mmap_event"

static bool find_member(const struct checking *c, const char *name, struct kmember *out)
{
	ktype_id record = kbtf_struct(c->btf, RECORD);

	return record && kbtf_member(c->btf, record, name, out);
}

static void report_loader(struct checking *c)
{
	struct diag *m;

	if (c->kernel->allow_missing)
		return;
	m = diag_at(c->diags, DIAG_LOADER, c->hook->symbol_at,
		    "`loader` needs a kernel that reads the build ids of mapped files");
	diag_note(c->diags, m, "Linux does since 5.12, for perf events, in `%s`",
		  c->hook->calls.v[0].name);
	diag_hint(c->diags, m,
		  "tgc compile --allow-missing   # such kernels go without the reports");
}

/* A member of the record, and bytes behind its beginning. */
static void walk_to(struct checking *c, struct tir_arg *arg, const char *name, uint32_t behind)
{
	struct kmember member = {0};
	struct kshape shape;

	find_member(c, name, &member);
	shape = kbtf_shape(c->btf, member.type);
	arg->steps = arena_array(c->arena, 2, sizeof(*arg->steps));
	arg->steps[arg->step_count] = (struct tir_step){.record = RECORD,
							.member = name,
							.kind = shape.kind,
							.offset = member.bit_offset / 8};
	if (shape.kind == KSHAPE_ARRAY) {
		arg->steps[arg->step_count].dimensions = 1;
		arg->steps[arg->step_count].kind = kbtf_shape(c->btf, shape.target).kind;
	}
	arg->step_count++;
	if (behind)
		arg->steps[arg->step_count++] = (struct tir_step){.offset = behind};
}

static void check_loader_args(struct checking *c)
{
	struct tir_hook *out = c->out;

	out->arg_count = LOADER_ARGS;
	out->args = arena_array(c->arena, LOADER_ARGS, sizeof(*out->args));
	for (size_t i = 0; i < LOADER_ARGS; i++) {
		const struct ir_arg *ir = &c->hook->args[i];

		out->args[i] = (struct tir_arg){.ir = ir,
						.type = type_get(ir->type),
						.source = ARG_PARAMETER,
						.bits = type_get(ir->type)->bits,
						.good = true};
	}
	walk_to(c, &out->args[LOADER_PATH], "file_name", 0);
	out->args[LOADER_PATH].bits = 64;
	out->args[LOADER_PATH].is_pointer = true;
	out->args[LOADER_PATH].steps[0].load = true;
	for (uint32_t i = 0; i < LOADER_ID_SIZE - LOADER_ID; i++)
		walk_to(c, &out->args[LOADER_ID + i], "build_id", 8 * i);
	walk_to(c, &out->args[LOADER_ID_SIZE], "build_id_size", 0);
}

static void check_loader_selector(struct checking *c)
{
	const struct ir_selector *ir = &c->hook->selectors[0];
	struct tir_selector *s = arena_alloc(c->arena, sizeof(*s));
	struct tir_filter *f = arena_alloc(c->arena, sizeof(*f));
	struct value *zero = arena_alloc(c->arena, sizeof(*zero));

	*zero = (struct value){.kind = VALUE_IS_NUMBER};
	*f = (struct tir_filter){.ir = &ir->filters[IR_ARGS].v[0],
				 .arg = LOADER_ID_SIZE,
				 .op = OP_NOT_EQUAL,
				 .values = zero,
				 .value_count = 1};
	s->ir = ir;
	s->filters[IR_ARGS] = (struct tir_filters){f, 1};
	c->out->selectors = s;
	c->out->selector_count = 1;
}

void check_loader(struct checking *c)
{
	const struct ir_name *name = &c->hook->calls.v[0];
	struct kmember member;

	c->out->name = name;
	c->out->symbol = name->name;
	c->function = kbtf_function(c->btf, c->arena, name->name);
	if (!c->function || !find_member(c, "build_id", &member) ||
	    !find_member(c, "build_id_size", &member) || !find_member(c, "file_name", &member)) {
		report_loader(c);
		return;
	}
	c->out->found = true;
	c->out->function = c->function;
	check_loader_args(c);
	check_loader_selector(c);
}
