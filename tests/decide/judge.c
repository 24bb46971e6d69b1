// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "compiler/back/plan.h"
#include "compiler/base/arena.h"
#include "compiler/eval/eval.h"
#include "judge.h"
#include "policy.h"
#include "reference.h"
#include "bpf-templates/tg_event.h"
#include "bpf-templates/tg_workloads_layout.h"
#include "tests/eval/front.h"

#define FIRST_TIME 123456789 /* ns: nothing was before */

/* A call of a thread that has not returned: what its first half was. */
struct open_call {
	unsigned tid;
	uint32_t id;
	uint64_t sent[SHAPE_PROGRAM_PARTS]; /* selectors that wait for the second one */
	unsigned kept;			    /* parts, as bits, that remember it */
};
#define THREADS 4

struct judge {
	struct front front;
	const struct tir **tirs; /* by the shapes' numbers */
	const struct plan **plans;
	struct eval_state *state; /* after the last event */
	const struct eval_verdict *verdict;
	struct open_call open[THREADS];
	struct plan_workload workloads[PLAN_WORKLOADS_MAX]; /* of all shapes */
	unsigned workload_count;
};

/* ---- policies -------------------------------------------------------------------------- */

static const struct tir *type_shape(struct judge *j, const struct shape *s)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	const struct tir *tir;

	policy_write(f, s);
	fclose(f);
	tir = front_type(&j->front, s->file, text, size);
	free(text);
	if (!tir)
		diag_print(&j->front.diags, stdout, 5, false);
	return tir;
}

/* As the plan of all of them numbers them. */
static void add_workloads(struct judge *j, const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		unsigned k = 0;

		while (k < j->workload_count &&
		       !plan_same_workload(&j->workloads[k], &plan->workloads[i]))
			k++;
		if (k == j->workload_count && k < PLAN_WORKLOADS_MAX)
			j->workloads[j->workload_count++] = plan->workloads[i];
	}
}

struct judge *judge_open(struct arena *a, const char *btf, struct shapes *all)
{
	struct judge *j = arena_alloc(a, sizeof(*j));

	if (!front_open(&j->front, a, btf))
		return NULL;
	j->tirs = arena_array(a, all->count, sizeof(*j->tirs));
	j->plans = arena_array(a, all->count, sizeof(*j->plans));
	for (size_t i = 0; i < all->count; i++) {
		struct shape *s = &all->v[i];

		if (s->refused)
			continue;
		j->tirs[s->number] = type_shape(j, s);
		if (!j->tirs[s->number]) {
			judge_close(j);
			return NULL;
		}
		j->plans[s->number] = plan_build(a, &j->front.diags, j->tirs[s->number]);
		s->hooks = j->plans[s->number]->hook_count;
		add_workloads(j, j->plans[s->number]);
	}
	return j;
}

void judge_close(struct judge *j)
{
	front_close(&j->front);
}

const struct plan_hook *judge_plan(const struct judge *j, const struct shape *s)
{
	return &j->plans[s->number]->hooks[0];
}

/* ---- events ---------------------------------------------------------------------------- */

static void name_hook(struct arena *a, const struct shape *s, struct eval_event *out)
{
	static const struct {
		enum hook_kind kind;
		const char *subsystem, *prefix;
	} names[SHAPE_KINDS] = {
		[SHAPE_KPROBE] = {HOOK_KPROBE, NULL, ""},
		[SHAPE_SECURITY] = {HOOK_KPROBE, NULL, "security_"},
		[SHAPE_SYSCALL] = {HOOK_KPROBE, NULL, "__x64_sys_"},
		[SHAPE_LSM] = {HOOK_LSM, NULL, ""},
		[SHAPE_TRACEPOINT] = {HOOK_TRACEPOINT, "decide", ""},
		[SHAPE_SYS_ENTER] = {HOOK_TRACEPOINT, "syscalls", "sys_enter_"},
	};

	out->kind = names[s->kind].kind;
	out->subsystem = names[s->kind].subsystem;
	out->symbol = arena_printf(a, "%sprobe_%u", names[s->kind].prefix, s->number);
}

struct tg_mode judge_modes(const struct judge *j, const struct plan_hook *part)
{
	struct tg_mode modes = {0};

