// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "check.h"
#include "judge.h"
#include "reference.h"
#include "family.h"
#include "tree.h"

typedef int program(__u64 *ctx);

/* A call on the way: its arguments as the kernel passes them, and what they were made into. */
struct call {
	const struct shape *shape;
	const struct event *event;
	__u64 values[SHAPE_ARGS];
	unsigned char context[sizeof(struct pt_regs) + 16];
	struct pt_regs user; /* of a system call */
	int result;
};

static bool say(struct checker *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->why, sizeof(c->why), format, args);
	va_end(args);
	return false;
}

/* ---- arguments ------------------------------------------------------------------------- */

static __u64 string_value(const struct argument *a)
{
	char *s;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	if (a->kind == ARGUMENT_FAULT)
		return (__u64)fake_fault();
	s = fake_alloc(a->text.len + 1, 0);
	memcpy(s, a->text.s, a->text.len + 1);
	return a->in_kernel ? fake_kernel_address(s) : (__u64)s;
}

static __u64 filename_value(const struct argument *a)
{
	struct filename *f;

	if (a->kind == ARGUMENT_NULL)
		return 0;
	f = fake_alloc(sizeof(*f), 0);
	f->name = (const char *)string_value(a);
	return (__u64)f;
}

static __u64 argument_value(const struct shape_arg *type, const struct argument *a, __u32 mode)
{
	if (shape_arg_is_number(type))
		return a->number;
	if (!strcmp(type->type, "file"))
		return (__u64)tree_file(a, mode);
	if (!strcmp(type->type, "path"))
		return (__u64)tree_path_object(a, mode);
	if (!strcmp(type->type, "filename"))
		return filename_value(a);
	return string_value(a);
}

static void make_arguments(struct call *c)
{
	const struct event *e = c->event;

	fake_reset();
	tree_reset();
	for (unsigned i = 0; i < c->shape->arg_count; i++)
		c->values[i] = argument_value(&c->shape->args[i], &e->args[i], e->mode);
	fake_conditions.task = tree_task(e);
	family_make(e, fake_conditions.task);
	fake_conditions.unknown_process = e->unknown_process;
	fake_conditions.ring_full = e->ring_full;
}

/* Fields of the test's own tracepoints: without relocation they follow each other from 0. */
static void tracepoint_context(struct call *c)
{
	unsigned at = 0;

	for (unsigned i = 0; i < c->shape->arg_count; i++) {
		unsigned size = c->shape->args[i].c_bits / 8;

		at = (at + size - 1) / size * size;
		memcpy(c->context + at, &c->values[i], size);
		at += size;
	}
}

static void registers(struct pt_regs *r, const __u64 *v, bool syscall)
{
	*r = (struct pt_regs){.di = v[0], .si = v[1], .dx = v[2], .cx = v[3], .r8 = v[4]};
	if (syscall) {
		r->cx = 0xbad;
		r->r10 = v[3];
	}
}

static void make_context(struct call *c, bool kprobe)
{
	bool syscall = c->shape->kind == SHAPE_SYSCALL;
	__u64 *slots = (__u64 *)(void *)c->context, outer[SHAPE_ARGS] = {0};

	memset(c->context, 0, sizeof(c->context));
	if (c->shape->kind == SHAPE_TRACEPOINT) {
		tracepoint_context(c);
	} else if (c->shape->kind == SHAPE_SYS_ENTER) {
		memcpy(slots + 2, c->values, sizeof(c->values));
	} else if (syscall) {
		struct pt_regs *user = fake_alloc(sizeof(*user), 0);

		registers(user, c->values, true);
		outer[0] = (__u64)user;
		memcpy(slots, outer, sizeof(outer));
		if (kprobe)
			registers((struct pt_regs *)c->context, outer, false);
	} else if (kprobe) {
		registers((struct pt_regs *)c->context, c->values, false);
	} else {
		memcpy(slots, c->values, sizeof(c->values));
	}
}

/* ---- outcomes -------------------------------------------------------------------------- */

static bool is_text(const struct shape_arg *a)
{
	return !shape_arg_is_number(a) && strcmp(a->type, "nop");
}

