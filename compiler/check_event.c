// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": tracepoints and the fields of their records. */
#include <string.h>
#include "check.h"

#define COMMON_FIELDS 4 /* of every tracepoint record */

static const char *event_name(const struct ir_hook *h)
{
	return h->calls.v[0].name;
}

bool is_syscall_event(const struct ir_hook *h, const char **name, bool *enter)
{
	if (strcmp(h->subsystem, "syscalls"))
		return false;
	*enter = !strncmp(event_name(h), "sys_enter_", 10);
	if (!*enter && strncmp(event_name(h), "sys_exit_", 9))
		return false;
	*name = event_name(h) + (*enter ? 10 : 9);
	return true;
}

static void report_tracepoint(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	struct diag *m = diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, h->calls.at,
				 "the kernel's type information has no record of tracepoint "
				 "`%s/%s`",
				 h->subsystem, event_name(h));
	const char *near = kbtf_nearest(c->btf, c->arena, "trace_event_raw_", event_name(h), true);

	diag_note(c->diags, m,
		  "looked for `struct trace_event_raw_%s`; events that share a "
		  "class with others are described only by the class",
		  event_name(h));
	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
}

static void report_syscall_event(struct checking *c, const char *name, bool enter)
{
	const char *near = kbtf_nearest(c->btf, c->arena, "__x64_sys_", name, false);
	struct diag *m = diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, c->hook->calls.at,
				 "the kernel has no system call `%s`", name);

	if (near)
		diag_hint(c->diags, m, "did you mean `sys_%s_%s`?", enter ? "enter" : "exit", near);
}

bool find_tracepoint(struct checking *c)
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
	c->fields = kbtf_fields(c->btf, c->arena,
				arena_printf(c->arena, "trace_event_raw_%s", event_name(h)),
				&c->field_count);
	if (c->fields)
		return true;
	report_tracepoint(c);
	return false;
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
	const char *better = f->array || is_locator(f) ? NULL : fitting_type(c, &f->type, 0);
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

bool check_field(struct checking *c, struct tir_arg *arg)
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
		arg->record = arena_printf(c->arena, "trace_event_raw_%s", event_name(c->hook));
		arg->field = f->name;
	}
	return true;
}

/* syscalls/sys_enter_*: the header, the number, then eight bytes an argument. */
static bool check_syscall_field(struct checking *c, struct tir_arg *arg)
{
	uint32_t at = arg->ir->position;
	bool enter = !strncmp(event_name(c->hook), "sys_enter_", 10);
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

