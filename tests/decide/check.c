// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "compiler/back/plan.h"
#include "compiler/base/arena.h"
#include "check.h"
#include "family.h"
#include "judge.h"
#include "policy.h"
#include "reference.h"
#include "sockets.h"
#include "bpf-templates/tg_workloads_layout.h"

static bool say(struct checker *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->why, sizeof(c->why), format, args);
	va_end(args);
	return false;
}

/* ---- outcomes -------------------------------------------------------------------------- */

static bool is_text(const struct shape_arg *a)
{
	return !shape_arg_is_number(a) && strcmp(a->type, "nop");
}

#define THE_RESULT SHAPE_ARGS

/* The argument that a slot of the record has. */
static unsigned argument_of(const struct shape *s, const struct plan_hook *h, unsigned slot)
{
	uint32_t position = h->slots[slot].arg->ir->position;
	unsigned i = 0;

	if (h->slots[slot].arg->source == ARG_RETURN)
		return THE_RESULT;
	while (i + 1 < s->arg_count && policy_index(s, i) != position)
		i++;
	return i;
}

static bool check_number(struct checker *c, const struct call *call, unsigned arg,
			 const struct shape_arg *type, const struct argument *a,
			 const struct tg_slot *slot)
{
	__u64 want = reference_number(type, a->number);

	if (arg == 0 && call->event->expected.has_value)
		want = call->event->expected.value;
	if (shape_arg_is_caps(type) && a->kind != ARGUMENT_NUMBER)
		return slot->status == TG_SLOT_FAULT ||
		       say(c, "argument %u is not reported as unreadable", arg);
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
	struct text want = reference_text(c->arena, &call->shape->args[arg], a, &e->root);

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

static bool check_buffer(struct checker *c, const struct call *call, unsigned arg,
			 const struct tg_slot *slot, const unsigned char *bytes)
{
	uint64_t size;
	struct text want = shape_buffer(call->shape, call->event, arg, &size);

	if (size && call->event->args[arg].kind != ARGUMENT_TEXT)
		return (slot->status == TG_SLOT_FAULT && !slot->len) ||
		       say(c, "buffer %u is not reported as unreadable", arg);
	if (slot->status || slot->len != want.len || slot->value != size ||
	    memcmp(bytes, want.s ? want.s : "", want.len))
		return say(
			c, "buffer %u of %llu bytes is reported as %u, `%.*s`; should be %llu, %zu",
			arg, slot->value, slot->len, (int)slot->len, bytes, (__u64)size, want.len);
	return true;
}

static bool check_socket(struct checker *c, const struct call *call, unsigned arg,
			 const struct tg_slot *slot, const unsigned char *bytes)
{
	const struct argument *a = &call->event->args[arg];
	struct tg_socket want;

	socket_shown(&call->shape->args[arg], a, call->socks[arg], &want);
	if (slot->status != (a->kind == ARGUMENT_SOCKET ? TG_SLOT_OK : TG_SLOT_FAULT))
		return say(c, "socket %u has status %u", arg, slot->status);
	if (slot->status && !slot->len)
		return true; /* a record on the stack has room for it all the same, with zeros */
	return (slot->len == sizeof(want) && !memcmp(bytes, &want, sizeof(want))) ||
	       say(c, "socket %u is reported with %u bytes, others than it should", arg, slot->len);
}

static bool check_slot(struct checker *c, const struct call *call, const struct plan_hook *plan,
		       unsigned slot, const struct tg_slot *has, const unsigned char *tail)
{
	unsigned i = argument_of(call->shape, plan, slot);
	const struct shape_arg *type =
		i == THE_RESULT ? &call->shape->result : &call->shape->args[i];
	const struct argument *a = i == THE_RESULT ? &call->event->result : &call->event->args[i];

	if (shape_arg_is_socket(type))
		return check_socket(c, call, i, has, tail);
	if (shape_arg_is_buffer(type))
		return check_buffer(c, call, i, has, tail);
	if (is_text(type))
		return check_text(c, call, i, has, tail);
	return check_number(c, call, i, type, a, has);
}

static bool check_slots(struct checker *c, const struct call *call,
			const struct fake_record *record, const struct plan_hook *plan)
{
	const struct tg_slot *slots = (void *)(record->bytes + sizeof(struct tg_hook));
	const struct tg_hook *hook = (void *)record->bytes;
	const unsigned char *tail = (const unsigned char *)(slots + hook->slots);

	for (unsigned n = 0; n < hook->slots; n++) {
		if (!check_slot(c, call, plan, n, &slots[n], tail))
			return false;
		tail += slots[n].len;
	}
	if (tail != record->bytes + record->size)
		return say(c, "the record has %lu bytes", record->size);
	return true;
}

static bool check_record(struct checker *c, const struct call *call,
			 const struct fake_record *record, const struct plan_hook *plan,
			 unsigned part)
{
	const struct tg_hook *h = (void *)record->bytes;
	const struct expected *x = &call->event->expected;
	bool unknown = call->event->unknown_process;
	unsigned slots = plan->slot_count;
	__u32 id = x->kept >> part & 1 ? x->call : 0;

	if (h->head.kind != TG_HOOK || h->head.size != record->size || !h->matched ||
	    h->slots != slots || h->key.pid != FAKE_TGID ||
	    h->tid != (call->event->tid ? call->event->tid : FAKE_TID) ||
	    h->head.flags != (unknown ? TG_F_UNKNOWN : 0) ||
	    h->key.ktime != (unknown ? 0 : FAKE_START))
		return say(c, "the head of the record is wrong");
	if (h->call != id)
		return say(c, "the record is of call %u, should be %u", h->call, id);
	return check_slots(c, call, record, plan);
}

/* Parts come in order, and each has one record at most. */
static bool check_records(struct checker *c, const struct call *call, uint64_t *matched,
			  unsigned *cancelled)
{
	const struct plan_hook *plan = judge_plan(c->judge, call->shape);
	unsigned next = 0;

	if (fake_outcome.records > FAKE_RECORDS)
		return say(c, "%u records", fake_outcome.records);
	for (unsigned i = 0; i < fake_outcome.records; i++) {
		const struct tg_hook *h = (void *)fake_outcome.record[i].bytes;
		const struct tg_cancel *taken = (void *)h;
		bool cancels = h->head.kind == TG_CANCEL;
		unsigned hook = (cancels ? taken->hook : h->hook) - call->shape->hook, part = hook;

		if (hook < call->shape->hooks && plan[hook].at_return)
			part = plan[hook].peer;
		if (part < next || part >= plan->parts || part >= SHAPE_PROGRAM_PARTS ||
		    (!cancels && plan[hook].at_return != call->event->at_return))
			return say(c, "record %u is of hook %u", i, hook);
		next = part + 1;
		if (cancels) {
			*cancelled |= 1u << part;
			if (taken->call != call->event->expected.call)
				return say(c, "call %u is taken back", taken->call);
			continue;
		}
		matched[part] = h->matched;
		if (!check_record(c, call, &fake_outcome.record[i], &plan[hook], part))
			return false;
	}
	return true;
}

static bool check_matched(struct checker *c, const uint64_t *matched, const struct expected *x)
{
	for (unsigned part = 0; part < SHAPE_PROGRAM_PARTS; part++)
		if (matched[part] != x->matched[part])
			return say(c, "posted by selectors %#llx of part %u, should be %#llx",
				   (__u64)matched[part], part, (__u64)x->matched[part]);
	return true;
}

static bool signals_within(const unsigned *v, unsigned n, const unsigned *in, unsigned in_count)
{
	bool within = true;

	for (unsigned i = 0; i < n && within; i++) {
		unsigned j = 0;

		while (j < in_count && in[j] != v[i])
			j++;
		within = j < in_count;
	}
	return within;
}

/* Each part sends its own: one that several ask for comes several times. */
static bool check_signals(struct checker *c, const struct call *call, const struct expected *x)
{
	const unsigned *sent = fake_outcome.signals;
	unsigned n = fake_outcome.signal_count;
	bool same = n == x->signal_count && !memcmp(sent, x->signals, n * sizeof(*sent));

	if (judge_plan(c->judge, call->shape)->parts > 1)
		same = signals_within(sent, n, x->signals, x->signal_count) &&
		       signals_within(x->signals, x->signal_count, sent, n);
	return same || say(c, "%u signals were sent, first %u", fake_outcome.signal_count,
			   fake_outcome.signals[0]);
}

static bool check_outcome(struct checker *c, const struct call *call)
{
	const struct expected *x = &call->event->expected;
	uint64_t matched[SHAPE_PROGRAM_PARTS] = {0};
	unsigned cancelled = 0;
	bool records = check_records(c, call, matched, &cancelled);
	__u64 lost = 0;

	c->matched = matched[0];
	for (unsigned i = 0; i < fake_outcome.lost_count; i++)
		lost += fake_outcome.lost[i];
	if (fake_outcome.users != (call->event->line & 1))
		return say(c, "the scratch memory was not given back");
	if (!check_matched(c, matched, x))
		return false;
	if (cancelled != x->cancelled)
		return say(c, "parts %#x take their first half back, should be %#x", cancelled,
			   x->cancelled);
	if (call->result != x->result)
		return say(c, "returned %d, should be %d", call->result, x->result);
	if (lost != x->lost)
		return say(c, "%llu events counted as lost, should be %u", lost, x->lost);
	if (fake_outcome.held != x->held)
		return say(c, "%llu events were held back, should be %u", fake_outcome.held,
			   x->held);
	if (fake_outcome.missed != x->missed)
		return say(c, "%llu notifications counted as missed, should be %u",
			   fake_outcome.missed, x->missed);
	return records && check_signals(c, call, x);
}

/* ---- variants -------------------------------------------------------------------------- */

static bool run_variant(struct checker *c, const struct backend *b, struct call *call,
			void *program, const char *name, enum family_history history)
{
	static const char *const histories[] = {"", " (seen from the start)",
						" (found at the start)"};
	static const unsigned disturbances[] = {[SCRATCH_INTERRUPTED] = 1, [SCRATCH_SWAMPED] = ~0u};
	char inner[sizeof(c->why)];

	fake_conditions.disturbances = 0;
	fake_restart();
	call_context(call, strstr(name, "probe") != NULL);
	if (b->host)
		family_tell(b->unit, call->event, history);
	fake_conditions.disturbances = disturbances[call->event->trouble];
	fake_outcome.users = call->event->line & 1; /* as in an interrupt, or not */
	b->tables(b->unit, TABLES_RESTORE);
	call->result = b->run(b->unit, program, call);
	if (b->host && fake_outcome.override)
		call->result = fake_outcome.override;
	if (check_outcome(c, call))
		return true;
	memcpy(inner, c->why, sizeof(inner));
	return say(c, "%s, %s%s: %.12000s", name, b->name, histories[history], inner);
}

/* A process that comes out of nowhere has no relatives that could be found. */
static bool run_histories(struct checker *c, const struct backend *b, struct call *call,
			  void *program, const char *name)
{
	if (!b->host || !call->event->parent_count)
		return run_variant(c, b, call, program, name, FAMILY_UNSEEN);
	return run_variant(c, b, call, program, name, FAMILY_LIVED) &&
	       run_variant(c, b, call, program, name, FAMILY_BEFORE);
}

/* Of all parts of the hook's program, should there be several. */
static void set_modes(const struct judge *j, const struct backend *b, const struct shape *s,
		      const struct event *e)
{
	struct tg_mode *modes = b->find(b->unit, "tg_modes");

	for (unsigned i = 0; i < s->hooks; i++)
		if (e->modes)
			modes[s->hook + i] = judge_modes(j, &judge_plan(j, s)[i]);
		else
			modes[s->hook + i] =
				(struct tg_mode){.off = e->asked == ASKED_OFF ? ~0ull : 0,
						 .monitor = e->asked == ASKED_MONITOR ? ~0ull : 0};
}

#define CGROUP	   0x1234567ull
#define GENERATION 3

/* The process's cgroup is one that asked lately, or not known. */
static void set_workloads(struct checker *c, const struct backend *b, const struct event *e)
{
	uint64_t *words = b->find(b->unit, "tg_workloads"), facts;

	fake_conditions.cgroup = e->workload ? CGROUP : 0;
	if (!words)
		return;
	*words++ = GENERATION;
	for (unsigned n = 0; judge_workloads(c->judge, c->arena, e, n, &facts); n++) {
		memset(words, 0, TG_WORKLOAD_SEEN * sizeof(*words));
		words[tg_workload_hash(CGROUP, TG_WORKLOAD_SEEN_BITS)] =
			facts | (uint64_t)(uint32_t)CGROUP << TG_WORKLOAD_ID |
			(uint64_t)GENERATION << TG_WORKLOAD_GENERATION;
		words += TG_WORKLOAD_SEEN;
	}
}

static unsigned expected_variants(const struct shape *s, const struct event *e)
{
	if (e->at_return)
		return 2;
	if (s->kind == SHAPE_LSM || s->kind == SHAPE_TRACEPOINT || s->kind == SHAPE_SYS_ENTER)
		return 1;
	if (s->kind != SHAPE_SYSCALL && s->selectors &&
	    (strstr(s->selectors, "Override") || strstr(s->selectors, "argError")))
		return 1;
	return 2;
}

static bool run_backend(struct checker *c, const struct backend *b, const struct shape *s,
			const struct event *e)
{
	static const char *const variants[] = {"fentry", "kprobe",     "fmod_ret",
					       "lsm",	 "tracepoint", "kprobe_override",
					       "fexit",	 "kretprobe"};
	unsigned hook = s->hook + (e->at_return ? judge_plan(c->judge, s)->parts : 0);
	struct call call;
	unsigned tried = 0;

	if (e->at_return && s->hooks == judge_plan(c->judge, s)->parts)
		return true; /* nobody watches it */
	fake_use(b->space);
	if (b->host)
		fake_attach(b->unit);
	call_make(&call, s, e);
	if (b->host)
		family_make(e, fake_conditions.task);
	set_modes(c->judge, b, s, e);
	set_workloads(c, b, e);
	if (!e->then)
		b->tables(b->unit, TABLES_CLEAR);
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		const char *name = arena_printf(c->arena, "h%u_%s", hook, variants[i]);
		void *program = b->find(b->unit, name);

		if (!program)
			continue;
		tried++;
		if (!run_histories(c, b, &call, program, name))
			return false;
	}
	b->tables(b->unit, TABLES_KEEP);
	/* Functions that are only watched have two, one with and one without types. */
	return !b->host || tried == expected_variants(s, e) ||
	       say(c, "there are %u programs", tried);
}

