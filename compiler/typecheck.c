// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": every hook, argument and value against the kernel's type information. */
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "diag.h"
#include "kbtf.h"
#include "tir.h"

#define SYSCALL_ARGS   6
#define REGISTER_ARGS  6 /* parameters that arrive in registers on x86-64 */
#define COMMON_FIELDS  4 /* of every tracepoint record */
#define LONGEST_BINARY 255

struct checking {
	struct arena *arena;
	struct diags *diags;
	const struct kbtf *kernel;
	const struct ir_hook *hook; /* the one being checked, and what the kernel says of it: */
	struct kfunction *function; /* NULL for tracepoints */
	struct kfield *fields;	    /* tracepoints with a record in BTF */
	size_t field_count;
};

/* ---- functions ------------------------------------------------------------------------- */

static void note_signature(struct checking *c, struct diag *m)
{
	if (c->function)
		diag_note(c->diags, m, "the kernel has: %s", kfunction_text(c->arena, c->function));
}

/* People write the other kind of name: `tcp_connect` as a system call, `sys_x` as a function. */
static void hint_other_spelling(struct checking *c, struct diag *m)
{
	const struct ir_hook *h = c->hook;
	const char *plain = h->syscall ? strstr(h->symbol, "sys_") : NULL;
	const char *near;

	if (h->syscall && strncmp(h->symbol, "__x64_sys_", 10) &&
	    kbtf_function(c->kernel, c->arena, h->symbol + strlen("__x64_"))) {
		diag_note(c->diags, m,
			  "`syscall` defaults to true, so the name was looked up as a "
			  "system call");
		diag_hint(c->diags, m, "syscall: false   # %s is an ordinary function",
			  h->symbol + strlen("__x64_"));
		return;
	}
	near = kbtf_nearest(c->kernel, c->arena, h->syscall ? "__x64_" : "", /* plain names */
			    plain	 ? plain
			    : h->syscall ? h->symbol + 6
					 : h->symbol,
			    false);
	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
}

static bool find_function(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	struct diag *m;

	c->function = kbtf_function(c->kernel, c->arena, h->symbol);
	if (c->function)
		return true;
	m = diag_at(c->diags, DIAG_UNKNOWN_FUNCTION, h->symbol_at,
		    "the kernel has no function `%s`", h->symbol);
	hint_other_spelling(c, m);
	return false;
}

static bool find_lsm(struct checking *c)
{
	const char *full = arena_printf(c->arena, "bpf_lsm_%s", c->hook->symbol);
	const char *near;
	struct diag *m;

	c->function = kbtf_function(c->kernel, c->arena, full);
	if (c->function)
		return true;
	m = diag_at(c->diags, DIAG_UNKNOWN_FUNCTION, c->hook->symbol_at,
		    "the kernel has no LSM hook `%s`", c->hook->symbol);
	if (!strncmp(c->hook->symbol, "security_", 9)) {
		diag_hint(c->diags, m, "LSM hooks are named without the prefix: `%s`",
			  c->hook->symbol + 9);
		return false;
	}
	near = kbtf_nearest(c->kernel, c->arena, "bpf_lsm_", c->hook->symbol, false);
	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
	return false;
}

/* ---- tracepoints ----------------------------------------------------------------------- */

static bool is_syscall_event(const struct ir_hook *h, const char **name, bool *enter)
{
	if (strcmp(h->subsystem, "syscalls"))
		return false;
	*enter = !strncmp(h->symbol, "sys_enter_", 10);
	if (!*enter && strncmp(h->symbol, "sys_exit_", 9))
		return false;
	*name = h->symbol + (*enter ? 10 : 9);
	return true;
}

static void report_tracepoint(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	struct diag *m = diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, h->symbol_at,
				 "the kernel's type information has no record of tracepoint "
				 "`%s/%s`",
				 h->subsystem, h->symbol);
	const char *near = kbtf_nearest(c->kernel, c->arena, "trace_event_raw_", h->symbol, true);

	diag_note(c->diags, m,
		  "looked for `struct trace_event_raw_%s`; events that share a "
		  "class with others are described only by the class",
		  h->symbol);
	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
}

