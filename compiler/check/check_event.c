// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": tracepoints and the fields of their records. */
#include <string.h>
#include "check.h"
#include "compiler/kernels/profile.h"
#include "compiler/binaries/tracefs.h"
#include "compiler/binaries/tracepoint.h"

#define FIRST_ARGUMENT (TRACE_HEADER_FIELDS + 1) /* of sys_enter_*; before it is the number */

/* One field of a record, and how the kernel's type information knows it. */
struct event_field {
	struct trace_field shape;
	struct ktype type;
	bool typed;	    /* `type` is known */
	const char *member; /* for relocation; NULL: the header, or not in BTF */
};

static const char *event_name(const struct ir_hook *h)
{
	return h->calls.v[0].name;
}

bool is_syscall_event(const struct ir_hook *h, const char **name, bool *enter)
{
	const char *event = event_name(h);

	if (strcmp(h->subsystem, "syscalls"))
		return false;
	*enter = !strncmp(event, "sys_enter_", 10);
	if (!*enter && strncmp(event, "sys_exit_", 9))
		return false;
	*name = event + (*enter ? 10 : 9);
	return true;
}

/* ---- which event ---------------------------------------------------------------------------- */

static const struct tracepoints *events_of(struct checking *c)
{
	if (!*c->kernel->events)
		*c->kernel->events = tracepoints_read(c->btf, c->kernel->arena);
	return *c->kernel->events;
}

static void report_event(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	const char *near = tracepoint_nearest(events_of(c), c->arena, event_name(h)), *name;
	bool enter;
	struct diag *m =
		diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, h->symbol_at,
			"the kernel has no tracepoint `%s/%s`", h->subsystem, event_name(h));

	if (is_syscall_event(h, &name, &enter)) {
		diag_note(c->diags, m,
			  "a raw tracepoint is raised for all system calls; single ones have the "
			  "other kind only");
		diag_hint(c->diags, m, "raw: false");
		return;
	}
	diag_note(c->diags, m,
		  "an event that belongs to a module is not in the kernel's own type "
		  "information");
	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
}

static bool report_syscall_event(struct checking *c, const char *name, bool enter)
{
	const char *near = kbtf_nearest(c->btf, c->arena, "__x64_sys_", name, false);
	struct diag *m = diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, c->hook->symbol_at,
				 "the kernel has no system call `%s`", name);

	if (near)
		diag_hint(c->diags, m, "did you mean `sys_%s_%s`?", enter ? "enter" : "exit", near);
	return false;
}

/* A kernel that lists its events knows their subsystems as well. */
static bool check_subsystem(struct checking *c, const struct tracepoint *event)
{
	const struct ir_hook *h = c->hook;
	struct kevent known;
	struct diag *m;

	if (c->kernel->profile &&
	    profile_event(c->kernel->profile, h->subsystem, event_name(h), &known) == KNOWN_YES)
		return true;
	if (!event->usual_subsystem || !strcmp(event->usual_subsystem, h->subsystem))
		return true;
	m = diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, h->symbol_at,
		    "`%s` is no event of the subsystem `%s`", event_name(h), h->subsystem);
	diag_hint(c->diags, m, "subsystem: \"%s\"", event->usual_subsystem);
	return false;
}

bool find_tracepoint(struct checking *c)
{
	const struct ir_hook *h = c->hook;
	struct tracepoint *event;
	const char *name;
	bool enter;

	c->out->symbol = event_name(h);
	if (is_syscall_event(h, &name, &enter) && h->kind == HOOK_TRACEPOINT)
		return kernel_has(c, abi_prefix(ABI_X64), arena_printf(c->arena, "sys_%s", name)) ||
		       (!c->kernel->allow_missing && report_syscall_event(c, name, enter));
	event = arena_alloc(c->arena, sizeof(*event));
	if (!tracepoint_look(events_of(c), c->arena, h->subsystem, event_name(h), event)) {
		if (!c->kernel->allow_missing)
			report_event(c);
		return false;
	}
	c->event = event;
	if (h->kind == HOOK_RAW_TRACEPOINT)
		c->function = event->raw;
	return check_subsystem(c, event);
}