static bool is_filtered(const struct shape *s, unsigned arg)
{
	if (s->filter_count)
		return arg == 0;
	return s->selectors && strstr(s->selectors, (char[]){'x', ':', ' ', (char)('0' + arg), 0});
}

/* Order of slots: numbers, then filtered texts, then the others. */
static int slot_rank(const struct shape *s, unsigned arg)
{
	return is_text(&s->args[arg]) ? 2 - is_filtered(s, arg) : 0;
}

static unsigned slot_of(const struct shape *s, unsigned arg)
{
	int rank = slot_rank(s, arg);
	unsigned n = 0;

	for (unsigned i = 0; i < s->arg_count; i++)
		if (strcmp(s->args[i].type, "nop") &&
		    (slot_rank(s, i) < rank || (slot_rank(s, i) == rank && i < arg)))
			n++;
	return n;
}

static bool check_number(struct checker *c, const struct call *call, unsigned arg,
			 const struct tg_slot *slot)
{
	__u64 want = reference_number(&call->shape->args[arg], call->event->args[arg].number);

	if (arg == 0 && call->event->expected.has_value)
		want = call->event->expected.value;
	if (slot->status || slot->len || slot->value != want)
		return say(c, "argument %u is reported as %#llx, should be %#llx", arg, slot->value,
			   want);
	return true;
}

static bool check_text(struct checker *c, const struct call *call, unsigned arg,
		       const struct tg_slot *slot, const unsigned char *bytes)
{
	const struct event *e = call->event;
	const struct argument *a = &e->args[arg];
	bool path = shape_arg_is_path(&call->shape->args[arg]);
	struct text want = path ? reference_path(c->arena, a, &e->root) : reference_string(a);

	if (e->expected.has_text)
		want = e->expected.text;
	if (a->kind != ARGUMENT_TEXT || e->expected.fault) {
		if (slot->status != TG_SLOT_FAULT || slot->len)
			return say(c, "argument %u is not reported as unreadable", arg);
		return true;
	}
	if (slot->status || slot->len != want.len || memcmp(bytes, want.s, want.len))
		return say(c, "argument %u is reported as `%.*s`, should be `%.*s` (%u, %zu bytes)",
			   arg, (int)slot->len, bytes, (int)want.len, want.s, slot->len, want.len);
	if (path && slot->value != (e->mode | (e->expected.unresolved ? 2ull << 32 : 0)))
		return say(c, "argument %u has mode and flags %#llx", arg, slot->value);
	return true;
}

static bool check_slots(struct checker *c, const struct call *call)
{
	const struct tg_slot *slots = (void *)(fake_outcome.record + sizeof(struct tg_hook));
	const struct tg_hook *hook = (void *)fake_outcome.record;
	const unsigned char *tail = (const unsigned char *)(slots + hook->slots);

	for (unsigned n = 0; n < hook->slots; n++)
		for (unsigned i = 0; i < call->shape->arg_count; i++) {
			const struct shape_arg *type = &call->shape->args[i];

			if (!strcmp(type->type, "nop") || slot_of(call->shape, i) != n)
				continue;
			if (is_text(type) ? !check_text(c, call, i, &slots[n], tail)
					  : !check_number(c, call, i, &slots[n]))
				return false;
			tail += slots[n].len;
		}
	if (tail != fake_outcome.record + fake_outcome.size)
		return say(c, "the record has %lu bytes", fake_outcome.size);
	return true;
}

static bool check_record(struct checker *c, const struct call *call)
{
	const struct tg_hook *h = (void *)fake_outcome.record;
	bool unknown = call->event->unknown_process;
	unsigned slots = 0;

	for (unsigned i = 0; i < call->shape->arg_count; i++)
		slots += strcmp(call->shape->args[i].type, "nop") != 0;
	if (h->head.kind != TG_HOOK || h->head.size != fake_outcome.size ||
	    h->hook != call->shape->hook || h->slots != slots || h->key.pid != FAKE_TGID ||
	    h->tid != FAKE_TID || h->head.flags != (unknown ? TG_F_UNKNOWN : 0) ||
	    h->key.ktime != (unknown ? 0 : FAKE_START))
		return say(c, "the head of the record is wrong");
	return check_slots(c, call);
}

