// SPDX-License-Identifier: Apache-2.0
/*
 * The terse language: fields of tracepoints by their names, as parameters of a function: of a raw
 * tracepoint what it is given, of the others the record, whose first four are the common header.
 */
#include <string.h>
#include "compiler/binaries/tracefs.h"
#include "compiler/binaries/tracepoint.h"
#include "compiler/check/check.h"
#include "compiler/kernels/profile.h"
#include "lower.h"

/* BTF's name of a field whose bytes stand elsewhere says so; its own name does not. */
static const char *plain_name(const char *name)
{
	static const char *const marks[] = {"__data_loc_", "__rel_loc_"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (!strncmp(name, marks[i], strlen(marks[i])))
			return name + strlen(marks[i]);
	return name;
}

static void add_name(struct terse_lowering *l, struct kfunction *f, size_t *room, const char *name)
{
	const char *plain = plain_name(name);

	f->params = arena_grow(l->arena, f->params, f->param_count, room, sizeof(*f->params));
	f->params[f->param_count++] =
		(struct kparam){.name = plain, .type.text = plain == name ? NULL : "data_loc"};
}

/* Of syscalls/sys_enter_NAME and sys_exit_NAME, which have no records. */
static bool add_syscall(struct terse_lowering *l, struct kfunction *f, size_t *room)
{
	const char *event = l->hook->symbol;
	bool enter = !strncmp(event, "sys_enter_", 10);
	const struct kfunction *call;

	if (strcmp(l->hook->subsystem, "syscalls") || (!enter && strncmp(event, "sys_exit_", 9)))
		return false;
	add_name(l, f, room, "__syscall_nr");
	call = enter ? syscall_prototype(l->arena, event + 10) : NULL;
	for (size_t i = 0; call && i < call->param_count; i++)
		add_name(l, f, room, call->params[i].name ? call->params[i].name : "");
	if (!enter)
		add_name(l, f, room, "ret");
	return true;
}

/* What a kernel lists that has no record in its type information. */
static void add_listed(struct terse_lowering *l, const struct kernel *k, struct kfunction *f,
		       size_t *room)
{
	struct kevent_field field;
	struct kevent event;

	if (!k->profile ||
	    profile_event(k->profile, l->hook->subsystem, l->hook->symbol, &event) != KNOWN_YES)
		return;
	for (uint32_t i = TRACE_HEADER_FIELDS; profile_event_field(&event, i, &field); i++)
		add_name(l, f, room, field.name);
}

static const struct kfunction *record_function(struct terse_lowering *l, const struct kernel *k,
					       const struct tracepoint *event)
{
	struct kfunction *f = arena_alloc(l->arena, sizeof(*f));
	size_t room = 0;

	f->name = l->hook->symbol;
	for (uint32_t i = 0; i < TRACE_HEADER_FIELDS; i++)
		add_name(l, f, &room, trace_header_field(i)->name);
	if (add_syscall(l, f, &room))
		return f;
	if (!event->record)
		add_listed(l, k, f, &room);
	for (size_t i = 1; event->record && i < event->field_count; i++)
		if (strcmp(event->fields[i].name, "__data"))
			add_name(l, f, &room, event->fields[i].name);
	return f;
}

/* All events of a kernel are read once, where it can keep them. */
static bool find_event(struct terse_lowering *l, const struct kernel *k, struct tracepoint *out)
{
	const struct terse_hook *h = l->hook;

	if (!k->events)
		return tracepoint_find(k->btf, l->arena, h->subsystem, h->symbol, out);
	if (!*k->events)
		*k->events = tracepoints_read(k->btf, k->arena);
	return tracepoint_look(*k->events, l->arena, h->subsystem, h->symbol, out);
}

const struct kfunction *event_function(struct terse_lowering *l, const struct kernel *k)
{
	const struct terse_hook *h = l->hook;
	struct tracepoint event = {.record = NULL};

	if (!h->subsystem)
		return NULL;
	if (!strcmp(h->subsystem, "syscalls") && !(h->node->flags & HOOK_RAW))
		return record_function(l, k, &event);
	if (!find_event(l, k, &event))
		return NULL;
	return h->node->flags & HOOK_RAW ? event.raw : record_function(l, k, &event);
}