/* ---- its fields ------------------------------------------------------------------------------ */

static struct ktype header_type(const struct trace_field *f)
{
	return (struct ktype){.class = KTYPE_INT,
			      .bits = f->size * 8,
			      .is_signed = f->is_signed,
			      .text = f->type};
}

/* Number 0 to 3 are the common header; the record's own members follow it. */
static bool btf_field(struct checking *c, uint32_t number, struct event_field *out)
{
	const struct tracepoint *e = c->event;
	size_t at = number - TRACE_HEADER_FIELDS + 1; /* member 0 is the header itself */
	struct ktype element = {0};
	uint32_t count = 0;

	if (at >= e->field_count || !strcmp(e->fields[at].name, "__data"))
		return false;
	kbtf_element(c->btf, c->arena, e->record, at, &element, &count);
	*out = (struct event_field){
		.shape = trace_field_of(c->arena, &e->fields[at], &element, count),
		.type = e->fields[at].type,
		.typed = true,
		.member = e->fields[at].name,
	};
	return true;
}

static bool format_field(const struct kevent *event, uint32_t number, struct event_field *out)
{
	struct kevent_field f;

	if (!profile_event_field(event, number, &f))
		return false;
	*out = (struct event_field){
		.shape = {.name = f.name,
			  .type = f.type,
			  .offset = f.offset,
			  .size = f.size,
			  .is_signed = f.is_signed,
			  .is_array = strchr(f.type, '[') != NULL,
			  .is_pointer = strchr(f.type, '*') != NULL,
			  .data_loc = !strncmp(f.type, "__data_loc", 10),
			  .rel_loc = !strncmp(f.type, "__rel_loc", 9)},
	};
	return true;
}

static bool event_field(struct checking *c, uint32_t number, struct event_field *out)
{
	struct kevent known;

	if (number < TRACE_HEADER_FIELDS) {
		out->shape = *trace_header_field(number);
		out->type = header_type(&out->shape);
		out->typed = true;
		out->member = NULL;
		return true;
	}
	if (c->event->record)
		return btf_field(c, number, out);
	return c->kernel->profile &&
	       profile_event(c->kernel->profile, c->hook->subsystem, event_name(c->hook), &known) ==
		       KNOWN_YES &&
	       format_field(&known, number, out);
}

static bool report_field_count(struct checking *c, const struct tir_arg *arg)
{
	const char *list = "0-3 the common header";
	struct event_field f;
	struct diag *m;

	if (!event_field(c, TRACE_HEADER_FIELDS, &f) && !c->event->record) {
		m = diag_at(c->diags, DIAG_UNKNOWN_TRACEPOINT, arg->ir->whole,
			    "the fields of `%s/%s` are not known", c->hook->subsystem,
			    event_name(c->hook));
		if (c->event->why)
			diag_note(c->diags, m, "%s", c->event->why);
		diag_hint(c->diags, m,
			  "make a profile on a machine with this kernel: `tgc kernels add "
			  "--running` reads the fields");
		return false;
	}
	m = diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at, "the tracepoint has no field %u",
		    arg->ir->position);
	for (uint32_t i = TRACE_HEADER_FIELDS; event_field(c, i, &f); i++)
		list = arena_printf(c->arena, "%s, %u %s", list, i, f.shape.name);
	diag_note(c->diags, m, "its fields: %s", list);
	return false;
}

static bool is_number(const struct event_field *f)
{
	return !f->shape.is_array && !f->shape.is_pointer && !f->shape.data_loc &&
	       !f->shape.rel_loc && (!f->typed || f->type.class == KTYPE_INT) && f->shape.size <= 8;
}