static bool check_signals(struct checker *c, const struct expected *x)
{
	bool same = fake_outcome.signal_count == x->signal_count;

	for (unsigned i = 0; same && i < x->signal_count; i++)
		same = fake_outcome.signals[i] == x->signals[i];
	return same || say(c, "%u signals were sent, first %u", fake_outcome.signal_count,
			   fake_outcome.signals[0]);
}

static bool check_outcome(struct checker *c, const struct call *call)
{
	const struct expected *x = &call->event->expected;
	const struct tg_hook *h = (void *)fake_outcome.record;
	__u64 matched = fake_outcome.records ? h->matched : 0, lost = 0;

	c->matched = matched;

	for (unsigned i = 0; i < fake_outcome.lost_count; i++)
		lost += fake_outcome.lost[i];
	if (fake_outcome.users != (call->event->line & 1))
		return say(c, "the scratch memory was not given back");
	if (fake_outcome.records > 1)
		return say(c, "%u records", fake_outcome.records);
	if (fake_outcome.records && !matched)
		return say(c, "a record of nothing");
	if (matched != x->matched)
		return say(c, "posted by selectors %#llx, should be %#llx", matched,
			   (__u64)x->matched);
	if (call->result != x->result)
		return say(c, "returned %d, should be %d", call->result, x->result);
	if (lost != x->lost)
		return say(c, "%llu events counted as lost, should be %u", lost, x->lost);
	return check_signals(c, x) && (!matched || check_record(c, call));
}

/* ---- variants -------------------------------------------------------------------------- */

static bool run_variant(struct checker *c, struct call *call, program *p, const char *name,
			const char *variant, enum family_history history)
{
	static const char *const histories[] = {"", " (seen from the start)",
						" (found at the start)"};
	static const unsigned disturbances[] = {[SCRATCH_INTERRUPTED] = 1, [SCRATCH_SWAMPED] = ~0u};
	char inner[sizeof(c->why)];

	make_context(call, !strcmp(variant, "kprobe"));
	fake_restart();
	family_tell(c->library, call->event, history);
	fake_conditions.disturbances = disturbances[call->event->trouble];
	fake_outcome.users = call->event->line & 1; /* as in an interrupt, or not */
	call->result = p((__u64 *)(void *)call->context);
	if (check_outcome(c, call))
		return true;
	memcpy(inner, c->why, sizeof(inner));
	return say(c, "%s%s: %.12000s", name, histories[history], inner);
}

/* A process that comes out of nowhere has no relatives that could be found. */
static bool run_histories(struct checker *c, struct call *call, program *p, const char *name,
			  const char *variant)
{
	if (!call->event->parent_count)
		return run_variant(c, call, p, name, variant, FAMILY_UNSEEN);
	return run_variant(c, call, p, name, variant, FAMILY_LIVED) &&
	       run_variant(c, call, p, name, variant, FAMILY_BEFORE);
}

static unsigned expected_variants(const struct shape *s)
{
	if (s->kind == SHAPE_LSM || s->kind == SHAPE_TRACEPOINT || s->kind == SHAPE_SYS_ENTER)
		return 1;
	return s->selectors && strstr(s->selectors, "Override") ? 1 : 2;
}

bool check_event(struct checker *c, const struct shape *s, const struct event *e)
{
	static const char *const variants[] = {"fentry", "kprobe", "fmod_ret", "lsm", "tracepoint"};
	struct call call = {.shape = s, .event = e};
	unsigned tried = 0;

	if (!judge_event(c->judge, c->arena, s, e, c->why, sizeof(c->why)))
		return false;
	make_arguments(&call);
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		const char *name = arena_printf(c->arena, "h%u_%s", s->hook, variants[i]);
		program *p = (program *)dlsym(c->library, name);

		if (!p)
			continue;
		tried++;
		if (!run_histories(c, &call, p, name, variants[i]))
			return false;
	}
	/* Functions that are only watched have two, one with and one without types. */
	return tried == expected_variants(s) || say(c, "there are %u programs", tried);
}