/* Does it matter what the process is like, but for what it runs? Test tasks in the kernel have no
 * more than that. */
static bool is_of_family(const struct shape *s, const struct event *e)
{
	static const char *const facts[] = {"matchParentBinaries", "matchPIDs", "matchNamespace",
					    "matchCapabilit"};

	for (size_t i = 0; s->selectors && i < sizeof(facts) / sizeof(facts[0]); i++)
		if (strstr(s->selectors, facts[i]))
			return true;
	return e->parent_count || e->nspid;
}

/* Can it be had in the kernel, where helpers are not disturbed? */
static bool is_plain(const struct shape *s, const struct event *e)
{
	return !e->ring_full && e->trouble == SCRATCH_QUIET && !is_of_family(s, e) &&
	       !(s->selectors && strstr(s->selectors, "Enforcer"));
}

bool check_event(struct checker *c, const struct shape *s, struct event *e)
{
	return judge_event(c->judge, c->arena, s, e, c->why, sizeof(c->why)) &&
	       check_programs(c, s, e);
}

bool check_programs(struct checker *c, const struct shape *s, const struct event *e)
{
	bool plain = is_plain(s, e);

	for (size_t i = 0; i < c->backend_count; i++) {
		if (!c->backends[i].host && !plain)
			continue;
		c->in_kernel += !c->backends[i].host;
		if (!run_backend(c, &c->backends[i], s, e))
			return false;
	}
	return true;
}
