/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel test case, read from one text file; the format is described in docs/testing.md. */
#ifndef TGC_TEST_CASE_H
#define TGC_TEST_CASE_H

#include <stdbool.h>
#include "compiler/vm/vm.h"

struct arena;

struct case_policy {
	const char *path; /* of the YAML file; for an inline policy NULL */
	const char *text; /* inline */
};

struct case_words { /* arguments of a command */
	const char **v;
	size_t n;
};

#define CASE_BUNDLE "bundle" /* the one that tgrun is given */

struct case_bundle {
	const char *name;	   /* in the guest NAME.tgb, in the case's folder */
	struct case_words compile; /* more arguments of tgc compile */
	struct case_policy *policies;
	size_t policy_count, policy_room;
};

struct case_trigger {
	const char *script;
	bool user; /* as user 1000; else as root */
};

struct test_case {
	const char *name; /* the file's name without folder and `.case` */
	const char *path;
	const char *about; /* what stands before the first section: one line or more */
	struct case_bundle *bundles;
	size_t bundle_count, bundle_room;
	struct case_trigger *triggers;
	size_t trigger_count, trigger_room;
	struct case_words tgrun;  /* extra arguments */
	struct case_words daemon; /* run in tgrun's place (benchmarks); none: tgrun */
	int tgrun_exit;		  /* expected */
	const char *setup;	  /* script run before tgrun; NULL: none */
	/* bodies of the sections; NULL: not given */
	const char *expect, *lines, *output, *log;
	int expect_line;	   /* line of the file at which `expect` starts */
	struct case_words kernels; /* none: all */
	bool kernels_except;	   /* the list says where it does not run */
	const char *reason;	   /* why not on every kernel */
};

/* Everything belongs to `a`. 0, or -1 with `FILE:LINE: what`. */
int case_read(struct arena *a, const char *path, struct test_case *out, struct vm_error *e);

bool case_runs_on(const struct test_case *c, const char *series);

#endif