/* What can be read out of a record; objects only through a pointer that it holds. */
static bool field_fits(const struct type_info *want, const struct event_field *f)
{
	bool pointer = f->shape.is_pointer && !f->shape.is_array;

	switch (want->id) {
	case TYPE_NOP:
		return true;
	case TYPE_DATA_LOC:
		return f->shape.data_loc || f->shape.rel_loc;
	case TYPE_CONST_BUF:
		return f->shape.is_array;
	case TYPE_STRING:
		return pointer && strstr(f->shape.type, "char");
	case TYPE_CHAR_BUF:
	case TYPE_SKB:
	case TYPE_SOCK:
	case TYPE_SOCKET:
	case TYPE_SOCKADDR:
		return pointer;
	default:
		break;
	}
	return want->class == CLASS_INT && (is_number(f) || (pointer && want->bits == 64));
}

static const char *fitting_field(const struct event_field *f)
{
	struct trace_derived d = trace_field_derive(&f->shape, false);

	return trace_auto_name(d.type != TRACE_AUTO_NONE ? d.type : d.instead);
}

static bool report_field(struct checking *c, const struct tir_arg *arg, const struct event_field *f)
{
	const char *better = fitting_field(f);
	struct trace_derived d = trace_field_derive(&f->shape, false);
	struct diag *m;

	if (arg->type->class == CLASS_AUTO) {
		m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
			    "field %u needs a `type`: none can be derived, since %s",
			    arg->ir->position, d.why ? d.why : "nothing reads such a field");
	} else {
		m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at, "field %u cannot be read as `%s`",
			    arg->ir->position, arg->type->name);
	}
	diag_note(c->diags, m, "the field is: %s", trace_field_text(c->arena, &f->shape));
	if (!better)
		return false;
	diag_hint(c->diags, m, "type: \"%s\"", better);
	if (arg->type->class != CLASS_AUTO)
		diag_fix_word(c->diags, m, arg->ir->at, arg->type->name, better);
	return false;
}

static void check_field_width(struct checking *c, const struct tir_arg *arg,
			      const struct event_field *f)
{
	struct ktype type = {.class = KTYPE_INT,
			     .bits = f->shape.size * 8,
			     .is_signed = f->shape.is_signed,
			     .text = f->shape.type};
	struct diag *m;

	if (arg->type->class != CLASS_INT || !is_number(f) || arg->type->bits <= type.bits)
		return;
	m = diag_at(c->diags, DIAG_ARG_WIDTH, arg->ir->at,
		    "`%s` is wider than the field: the record has %u bits", arg->type->name,
		    type.bits);
	diag_note(c->diags, m, "the field is: %s", trace_field_text(c->arena, &f->shape));
	diag_hint(c->diags, m, "type: \"%s\"", fitting_type(c, &type, 0));
}

/* Numbers under a name that tracefs does not explain (pid_t) are numbers all the same. */
static const char *derived_type(const struct event_field *f, bool sized)
{
	struct trace_derived d = trace_field_derive(&f->shape, sized);

	if (d.type == TRACE_AUTO_NONE && f->typed && is_number(f))
		return trace_auto_name(d.instead);
	return trace_auto_name(d.type);
}

/* `sizeArgIndex` counts the fields from 1. */
static bool check_size_field(struct checking *c, struct tir_arg *arg)
{
	uint32_t at = arg->ir->size_position;
	struct event_field f;
	struct diag *m;

	if (!at)
		return true;
	if (!event_field(c, at - 1, &f)) {
		diag_at(c->diags, DIAG_ARG_SIZE, arg->ir->size_at,
			"the tracepoint has no field %u to hold the size, counted from 1 here", at);
		return false;
	}
	arg->size = (struct tir_size){.bits = f.shape.size * 8,
				      .is_signed = f.shape.is_signed,
				      .offset = f.shape.offset,
				      .field = f.member};
	if (is_number(&f))
		return true;
	m = diag_at(c->diags, DIAG_ARG_SIZE, arg->ir->size_at,
		    "field %u, counted from 1 here, is no size", at);
	diag_note(c->diags, m, "the field is: %s", trace_field_text(c->arena, &f.shape));
	return false;
}