static bool find_tracepoint(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	const char *name;
	bool enter;

	if (is_syscall_event(h, &name, &enter)) {
		const char *entry = arena_printf(c->arena, "__x64_sys_%s", name);

		if (kbtf_function(c->kernel, c->arena, entry))
			return true;
		diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, h->symbol_at,
			"the kernel has no system call `%s`", name);
		return false;
	}
	c->fields =
	    kbtf_fields(c->kernel, c->arena,
			arena_printf(c->arena, "trace_event_raw_%s", h->symbol), &c->field_count);
	if (c->fields)
		return true;
	report_tracepoint(c);
	return false;
}

/* ---- arguments ------------------------------------------------------------------------- */

static const char *const struct_types[][2] = {
    {"file", "file"}, {"path", "path"}, {"filename", "filename"}};

/* The policy type that fits a kernel parameter, for hints. */
static const char *fitting_type(const struct ktype *t)
{
	if (t->class == KTYPE_INT)
		return t->bits == 64 ? (t->is_signed ? "int64" : "uint64")
				     : (t->is_signed ? "int" : "uint32");
	if (t->class == KTYPE_CHAR_PTR)
		return "string";
	if (t->class == KTYPE_STRUCT_PTR)
		for (size_t i = 0; i < 3; i++)
			if (!strcmp(struct_types[i][0], t->target))
				return struct_types[i][1];
	return NULL;
}

static bool fits(const struct type_info *want, const struct ktype *have)
{
	switch (want->class) {
	case CLASS_INT:
		return have->class == KTYPE_INT ||
		       (want->bits == 64 && have->class != KTYPE_OTHER &&
			have->class != KTYPE_VOID);
	case CLASS_STRING:
		return have->class == KTYPE_CHAR_PTR;
	case CLASS_PATH:
	case CLASS_FILENAME:
		return have->class == KTYPE_STRUCT_PTR && !strcmp(have->target, want->name);
	case CLASS_NOP:
		return true;
	default:
		return false;
	}
}

static void report_misfit(struct checking *c, const struct tir_arg *arg, const char *what,
			  const struct ktype *have)
{
	const char *better = fitting_type(have);
	struct diag *m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
				 "argument %u is %s, which `%s` cannot read", arg->ir->position,
				 what, arg->type->name);

	note_signature(c, m);
	if (better)
		diag_hint(c->diags, m, "type: \"%s\"", better);
}

static void check_width(struct checking *c, const struct tir_arg *arg, const struct ktype *have)
{
	struct diag *m;

	if (arg->type->class != CLASS_INT || have->class != KTYPE_INT ||
	    arg->type->bits <= have->bits || have->bits == 0)
		return;
	m = diag_at(c->diags, DIAG_ARG_WIDTH, arg->ir->at,
		    "`%s` is wider than the argument: the kernel passes %u bits", arg->type->name,
		    have->bits);
	note_signature(c, m);
	diag_hint(c->diags, m, "type: \"%s\"", fitting_type(have));
}

static bool check_parameter(struct checking *c, struct tir_arg *arg)
{
	uint32_t at = arg->ir->position;
	const struct ktype *have;
	struct diag *m;

	arg->source = ARG_PARAMETER;
	if (at >= c->function->param_count) {
		m = diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			    "there is no argument %u: the function has %zu, counted from 0", at,
			    c->function->param_count);
		note_signature(c, m);
		return false;
	}
	if (at >= REGISTER_ARGS) {
		diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			"argument %u is passed on the stack, which this version of tgc cannot read",
			at);
		return false;
	}
	have = &c->function->params[at].type;
	if (!fits(arg->type, have)) {
		report_misfit(c, arg, arena_printf(c->arena, "`%s`", have->text), have);
		return false;
	}
	check_width(c, arg, have);
	arg->bits = have->bits ? have->bits : 64;
	arg->is_signed = have->is_signed;
	return true;
}

