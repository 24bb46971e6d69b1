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

static bool kernel_has(struct checking *c, const char *prefix, const char *name)
{
	return kbtf_function(c->kernel, c->arena, arena_printf(c->arena, "%s%s", prefix, name));
}

/* `call: "plain"`: what the author wrote may have got its prefix from the lowering. */
static void mend_call(struct checking *c, struct diag *m, const char *plain)
{
	const char *symbol = c->hook->symbol;

	diag_fix_word(c->diags, m, c->hook->symbol_at, symbol, plain);
	if (!strncmp(symbol, "__x64_", 6))
		diag_fix_word(c->diags, m, c->hook->symbol_at, symbol + 6, plain);
}

/* People write the other kind of name: `tcp_connect` as a system call, `sys_x` as a function. */
static bool hint_syscall_key(struct checking *c, struct diag *m, const char *plain)
{
	if (c->hook->syscall && kernel_has(c, "", plain)) {
		diag_note(c->diags, m,
			  "`syscall` defaults to true, so the name was looked up as a system call");
		diag_hint(c->diags, m, "syscall: false   # %s is an ordinary function", plain);
		diag_fix_key(c->diags, m, c->hook->at, c->hook->symbol_at, "syscall", "false");
	} else if (c->hook->syscall && kernel_has(c, "__x64_sys_", plain)) {
		diag_hint(c->diags, m, "call: \"sys_%s\"", plain);
		mend_call(c, m, arena_printf(c->arena, "sys_%s", plain));
	} else if (c->hook->syscall && kernel_has(c, "__x64_", plain)) {
		diag_hint(c->diags, m, "call: \"%s\"", plain);
		mend_call(c, m, plain);
	} else if (!c->hook->syscall && kernel_has(c, "__x64_", plain)) {
		diag_hint(c->diags, m, "syscall: true   # %s is a system call", plain);
	} else {
		return false;
	}
	return true;
}

static void hint_near_function(struct checking *c, struct diag *m, const char *plain)
{
	bool syscall = c->hook->syscall && !strncmp(plain, "sys_", 4);
	const char *near = kbtf_nearest(c->kernel, c->arena, syscall ? "__x64_" : "", plain, false);

	if (!syscall)
		diag_note(c->diags, m,
			  "a function that the kernel's compiler has inlined, or that belongs to a "
			  "module, is not in this type information");
	if (near)
		diag_hint(c->diags, m,
			  c->hook->syscall && !syscall ? "did you mean `%s`, with `syscall: false`?"
						       : "did you mean `%s`?",
			  near);
}

/* A system call's name as the author means it, without the prefix of any architecture. */
static const char *plain_name(const struct ir_hook *h)
{
	const char *name = h->syscall && !strncmp(h->symbol, "__", 2) ? h->symbol + 2 : NULL;
	const char *rest = name ? strchr(name, '_') : NULL;

	return rest ? rest + 1 : h->symbol;
}

static bool find_function(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	const char *plain = plain_name(h);
	struct diag *m;

	c->function = kbtf_function(c->kernel, c->arena, h->symbol);
	if (c->function)
		return true;
	m = diag_at(c->diags, DIAG_UNKNOWN_FUNCTION, h->symbol_at,
		    "the kernel has no function `%s`", h->symbol);
	if (!hint_syscall_key(c, m, plain))
		hint_near_function(c, m, plain);
	return false;
}