	for (uint32_t i = 0; i < part->view_count; i++) {
		const struct plan_view *v = &part->views[i];
		uint64_t ones = v->selectors == 64 ? ~0ull : (1ull << v->selectors) - 1;
		enum eval_mode mode = eval_mode_of(j->state, v->policy);

		if (mode == EVAL_OFF)
			modes.off |= ones << v->first_selector;
		else if (mode != EVAL_ENFORCE)
			modes.monitor |= ones << v->first_selector;
	}
	return modes;
}

const struct eval_verdict *judge_verdict(const struct judge *j)
{
	return j->verdict;
}

/* One socket of a shape is told from another by what it is; where it lies has no meaning yet. */
static struct eval_socket socket_of(const struct shape_arg *type, const struct argument *arg)
{
	const struct shape_socket *s = &arg->socket;
	bool inet = s->family == AF_INET || s->family == AF_INET6;
	struct eval_socket out = {.family = s->family};

	if (!inet && !strcmp(type->type, "sockaddr"))
		return out;
	out.source_port = s->source_port;
	memcpy(out.source, s->source, inet ? sizeof(out.source) : 0);
	if (!strcmp(type->type, "sockaddr"))
		return out;
	memcpy(out.destination, s->destination, inet ? sizeof(out.destination) : 0);
	out.type = s->type;
	out.protocol = s->protocol;
	out.state = s->state;
	out.destination_port = s->destination_port;
	out.mark = s->mark;
	out.priority = s->priority;
	return out;
}

static struct eval_value value_of(struct arena *a, const struct shape_arg *type,
				  const struct argument *arg, const struct event *e)
{
	struct eval_value v = {.kind = EVAL_NUMBER, .number = arg->number};

	v.failed = arg->kind == ARGUMENT_NULL || arg->kind == ARGUMENT_FAULT;
	if (shape_arg_is_number(type)) {
		v.failed &= shape_arg_is_caps(type);
		return v;
	}
	if (shape_arg_is_socket(type)) {
		v.kind = EVAL_SOCKET;
		v.failed = arg->kind != ARGUMENT_SOCKET;
		v.number = 0;
		if (!v.failed)
			v.socket = socket_of(type, arg);
		return v;
	}
	v.kind = shape_arg_is_path(type) ? EVAL_PATH : EVAL_TEXT;
	v.mode = e->mode;
	if (!v.failed) {
		struct text t = reference_text(a, type, arg, &e->root);

		/* A string's bytes behind its NUL are the evaluator's to drop. */
		if (!strcmp(type->type, "string"))
			t = arg->text;
		v.text = t.s;
		v.len = t.len;
	}
	return v;
}

static void make_workload(const struct event *e, struct eval_process *p)
{
	p->workload.unknown = !e->workload;
	if (e->workload)
		p->workload.of = *e->workload;
}

bool judge_workloads(const struct judge *j, struct arena *a, const struct event *e, unsigned n,
		     uint64_t *facts)
{
	struct eval_process p = {0};

	make_workload(e, &p);
	*facts = 0;
	for (unsigned i = 0; i < TG_WORKLOAD_FACTS; i++) {
		unsigned k = n * TG_WORKLOAD_FACTS + i;

		if (k < j->workload_count &&
		    eval_workload_selected(a, j->workloads[k].want, j->workloads[k].namespace,
					   &p.workload))
			*facts |= 1ull << i;
	}
	return n * TG_WORKLOAD_FACTS < j->workload_count;
}

static struct eval_value buffer_of(const struct shape *s, const struct event *e, unsigned arg)
{
	struct eval_value v = {.kind = EVAL_TEXT};
	struct text t = shape_buffer(s, e, arg, &v.number);

	v.failed = e->args[arg].kind != ARGUMENT_TEXT && v.number;
	if (!v.failed && e->args[arg].kind == ARGUMENT_TEXT) {
		v.text = t.s;
		v.len = t.len;
	}
	return v;
}

static void make_arguments(struct arena *a, const struct shape *s, const struct event *e,
			   struct eval_event *out)
{
	struct eval_arg *args = arena_array(a, SHAPE_ARGS, sizeof(*args));

	for (unsigned i = 0; i < s->arg_count; i++) {
		args[i].position = policy_index(s, i);
		args[i].value = value_of(a, &s->args[i], &e->args[i], e);
		if (shape_arg_is_buffer(&s->args[i]))
			args[i].value = buffer_of(s, e, i);
	}
	out->args = args;
	out->arg_count = s->arg_count;
}

#define PROCESS_ID 4242 /* FAKE_TGID */