/* The kernel records no prototypes of system calls: registers are 64 bits of user data. */
static bool check_syscall_arg(struct checking *c, struct tir_arg *arg)
{
	struct diag *m;

	arg->source = ARG_SYSCALL;
	arg->bits = 64;
	if (arg->ir->position >= SYSCALL_ARGS) {
		diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			"system calls have at most %d arguments, counted from 0", SYSCALL_ARGS);
		return false;
	}
	if (arg->type->class != CLASS_PATH && arg->type->class != CLASS_FILENAME)
		return true;
	m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
		    "a system call's arguments are values of the program: `%s` is a kernel object",
		    arg->type->name);
	diag_hint(c->diags, m,
		  "type: \"string\" for a path the program passes, or an LSM hook such "
		  "as `file_open` for the file that is really opened");
	return false;
}

static const struct type_info *derived_type(const struct kfield *f)
{
	if (f->type.class != KTYPE_INT || f->size < 4)
		return NULL;
	if (f->size == 4)
		return type_get(f->type.is_signed ? TYPE_INT32 : TYPE_UINT32);
	return type_get(f->type.is_signed ? TYPE_INT64 : TYPE_UINT64);
}

/* Number 0 to 3 are the common header; the event's own members follow it. */
static const struct kfield *event_field(struct checking *c, uint32_t number)
{
	static const struct kfield common[COMMON_FIELDS] = {
	    {"common_type", {.class = KTYPE_INT, .text = "unsigned short"}, 0, 2, false},
	    {"common_flags", {.class = KTYPE_INT, .text = "unsigned char"}, 2, 1, false},
	    {"common_preempt_count", {.class = KTYPE_INT, .text = "unsigned char"}, 3, 1, false},
	    {"common_pid", {.class = KTYPE_INT, .is_signed = true, .text = "int"}, 4, 4, false},
	};
	size_t at = number - COMMON_FIELDS + 1; /* member 0 is the header itself */

	if (number < COMMON_FIELDS)
		return &common[number];
	if (at >= c->field_count || !strcmp(c->fields[at].name, "__data"))
		return NULL;
	return &c->fields[at];
}

static void report_field_count(struct checking *c, const struct tir_arg *arg)
{
	const char *list = "0-3 the common header";
	struct diag *m = diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
				 "the tracepoint has no field %u", arg->ir->position);

	for (uint32_t i = COMMON_FIELDS; event_field(c, i); i++)
		list = arena_printf(c->arena, "%s, %u %s", list, i, event_field(c, i)->name);
	diag_note(c->diags, m, "its fields: %s", list);
}

static bool field_fits(const struct type_info *want, const struct kfield *f)
{
	if (f->array)
		return want->class == CLASS_NOP;
	if (want->class == CLASS_STRING)
		return f->type.class == KTYPE_CHAR_PTR;
	return (want->class == CLASS_INT && f->size <= 8) || want->class == CLASS_NOP;
}

static bool check_field(struct checking *c, struct tir_arg *arg)
{
	const struct kfield *f = event_field(c, arg->ir->position);
	struct diag *m;

	arg->source = ARG_FIELD;
	if (!f) {
		report_field_count(c, arg);
		return false;
	}
	if (arg->type->class == CLASS_AUTO && derived_type(f) && !f->array)
		arg->type = derived_type(f);
	if (!field_fits(arg->type, f)) {
		m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
			    "field %u, `%s %s`, cannot be read as `%s`", arg->ir->position,
			    f->type.text, f->name, arg->type->name);
		if (derived_type(f) && !f->array)
			diag_hint(c->diags, m, "type: \"%s\"", derived_type(f)->name);
		return false;
	}
	arg->bits = f->size * 8;
	arg->is_signed = f->type.is_signed;
	arg->is_enum = f->type.is_enum;
	arg->is_pointer = f->type.class != KTYPE_INT;
	arg->offset = f->offset;
	if (arg->ir->position >= COMMON_FIELDS) {
		arg->record = arena_printf(c->arena, "trace_event_raw_%s", c->hook->symbol);
		arg->field = f->name;
	}
	return true;
}

