/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second opinion on what a call must do: the reference evaluator (compiler/eval), which is given
 * the same policies. Rows, evaluator and compiled programs have to agree.
 */
#ifndef DECIDE_JUDGE_H
#define DECIDE_JUDGE_H

#include "shape.h"

struct judge;
struct plan_hook;
struct eval_verdict;
struct tg_mode;

/* Types and plans the policies of every shape that is not to be refused, with the kernel's type
 * information in `btf`; says how many hooks each has. NULL after printing why. */
struct judge *judge_open(struct arena *a, const char *btf, struct shapes *all);
void judge_close(struct judge *j);
/* Of the shape's hook, the parts of its program, then those of what follows its return: the order
 * in which records have arguments. */
const struct plan_hook *judge_plan(const struct judge *j, const struct shape *s);
/* The modes of a part's policies, as the last event found them. */
struct tg_mode judge_modes(const struct judge *j, const struct plan_hook *part);
/* Which choices of workloads of all the shapes the process of an event fits: word `n` of them, as
 * tgrun gives it to programs. False: there is no such word. */
bool judge_workloads(const struct judge *j, struct arena *a, const struct event *e, unsigned n,
		     uint64_t *facts);
/* What was said of the last event; it lives in the arena that judge_expect() was given. */
const struct eval_verdict *judge_verdict(const struct judge *j);

/* What the evaluator expects of a call: the record's bits, the signals, the result. */
void judge_expect(struct judge *j, struct arena *a, const struct shape *s, const struct event *e,
		  struct expected *out);
/* Does the evaluator expect what the event expects? What no row says is filled in. False with a
 * sentence in `why`. */
bool judge_event(struct judge *j, struct arena *a, const struct shape *s, struct event *e,
		 char *why, size_t room);

#endif