static bool check_record_field(struct checking *c, struct tir_arg *arg)
{
	struct event_field f;

	if (!event_field(c, arg->ir->position, &f))
		return report_field_count(c, arg);
	if (arg->type->class == CLASS_AUTO) {
		const char *name = derived_type(&f, arg->ir->size_position);

		if (!name)
			return report_field(c, arg, &f);
		arg->type = type_get(type_find(name));
	}
	if (!field_fits(arg->type, &f))
		return report_field(c, arg, &f);
	if (!check_size_field(c, arg))
		return false;
	check_field_width(c, arg, &f);
	arg->kernel = *f.shape.type ? f.shape.type : NULL;
	arg->bits = f.shape.size * 8;
	arg->is_signed = f.shape.is_signed;
	arg->is_enum = f.typed && f.type.is_enum;
	arg->is_pointer = !is_number(&f);
	arg->offset = f.shape.offset;
	if (f.shape.is_array && f.shape.count)
		arg->element = f.shape.size / f.shape.count;
	if (f.member) {
		arg->record = c->event->record;
		arg->field = f.member;
	}
	return true;
}

/* ---- system calls' events ---------------------------------------------------------------------
 */

static bool report_syscall_field(struct checking *c, const struct tir_arg *arg, bool enter,
				 uint32_t last)
{
	diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
		enter ? "the event has no field %u: 4 is the system call's number, "
			"5 to %u its arguments"
		      : "the event has no field %u: 4 is the system call's number, "
			"%u its result",
		arg->ir->position, last);
	return false;
}

static bool report_user_value(struct checking *c, const struct tir_arg *arg)
{
	struct diag *m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
				 "a system call's arguments are values of the program: `%s` is a "
				 "kernel object",
				 arg->type->name);

	diag_hint(c->diags, m,
		  "type: \"string\" for a path the program passes, or an LSM hook such "
		  "as `file_open` for the file that is really opened");
	return false;
}

/* syscalls/sys_enter_*: the header, the number, then eight bytes an argument. */
static bool check_syscall_field(struct checking *c, struct tir_arg *arg, bool enter)
{
	uint32_t at = arg->ir->position, size = arg->ir->size_position;
	uint32_t last = TRACE_HEADER_FIELDS + (enter ? SYSCALL_ARGS : 1);
	bool number = at == TRACE_HEADER_FIELDS;

	if (at > last)
		return report_syscall_field(c, arg, enter, last);
	if (arg->type->class == CLASS_AUTO)
		arg->type = type_get(number ? TYPE_INT32 : enter ? TYPE_UINT64 : TYPE_INT64);
	if (arg->type->class != CLASS_INT && arg->type->class != CLASS_STRING &&
	    arg->type->id != TYPE_CHAR_BUF && arg->type->id != TYPE_SOCKADDR)
		return report_user_value(c, arg);
	if (arg->type->class != CLASS_INT && (number || !enter)) {
		diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
			"field %u is a number, which `%s` cannot read", at, arg->type->name);
		return false;
	}
	if (size && (size <= TRACE_HEADER_FIELDS + 1 || size - 1 > last)) {
		diag_at(c->diags, DIAG_ARG_SIZE, arg->ir->size_at,
			"the tracepoint has no field %u to hold the size, counted from 1 here",
			size);
		return false;
	}
	if (size)
		arg->size = (struct tir_size){.bits = 64,
					      .offset = 8 + 8 * (size - 1 - TRACE_HEADER_FIELDS)};
	arg->bits = number ? 32 : 64;
	arg->is_signed = number || !enter;
	arg->from_user = true;
	arg->offset = 8 + 8 * (at - TRACE_HEADER_FIELDS);
	return true;
}

bool check_field(struct checking *c, struct tir_arg *arg)
{
	const char *name;
	bool enter;

	arg->source = ARG_FIELD;
	if (c->event || arg->ir->position < TRACE_HEADER_FIELDS)
		return check_record_field(c, arg);
	is_syscall_event(c->hook, &name, &enter);
	return check_syscall_field(c, arg, enter);
}