/* syscalls/sys_enter_*: the header, the number, then eight bytes an argument. */
static bool check_syscall_field(struct checking *c, struct tir_arg *arg)
{
	uint32_t at = arg->ir->position;
	bool enter = !strncmp(c->hook->symbol, "sys_enter_", 10);
	uint32_t last = COMMON_FIELDS + (enter ? SYSCALL_ARGS : 1);
	bool number = at == COMMON_FIELDS;

	arg->source = ARG_FIELD;
	if (at < COMMON_FIELDS)
		return check_field(c, arg);
	if (at > last) {
		diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			enter ? "the event has no field %u: 4 is the system call's number, "
				"5 to %u its arguments"
			      : "the event has no field %u: 4 is the system call's number, "
				"%u its result",
			at, last);
		return false;
	}
	if (arg->type->class == CLASS_AUTO)
		arg->type = type_get(number ? TYPE_INT32 : enter ? TYPE_UINT64 : TYPE_INT64);
	if (arg->type->class != CLASS_INT && (arg->type->class != CLASS_STRING || number || !enter))
		return check_syscall_arg(c, arg);
	arg->bits = number ? 32 : 64;
	arg->is_signed = number || !enter;
	arg->offset = 8 + 8 * (at - COMMON_FIELDS);
	return true;
}

static bool check_auto(struct checking *c, const struct tir_arg *arg)
{
	const struct ktype *have = NULL;
	const char *better;
	struct diag *m;

	if (arg->type->class != CLASS_AUTO || c->hook->kind == TG_HOOK_TRACEPOINT)
		return true;
	m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
		    "argument %u needs a `type`: only tracepoints can derive it",
		    arg->ir->position);
	note_signature(c, m);
	if (c->function && !c->hook->syscall && arg->ir->position < c->function->param_count)
		have = &c->function->params[arg->ir->position].type;
	better = have ? fitting_type(have) : NULL;
	if (better)
		diag_hint(c->diags, m, "type: \"%s\"", better);
	return false;
}

static bool check_arg(struct checking *c, const struct ir_arg *ir, struct tir_arg *arg)
{
	const char *name;
	bool enter;

	arg->ir = ir;
	arg->type = type_get(ir->type);
	if (!check_auto(c, arg))
		return false;
	if (arg->type->class == CLASS_NOP) {
		arg->source = ARG_NONE;
		return true;
	}
	if (c->hook->kind == TG_HOOK_TRACEPOINT)
		return is_syscall_event(c->hook, &name, &enter) ? check_syscall_field(c, arg)
								: check_field(c, arg);
	return c->hook->syscall ? check_syscall_arg(c, arg) : check_parameter(c, arg);
}

/* ---- filters --------------------------------------------------------------------------- */

static bool check_operator(struct checking *c, const struct tir_filter *f,
			   const struct tir_arg *arg)
{
	const struct type_info *t = arg->type;
	struct diag *m;

	if (t->class == CLASS_INT
		? op_numeric(f->op)
		: t->class != CLASS_FILENAME && t->class != CLASS_NOP && op_textual(f->op))
		return true;
	m = diag_at(c->diags, DIAG_OPERATOR_TYPE, f->ir->at,
		    "`%s` cannot compare an argument of type `%s`", op_name(f->op), t->name);
	if (t->class == CLASS_INT)
		diag_hint(c->diags, m, "numbers take Equal, NotEqual, GT, LT and Mask");
	else if (t->class == CLASS_FILENAME)
		diag_note(c->diags, m,
			  "Tetragon accepts Prefix and Postfix here and then lets "
			  "everything through; filter on a `file` or `path` instead");
	else if (t->class == CLASS_NOP)
		diag_note(c->diags, m, "an argument of type `nop` is not read");
	else
		diag_hint(c->diags, m, "texts take Equal, Prefix, Postfix and their negations");
	return false;
}

static void check_values(struct checking *c, const struct ir_filter *ir, const struct tir_arg *arg,
			 struct tir_filter *f)
{
	const char *why;

	f->values = arena_array(c->arena, ir->value_count, sizeof(*f->values));
	for (size_t i = 0; i < ir->value_count; i++) {
		if (value_parse(c->arena, &ir->values[i], arg->type, f->op,
				&f->values[f->value_count], &why))
			f->value_count++;
		else
			diag_at(c->diags, DIAG_BAD_VALUE, ir->values[i].at, "%s", why);
	}
}