static void make_exe(struct arena *a, const struct argument *exe, bool kernel_thread,
		     const struct text *root, struct eval_record *r)
{
	struct text path = {"", 0};

	if (kernel_thread)
		r->exe_kind = EVAL_EXE_NONE;
	else if (exe->kind != ARGUMENT_TEXT)
		r->exe_kind = EVAL_EXE_UNKNOWN;
	else
		path = reference_path(a, exe, root);
	r->exe = arena_strndup(a, path.s, path.len);
}

static void make_ancestors(struct arena *a, const struct event *e, struct eval_process *p)
{
	struct eval_record *v = arena_array(a, e->parent_count, sizeof(*v));
	struct text root = {"", 0};

	for (unsigned i = 0; i < e->parent_count; i++) {
		const struct relative *r = &e->parents[i];

		v[i].pid = r->pid;
		v[i].namespace_pid = r->nspid;
		v[i].parent_pid = i + 1 < e->parent_count ? r[1].pid : 0;
		make_exe(a, &r->exe, r->kernel_thread, &root, &v[i]);
	}
	p->ancestors = v;
	p->ancestor_count = e->parent_count;
}

static void make_process(struct arena *a, const struct event *e, struct eval_process *p)
{
	static const struct argument init = {.kind = ARGUMENT_TEXT, .text = {"/sbin/init", 10}};
	struct eval_record *r = &p->record;

	make_exe(a, e->exe_given ? &e->exe : &init, e->kernel_thread, &e->root, r);
	make_ancestors(a, e, p);
	r->pid = PROCESS_ID;
	p->tid = e->tid ? e->tid : PROCESS_ID + 1;
	r->namespace_pid = e->nspid;
	memcpy(p->namespaces, e->namespaces, sizeof(p->namespaces));
	memcpy(p->capabilities, e->capabilities, sizeof(p->capabilities));
	if (e->parent_count) {
		r->parent_pid = e->parents[0].pid;
		if (e->exe_inherited) {
			r->exe_kind = p->ancestors[0].exe_kind;
			r->exe = p->ancestors[0].exe;
		}
	}
	p->unrecorded = e->unknown_process;
	make_workload(e, p);
}

/* The lives of all of them, the oldest first. */
static void tell(struct eval_state *s, const struct event *e, const struct eval_process *p)
{
	struct eval_process then;

	for (size_t i = p->ancestor_count; i-- > 0;) {
		struct eval_process ancestor = {.record = p->ancestors[i]};

		eval_fork(s, &ancestor);
		eval_exec(s, &ancestor);
	}
	then = *p;
	memcpy(then.namespaces, e->recorded_namespaces, sizeof(then.namespaces));
	memcpy(then.capabilities, e->recorded_capabilities, sizeof(then.capabilities));
	if (p->ancestor_count)
		eval_fork(s, &then);
	if (p->ancestor_count && !e->exe_inherited)
		eval_exec(s, &then);
}

/* ---- verdicts -------------------------------------------------------------------------- */

/* A selector's bit in its part's record; *part is that. */
static uint64_t bit_of(const struct plan_hook *h, const struct eval_result *r, unsigned *part)
{
	for (*part = 0; *part < h->parts && *part < SHAPE_PROGRAM_PARTS; ++*part)
		for (uint32_t i = 0; i < h[*part].view_count; i++) {
			const struct plan_view *view = &h[*part].views[i];

			if (view->policy == r->policy && r->selector >= view->from &&
			    r->selector - view->from < view->selectors)
				return 1ull << (view->first_selector + r->selector - view->from);
		}
	*part = 0;
	return 0;
}

static struct open_call *open_call_of(struct judge *j, unsigned tid)
{
	unsigned i = 0;

	while (i + 1 < THREADS && j->open[i].id && j->open[i].tid != tid)
		i++;
	return &j->open[i];
}

/* The records of a call that begins; what waits for its return is remembered. */
static void begin_call(const struct plan_hook *h, const struct eval_verdict *v, struct open_call *c,
		       struct expected *out)
{
	for (size_t i = 0; i < v->result_count; i++) {
		const struct eval_result *r = &v->results[i];
		unsigned part;
		uint64_t bit = bit_of(h, r, &part);

		if (r->emitted || r->held)
			out->matched[part] |= bit;
		if (r->held)
			c->sent[part] |= bit;
		if (r->outcome == EVAL_MATCHED && (h[part].held & bit))
			c->kept |= 1u << part;
	}
	out->kept = c->kept;
	out->call = c->id;
}