static bool find_lsm(struct checking *c)
{
	const char *full = arena_printf(c->arena, "bpf_lsm_%s", c->hook->symbol);
	const char *plain = c->hook->symbol, *near;
	struct diag *m;

	c->function = kbtf_function(c->kernel, c->arena, full);
	if (c->function)
		return true;
	m = diag_at(c->diags, DIAG_UNKNOWN_FUNCTION, c->hook->symbol_at,
		    "the kernel has no LSM hook `%s`", c->hook->symbol);
	if (!strncmp(plain, "security_", 9))
		plain += 9;
	else if (!strncmp(plain, "bpf_lsm_", 8))
		plain += 8;
	if (plain != c->hook->symbol)
		diag_note(c->diags, m, "LSM hooks are named without a prefix");
	near = kernel_has(c, "bpf_lsm_", plain)
		       ? plain
		       : kbtf_nearest(c->kernel, c->arena, "bpf_lsm_", plain, false);
	if (near)
		diag_hint(c->diags, m, "hook: \"%s\"", near);
	if (near == plain)
		diag_fix_word(c->diags, m, c->hook->symbol_at, c->hook->symbol, plain);
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

static void report_syscall_event(struct checking *c, const char *name, bool enter)
{
	const char *near = kbtf_nearest(c->kernel, c->arena, "__x64_sys_", name, false);
	struct diag *m = diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, c->hook->symbol_at,
				 "the kernel has no system call `%s`", name);

	if (near)
		diag_hint(c->diags, m, "did you mean `sys_%s_%s`?", enter ? "enter" : "exit", near);
}

