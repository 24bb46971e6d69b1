// SPDX-License-Identifier: Apache-2.0
/* The compact line of raw_syscalls/sys_enter: a system call as C writes it. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include "runtime/kprobe_lines.h"
#include "runtime/syscall_name.h"

#define SYSCALL_ARGS 6
#define BIT_32	     (1ull << 31) /* of syscall64 */

struct number {
	uint32_t number;
	const char *name, *entry; /* entry: as the prototypes call it */
};

static const struct number native[] = {
#define SYSCALL(number, name)		{number, name, name},
#define SYSCALL_AS(number, name, entry) {number, name, entry},
#include "grammar/syscalls-x64.def"
};

static const struct number foreign[] = {
#define SYSCALL(number, name)		{number, name, name},
#define SYSCALL_AS(number, name, entry) {number, name, entry},
#include "grammar/syscalls-i386.def"
};

static const struct {
	const char *name;
	const char *args[SYSCALL_ARGS];
} prototypes[] = {
#define SYSCALL(name, ...) {name, {__VA_ARGS__}},
#include "grammar/syscall-args.def"
#undef SYSCALL
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct number *find(const struct number *rows, size_t count, uint64_t number)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

static const char *const *prototype(const char *entry)
{
	for (size_t i = 0; i < COUNT(prototypes); i++)
		if (!strcmp(prototypes[i].name, entry))
			return prototypes[i].args;
	return NULL;
}

/* Value `i` of the array that is argument 1, or of the numbers from there on. */
static bool value_of(const struct event *e, uint32_t i, uint64_t *value)
{
	const struct event_arg *array = &e->args[1], *arg = &e->args[i + 1];

	if (e->arg_count > 1 && array->type == TG_ARG_LONGS && array->slot.status == TG_SLOT_OK &&
	    array->text.size >= 8 * (i + 1ull)) {
		memcpy(value, array->text.bytes + 8ull * i, sizeof(*value));
		return true;
	}
	*value = arg->slot.value;
	return i + 1 < e->arg_count && arg->type == TG_ARG_SIZE && arg->slot.status == TG_SLOT_OK;
}

/* `const char *filename` is a type, which ends with its star, and a name; without a value the name
 * stands apart. */
static void print_parameter(struct compact *c, const char *declaration, uint32_t i)
{
	const char *star = strrchr(declaration, '*');
	int type = star ? (int)(star + 1 - declaration) : 0;
	uint64_t value;

	buffer_text(c->out, i ? ", " : "");
	if (!value_of(c->event, i, &value))
		buffer_print(c->out, star ? "%.*s %s=?" : "%.*s%s=?", type, declaration,
			     declaration + type);
	else
		buffer_print(c->out, star ? "%s=0x%" PRIx64 : "%s=%" PRIu64, declaration, value);
}

bool event_is_syscall(const struct event *e)
{
	return e->kind == EVENT_TRACEPOINT && !strcmp(e->subsystem, "raw_syscalls") &&
	       !strcmp(e->function, "sys_enter");
}

static const struct number *call_of(const struct event *e, bool *is_foreign)
{
	const struct event_arg *arg = &e->args[0];
	bool known = e->arg_count && arg->slot.status == TG_SLOT_OK &&
		     (arg->type == TG_ARG_LONG || arg->type == TG_ARG_SYSCALL);

	*is_foreign = known && arg->type == TG_ARG_SYSCALL && (arg->slot.value & BIT_32);
	if (!known)
		return NULL;
	return *is_foreign ? find(foreign, COUNT(foreign), arg->slot.value & ~BIT_32)
			   : find(native, COUNT(native), arg->slot.value);
}

const char *event_syscall(const struct event *e, bool *is_foreign)
{
	const struct number *call = call_of(e, is_foreign);

	return call ? call->name : NULL;
}

static void print_call(struct compact *c, const struct number *call)
{
	const char *const *args = prototype(call->entry);

	buffer_text(c->out, call->name);
	if (!args)
		return;
	buffer_char(c->out, '(');
	for (uint32_t i = 0; i < SYSCALL_ARGS && args[i]; i++)
		print_parameter(c, args[i], i);
	buffer_char(c->out, ')');
}

void compact_syscall(struct compact *c)
{
	bool is_foreign;
	const struct number *call = call_of(c->event, &is_foreign);

	compact_label(c, "☎ ", "syscall");
	compact_source(c);
	buffer_char(c->out, ' ');
	if (!call)
		buffer_text(c->out, "unknown");
	else if (is_foreign)
		buffer_print(c->out, "i386/%s", call->name);
	else
		print_call(c, call);
}