/* Those of its return: where no event comes of a first half, that is said. */
static void end_call(const struct plan_hook *h, const struct eval_verdict *v,
		     const struct open_call *c, struct expected *out)
{
	for (size_t i = 0; i < v->result_count; i++) {
		unsigned part;
		uint64_t bit = bit_of(h, &v->results[i], &part);

		if (v->results[i].emitted)
			out->matched[part] |= bit;
	}
	for (unsigned part = 0; part < SHAPE_PROGRAM_PARTS; part++)
		if (c->sent[part] && !out->matched[part])
			out->cancelled |= 1u << part;
	out->kept = c->kept;
	out->call = c->id;
}

/* Events that were held back, by rate limits and nothing else. */
static unsigned held_back(const struct eval_verdict *v)
{
	unsigned n = 0;

	for (size_t i = 0; i < v->result_count; i++) {
		bool limited = false, silent = false;

		for (size_t k = 0; k < v->results[i].done_count; k++) {
			limited |= v->results[i].done[k].rate_limited;
			silent |= v->results[i].done[k].action->action == TG_ACTION_NOPOST;
		}
		n += limited && !silent;
	}
	return n;
}

static void expect(struct judge *j, const struct shape *s, const struct event *e,
		   struct expected *out)
{
	const struct plan_hook *h = j->plans[s->number]->hooks;
	struct open_call *c = open_call_of(j, e->tid);

	if (e->at_return)
		end_call(h, j->verdict, c, out);
	*c = (struct open_call){.tid = e->tid, .id = (uint32_t)(e->time * 1000000 + FIRST_TIME)};
	if (!e->at_return)
		begin_call(h, j->verdict, c, out);
	out->held = held_back(j->verdict);
}

static void start(struct judge *j, struct arena *a, const struct shape *s, const struct event *e)
{
	const struct tir *tir = j->tirs[s->number];
	struct event host;

	event_begin(&host);
	memset(j->open, 0, sizeof(j->open));
	j->state = eval_start(a, tir);
	eval_set_host(j->state, host.namespaces);
	for (size_t i = 0; i < tir->policy_count && e->asked != ASKED_NOTHING; i++)
		eval_set_mode(j->state, i, e->asked == ASKED_OFF ? EVAL_OFF : EVAL_MONITOR);
	for (size_t i = 0; i < tir->policy_count && e->modes; i++)
		if (e->off >> i & 1)
			eval_set_mode(j->state, i, EVAL_OFF);
		else if (e->monitor >> i & 1)
			eval_set_mode(j->state, i, EVAL_MONITOR);
}

void judge_expect(struct judge *j, struct arena *a, const struct shape *s, const struct event *e,
		  struct expected *out)
{
	struct eval_event event = {.at_return = e->at_return};
	const struct eval_verdict *v;

	name_hook(a, s, &event);
	if (e->at_return)
		event.result = value_of(a, &s->result, &e->result, e);
	make_arguments(a, s, e, &event);
	make_process(a, e, &event.process);
	event.time = e->time * 1000000 + FIRST_TIME;
	if (!e->then)
		start(j, a, s, e);
	tell(j->state, e, &event.process);
	v = j->verdict = eval_event(a, j->state, &event);
	*out = (struct expected){.result = v->overridden ? v->value : 0};
	expect(j, s, e, out);
	for (size_t i = 0; i < v->signal_count && i < EXPECTED_SIGNALS; i++)
		out->signals[out->signal_count++] = (unsigned)v->signals[i];
}

bool judge_event(struct judge *j, struct arena *a, const struct shape *s, struct event *e,
		 char *why, size_t room)
{
	struct expected *x = &e->expected;
	struct expected mine;

	if (e->ring_full || e->trouble == SCRATCH_SWAMPED)
		return true; /* what is lost is no part of a policy's meaning */
	judge_expect(j, a, s, e, &mine);
	x->kept = mine.kept;
	x->call = mine.call;
	if (!memcmp(mine.matched, x->matched, sizeof(mine.matched)) && mine.result == x->result &&
	    mine.signal_count == x->signal_count && mine.cancelled == x->cancelled &&
	    !memcmp(mine.signals, x->signals, sizeof(mine.signals)))
		return true;
	snprintf(why, room,
		 "the evaluator says: posted by %#llx, %u signals, returns %d; expected is %#llx",
		 (unsigned long long)mine.matched[0], mine.signal_count, mine.result,
		 (unsigned long long)x->matched[0]);
	return false;
}
