// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/back/plan.h"
#include "compiler/base/arena.h"
#include "compiler/eval/eval.h"
#include "judge.h"
#include "policy.h"
#include "reference.h"
#include "tests/eval/front.h"

#define FIRST_TIME 123456789 /* ns: nothing was before */

struct judge {
	struct front front;
	const struct tir **tirs; /* by the shapes' numbers */
	const struct plan **plans;
	struct eval_state *state; /* after the last event */
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

static struct eval_value value_of(struct arena *a, const struct shape_arg *type,
				  const struct argument *arg, const struct event *e)
{
	struct eval_value v = {.kind = EVAL_NUMBER, .number = arg->number};

	v.failed = arg->kind == ARGUMENT_NULL || arg->kind == ARGUMENT_FAULT;
	if (shape_arg_is_number(type)) {
		v.failed &= shape_arg_is_caps(type);
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

static void make_arguments(struct arena *a, const struct shape *s, const struct event *e,
			   struct eval_event *out)
{
	struct eval_arg *args = arena_array(a, SHAPE_ARGS, sizeof(*args));

	for (unsigned i = 0; i < s->arg_count; i++) {
		args[i].position = policy_index(s, i);
		args[i].value = value_of(a, &s->args[i], &e->args[i], e);
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

/* A selector's bit in its part's record. */
static void post_bit(const struct plan_hook *h, const struct eval_result *r, uint64_t *matched)
{
	for (unsigned part = 0; part < h->parts && part < SHAPE_PROGRAM_PARTS; part++)
		for (uint32_t i = 0; i < h[part].view_count; i++) {
			const struct plan_view *view = &h[part].views[i];

			if (view->policy == r->policy && r->selector >= view->from &&
			    r->selector - view->from < view->selectors)
				matched[part] |=
					1ull << (view->first_selector + r->selector - view->from);
		}
}

static void posted_bits(const struct plan *plan, const struct eval_verdict *v, uint64_t *matched)
{
	for (size_t i = 0; i < v->result_count; i++)
		if (v->results[i].emitted)
			post_bit(plan->hooks, &v->results[i], matched);
}

static void start(struct judge *j, struct arena *a, const struct shape *s, const struct event *e)
{
	const struct tir *tir = j->tirs[s->number];
	struct event host;

	event_begin(&host);
	j->state = eval_start(a, tir);
	eval_set_host(j->state, host.namespaces);
	for (size_t i = 0; i < tir->policy_count && e->asked != ASKED_NOTHING; i++)
		eval_set_mode(j->state, i, e->asked == ASKED_OFF ? EVAL_OFF : EVAL_MONITOR);
}

void judge_expect(struct judge *j, struct arena *a, const struct shape *s, const struct event *e,
		  struct expected *out)
{
	struct eval_event event = {0};
	const struct eval_verdict *v;

	name_hook(a, s, &event);
	make_arguments(a, s, e, &event);
	make_process(a, e, &event.process);
	event.time = e->time * 1000000 + FIRST_TIME;
	if (!e->then)
		start(j, a, s, e);
	tell(j->state, e, &event.process);
	v = eval_event(a, j->state, &event);
	*out = (struct expected){.result = v->overridden ? v->value : 0};
	posted_bits(j->plans[s->number], v, out->matched);
	for (size_t i = 0; i < v->signal_count && i < EXPECTED_SIGNALS; i++)
		out->signals[out->signal_count++] = (unsigned)v->signals[i];
}

bool judge_event(struct judge *j, struct arena *a, const struct shape *s, const struct event *e,
		 char *why, size_t room)
{
	const struct expected *x = &e->expected;
	struct expected mine;

	if (e->ring_full || e->trouble == SCRATCH_SWAMPED)
		return true; /* what is lost is no part of a policy's meaning */
	judge_expect(j, a, s, e, &mine);
	if (!memcmp(mine.matched, x->matched, sizeof(mine.matched)) && mine.result == x->result &&
	    mine.signal_count == x->signal_count &&
	    !memcmp(mine.signals, x->signals, sizeof(mine.signals)))
		return true;
	snprintf(why, room,
		 "the evaluator says: posted by %#llx, %u signals, returns %d; expected is %#llx",
		 (unsigned long long)mine.matched[0], mine.signal_count, mine.result,
		 (unsigned long long)x->matched[0]);
	return false;
}
