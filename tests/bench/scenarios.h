/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is measured: a scenario is a policy, the hand-written program that does the same job, and a
 * workload; its rows are the operations of that workload.
 */
#ifndef TGC_BENCH_SCENARIOS_H
#define TGC_BENCH_SCENARIOS_H

#include <stdbool.h>
#include "tests/kernel/case.h"

struct arena;

enum goal_kind {
	NO_GOAL,
	GOAL_RATIO, /* at most so many times what the hand-written program adds */
	GOAL_OVER,  /* at most so many instructions more than it */
	GOAL_ADDS,  /* at most so many instructions in all */
};

struct bench_row {
	const char *operation; /* as wl prints it; NULL: the last */
	const char *shown;
	enum goal_kind kind;
	double goal;
	const char *tetragon; /* what the real one adds with the nearest policy on 6.12; NULL: not
				 known */
};

#define BENCH_ROWS 9

struct scenario {
	const char *name;
	const char *policy; /* path; NULL: generated */
	const char *object; /* in the guest; NULL: see `like` */
	const char *like;   /* the scenario whose hand-written program is this one's; NULL: none */
	const char *script; /* after BENCH_PREPARE */
	bool bare;	    /* the workload is run without anything as well */
	unsigned policies;  /* generated: so many on one hook */
	unsigned binaries;  /* or one that lists so many programs */
	struct bench_row rows[BENCH_ROWS];
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;

/* What every workload starts with: `$w` is wl, `$pid` who takes the events. */
extern const char bench_prepare[];

/* The policies of a scenario, as a bundle. */
struct case_bundle *scenario_bundle(struct arena *a, const struct scenario *s);

#endif
