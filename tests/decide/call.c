// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <stdio.h>
#include <string.h>
#include "call.h"
#include "sockets.h"
#include "tree.h"

#define NET_NAME 15 /* bytes of a network device's name, which a NUL follows */

/* ---- arguments ------------------------------------------------------------------------- */

static uint64_t string_value(const struct argument *a)
{
	char *s;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	s = a->in_kernel ? fake_alloc(a->text.len + 1, 0) : fake_user_alloc(a->text.len + 1);
	memcpy(s, a->text.s, a->text.len + 1);
	return a->in_kernel ? fake_kernel_address(s) : (uint64_t)s;
}

static uint64_t filename_value(const struct argument *a)
{
	void *f;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	f = fake_object(FAKE_FILENAME);
	fake_put(f, FAKE_FILENAME_NAME, string_value(a));
	return fake_address(f);
}

static uint64_t net_device_value(const struct argument *a)
{
	void *device;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	device = fake_object(FAKE_NET_DEVICE);
	snprintf(fake_member(device, FAKE_NET_DEVICE_NAME), NET_NAME + 1, "%s", a->text.s);
	return fake_address(device);
}

static uint64_t caps_value(const struct argument *a)
{
	void *caps;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	if (a->kind == ARGUMENT_FAULT)
		return fake_fault();
	caps = fake_alloc(sizeof(a->number), 0);
	memcpy(caps, &a->number, sizeof(a->number));
	return fake_address(caps);
}

static uint64_t argument_value(const struct shape *s, const struct shape_arg *type,
			       const struct argument *a, uint32_t mode)
{
	if (shape_arg_is_socket(type))
		return socket_value(type, a, s->kind == SHAPE_SYSCALL);
	if (shape_arg_is_caps(type))
		return caps_value(a);
	if (shape_arg_is_number(type))
		return a->number;
	if (!strcmp(type->type, "net_device"))
		return net_device_value(a);
	if (!strcmp(type->type, "dentry"))
		return tree_dentry(a, mode);
	if (!strcmp(type->type, "linux_binprm"))
		return tree_binprm(a, mode);
	if (!strcmp(type->type, "file"))
		return tree_file(a, mode);
	if (!strcmp(type->type, "path"))
		return tree_path_object(a, mode);
	if (!strcmp(type->type, "filename"))
		return filename_value(a);
	return string_value(a);
}

void call_make(struct call *c, const struct shape *s, const struct event *e)
{
	*c = (struct call){.shape = s, .event = e};
	fake_reset();
	tree_reset();
	for (unsigned i = 0; i < s->arg_count; i++) {
		c->values[i] = argument_value(s, &s->args[i], &e->args[i], e->mode);
		c->socks[i] = socket_address(&s->args[i], c->values[i]);
	}
	c->returned = e->at_return ? argument_value(s, &s->result, &e->result, e->mode) : 0;
	fake_conditions.result = c->returned;
	fake_conditions.task = tree_task(e);
	fake_conditions.unknown_process = e->unknown_process;
	fake_conditions.ring_full = e->ring_full;
	fake_conditions.tid = e->tid;
	fake_conditions.time = e->time;
}

/* ---- contexts -------------------------------------------------------------------------- */

/* Fields of the test's own tracepoints: without relocation they follow each other from 0. */
static void tracepoint_context(struct call *c)
{
	unsigned char *context = (unsigned char *)c->context;
	unsigned at = 0;

	for (unsigned i = 0; i < c->shape->arg_count; i++) {
		unsigned size = c->shape->args[i].c_bits / 8;

		at = (at + size - 1) / size * size;
		memcpy(context + at, &c->values[i], size);
		at += size;
	}
}

static void registers(void *r, const uint64_t *v, bool syscall)
{
	fake_put(r, FAKE_REGS_DI, v[0]);
	fake_put(r, FAKE_REGS_SI, v[1]);
	fake_put(r, FAKE_REGS_DX, v[2]);
	fake_put(r, FAKE_REGS_CX, syscall ? 0xbad : v[3]);
	fake_put(r, FAKE_REGS_R8, v[4]);
	if (syscall)
		fake_put(r, FAKE_REGS_R10, v[3]);
}

static void syscall_context(struct call *c, bool kprobe)
{
	uint64_t outer[SHAPE_ARGS] = {0};
	void *user = fake_object(FAKE_REGS);

	registers(user, c->values, true);
	outer[0] = fake_address(user);
	if (kprobe)
		registers(c->context, outer, false);
	else
		memcpy(c->context, outer, sizeof(outer));
}

/* Behind the parameters; a kretprobe finds nothing of them any more. */
static void return_context(struct call *c, bool kprobe)
{
	unsigned n = c->shape->kind == SHAPE_SYSCALL ? 1 : c->shape->arg_count;

	memset(c->context, 0xba, sizeof(c->context));
	if (kprobe)
		fake_put(c->context, FAKE_REGS_AX, c->returned);
	else
		c->context[n] = c->returned;
}

void call_context(struct call *c, bool kprobe)
{
	memset(c->context, 0, sizeof(c->context));
	if (c->event->at_return)
		return_context(c, kprobe);
	else if (c->shape->kind == SHAPE_TRACEPOINT)
		tracepoint_context(c);
	else if (c->shape->kind == SHAPE_SYS_ENTER)
		memcpy(c->context + 2, c->values, sizeof(c->values));
	else if (c->shape->kind == SHAPE_SYSCALL)
		syscall_context(c, kprobe);
	else if (kprobe)
		registers(c->context, c->values, false);
	else
		memcpy(c->context, c->values, sizeof(c->values));
}