static bool find_tracepoint(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	const char *name;
	bool enter;

	if (is_syscall_event(h, &name, &enter)) {
		if (kernel_has(c, "__x64_sys_", name))
			return true;
		report_syscall_event(c, name, enter);
		return false;
	}
	c->fields = kbtf_fields(c->kernel, c->arena,
				arena_printf(c->arena, "trace_event_raw_%s", h->symbol),
				&c->field_count);
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
	static const char *const integers[2][4] = {{"uint8", "uint16", "uint32", "uint64"},
						   {"int8", "int16", "int", "int64"}};

	if (t->class == KTYPE_INT)
		return integers[t->is_signed][t->bits <= 8    ? 0
					      : t->bits <= 16 ? 1
					      : t->bits <= 32 ? 2
							      : 3];
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
	else if (arg->type->class == CLASS_INT && have->bits == 64)
		diag_hint(c->diags, m, "type: \"uint64\"   # its address");
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
	diag_fix_word(c->diags, m, arg->ir->at, arg->type->name, fitting_type(have));
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
		if (!strncmp(c->hook->symbol, "__x64_sys_", 10))
			diag_hint(c->diags, m, "syscall: true   # to read the system call's own");
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

static bool check_user_value(struct checking *c, const struct tir_arg *arg)
{
	struct diag *m;

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

/* The kernel records no prototypes of system calls: registers are 64 bits of user data. */
static bool check_syscall_arg(struct checking *c, struct tir_arg *arg)
{
	arg->source = ARG_SYSCALL;
	arg->from_user = true;
	arg->bits = 64;
	if (!strncmp(c->hook->symbol, "__ia32_", 7)) {
		diag_at(c->diags, DIAG_NOT_SUPPORTED_YET, arg->ir->at,
			"arguments of 32-bit system calls are part of the language but not "
			"supported by this version of tgc");
		return false;
	}
	if (arg->ir->position >= SYSCALL_ARGS) {
		diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			"system calls have at most %d arguments, counted from 0", SYSCALL_ARGS);
		return false;
	}
	return check_user_value(c, arg);
}

/* A field that only says where in the record its bytes are. */
static bool is_locator(const struct kfield *f)
{
	return !strncmp(f->name, "__data_loc_", 11) || !strncmp(f->name, "__rel_loc_", 10);
}

/* What `auto` means for a field; NULL: nothing. */
static const struct type_info *derived_type(const struct kfield *f)
{
	if (f->type.class != KTYPE_INT || f->size < 4 || f->array || is_locator(f))
		return NULL;
	if (f->size == 4)
		return type_get(f->type.is_signed ? TYPE_INT32 : TYPE_UINT32);
	return type_get(f->type.is_signed ? TYPE_INT64 : TYPE_UINT64);
}

/* Number 0 to 3 are the common header; the event's own members follow it. */
static const struct kfield *event_field(struct checking *c, uint32_t number)
{
	static const struct kfield common[COMMON_FIELDS] = {
		{"common_type",
		 {.class = KTYPE_INT, .bits = 16, .text = "unsigned short"},
		 0,
		 2,
		 false},
		{"common_flags",
		 {.class = KTYPE_INT, .bits = 8, .text = "unsigned char"},
		 2,
		 1,
		 false},
		{"common_preempt_count",
		 {.class = KTYPE_INT, .bits = 8, .text = "unsigned char"},
		 3,
		 1,
		 false},
		{"common_pid",
		 {.class = KTYPE_INT, .bits = 32, .is_signed = true, .text = "int"},
		 4,
		 4,
		 false},
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

static void report_field_misfit(struct checking *c, const struct tir_arg *arg,
				const struct kfield *f)
{
	const char *better = f->array || is_locator(f) ? NULL : fitting_type(&f->type);
	const char *what = f->array ? "the array " : "";
	const char *type = f->array ? "" : f->type.text;
	const char *space = *type && type[strlen(type) - 1] != '*' ? " " : "";
	struct diag *m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
				 "field %u, %s`%s%s%s`, cannot be read as `%s`", arg->ir->position,
				 what, type, space, f->name, arg->type->name);

	if (is_locator(f))
		diag_note(c->diags, m,
			  "the field locates bytes elsewhere in the record; the type `data_loc`, "
			  "which reads them, is not supported by this version of tgc");
	if (better)
		diag_hint(c->diags, m, "type: \"%s\"", better);
}

static bool check_field(struct checking *c, struct tir_arg *arg)
{
	const struct kfield *f = event_field(c, arg->ir->position);

	arg->source = ARG_FIELD;
	if (!f) {
		report_field_count(c, arg);
		return false;
	}
	if (arg->type->class == CLASS_AUTO && derived_type(f))
		arg->type = derived_type(f);
	if (!field_fits(arg->type, f)) {
		report_field_misfit(c, arg, f);
		return false;
	}
	check_width(c, arg, &f->type);
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
	if (!check_user_value(c, arg))
		return false;
	if (arg->type->class == CLASS_STRING && (number || !enter)) {
		diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
			"field %u is a number, which `string` cannot read", at);
		return false;
	}
	arg->bits = number ? 32 : 64;
	arg->is_signed = number || !enter;
	arg->from_user = true;
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
	if (c->hook->syscall)
		return false;
	note_signature(c, m);
	if (c->function && arg->ir->position < c->function->param_count)
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

static void check_binaries(struct checking *c, const struct ir_binaries *b)
{
	for (size_t i = 0; i < b->value_count; i++) {
		const struct ast_str *v = &b->values[i];

		if (!v->len)
			diag_at(c->diags, DIAG_BAD_VALUE, v->at, "an empty value is no path");
		else if (strlen(v->s) != v->len)
			diag_at(c->diags, DIAG_BAD_VALUE, v->at,
				"a NUL byte, which no path contains");
		else if (v->len > LONGEST_BINARY)
			diag_at(c->diags, DIAG_BAD_VALUE, v->at,
				"%zu bytes: a binary's path is compared over %d", v->len,
				LONGEST_BINARY);
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
		check_binaries(c, &ir->binaries[i]);
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

/* Does the LSM hook behind a security_* function take the arguments that are used as they are? */
static bool has_lsm_twin(struct checking *c, const struct ir_hook *ir)
{
	const struct kfunction *f = c->function, *twin;

	if (ir->kind != TG_HOOK_KPROBE || strncmp(ir->symbol, "security_", 9))
		return false;
	twin = kbtf_function(c->kernel, c->arena,
			     arena_printf(c->arena, "bpf_lsm_%s", ir->symbol + 9));
	for (size_t i = 0; twin && i < ir->arg_count; i++) {
		uint32_t at = ir->args[i].position;

		if (at >= f->param_count || at >= twin->param_count ||
		    strcmp(f->params[at].name, twin->params[at].name) ||
		    strcmp(f->params[at].type.text, twin->params[at].type.text))
			return false;
	}
	return twin && twin->result.class == KTYPE_INT;
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
	out->lsm_twin = has_lsm_twin(c, ir);
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