static void check_selector(struct checking *c, const struct ir_selector *ir,
			   const struct tir_hook *hook, const bool *good, struct tir_selector *out)
{
	out->ir = ir;
	out->filters = arena_array(c->arena, ir->filter_count, sizeof(*out->filters));
	for (size_t i = 0; i < ir->filter_count; i++) {
		struct tir_filter *f = &out->filters[out->filter_count];

		*f = (struct tir_filter){
		    .ir = &ir->filters[i],
		    .arg = ir->filters[i].arg,
		    .op = ir->filters[i].op,
		};
		if (!good[f->arg] || !check_operator(c, f, &hook->args[f->arg]))
			continue;
		check_values(c, &ir->filters[i], &hook->args[f->arg], f);
		out->filter_count++;
	}
	for (size_t i = 0; i < ir->binary_count; i++)
		for (size_t j = 0; j < ir->binaries[i].value_count; j++)
			if (ir->binaries[i].values[j].len > LONGEST_BINARY)
				diag_at(c->diags, DIAG_BAD_VALUE, ir->binaries[i].values[j].at,
					"%zu bytes: a binary's path is compared over %d",
					ir->binaries[i].values[j].len, LONGEST_BINARY);
}

static void check_override(struct checking *c, const struct tir_hook *hook)
{
	for (size_t i = 0; i < hook->selector_count; i++) {
		const struct ir_selector *s = hook->selectors[i].ir;

		for (size_t j = 0; j < s->action_count; j++) {
			struct diag *m;

			if (s->actions[j].action != TG_ACTION_OVERRIDE || hook->returns_int)
				continue;
			m = diag_at(c->diags, DIAG_OVERRIDE, s->actions[j].at,
				    "`Override` has nothing to override: the function returns `%s`",
				    c->function ? c->function->result.text : "nothing");
			note_signature(c, m);
		}
	}
}

static bool find_hook(struct checking *c)
{
	switch (c->hook->kind) {
	case TG_HOOK_LSM:
		return find_lsm(c);
	case TG_HOOK_TRACEPOINT:
		return find_tracepoint(c);
	default:
		return find_function(c);
	}
}

static void check_hook(struct checking *c, const struct ir_hook *ir, struct tir_hook *out)
{
	bool *good = arena_array(c->arena, ir->arg_count + 1, sizeof(*good));

	out->ir = c->hook = ir;
	c->function = NULL;
	c->fields = NULL;
	if (!find_hook(c))
		return;
	out->returns_int = c->function && c->function->result.class == KTYPE_INT;
	out->args = arena_array(c->arena, ir->arg_count, sizeof(*out->args));
	out->arg_count = ir->arg_count;
	for (size_t i = 0; i < ir->arg_count; i++)
		good[i] = check_arg(c, &ir->args[i], &out->args[i]);
	out->selectors = arena_array(c->arena, ir->selector_count, sizeof(*out->selectors));
	out->selector_count = ir->selector_count;
	for (size_t i = 0; i < ir->selector_count; i++)
		check_selector(c, &ir->selectors[i], out, good, &out->selectors[i]);
	check_override(c, out);
}

struct tir *typecheck(struct arena *a, struct diags *d, const struct ir *ir, const struct kbtf *k)
{
	struct checking c = {.arena = a, .diags = d, .kernel = k};
	struct tir *tir = arena_alloc(a, sizeof(*tir));

	tir->policies = arena_array(a, ir->policy_count, sizeof(*tir->policies));
	tir->policy_count = ir->policy_count;
	for (size_t i = 0; i < ir->policy_count; i++) {
		const struct ir_policy *p = &ir->policies[i];
		struct tir_policy *out = &tir->policies[i];

		out->ir = p;
		out->hooks = arena_array(a, p->hook_count, sizeof(*out->hooks));
		out->hook_count = p->hook_count;
		for (size_t j = 0; j < p->hook_count; j++)
			check_hook(&c, &p->hooks[j], &out->hooks[j]);
	}
	return tir;
}
