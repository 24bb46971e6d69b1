/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of the evaluator: policies and events, as text. `#` begins a comment, at the start of a
 * line or after a blank. The other lines:
 *
 *   filter TYPE OPERATOR VALUE...   a hook whose argument 0 is filtered so
 *   policy KIND TYPE...             a hook with these arguments; then indented lines, the YAML of
 *                                   its selectors (none: no selectors)
 *   hook TEXT, spec TEXT            a line of YAML in the hook or in spec
 *   returns STRUCT                  the function returns a pointer to one, not an int
 *   namespaced NAME                 the policy is a TracingPolicyNamespaced
 *   ===                             another policy for the same hook follows
 *   refused NAME                    it must be refused by the message NAME
 *   ARGUMENT... [OPTION...] => RESULT...         else: a call of the hook
 *   return VALUE [OPTION...] => RESULT...        a return from it
 *   in FUNCTION [OPTION...] => RESULT...         a call of another function
 *   exec|fork|exit [OPTION...]                   in the life of a process
 *   mode POLICY enforce|monitor|off [=> refused]
 *
 * A row starts anew; with `then` in front it comes after the row before it.
 *
 * KIND: kprobe fentry security syscall lsm tracepoint raw uprobe usdt. TYPE: a type of the
 * language. ARGUMENT: a number; a text;
 * saddr=A,daddr=A,sport=N,dport=N,proto=N,state=N,family=N,at=N for sockets; unix:PATH or
 * abstract:NAME; fault: it cannot be read; absent: the event has none. OPTION: data=VALUE
 * mode=OCTAL time=MS pid= tid= nspid= ppid= exe=PATH|fault|kernel parent=PATH anc=PID,NSPID[,PATH]
 * (a further ancestor) unrecorded ns.KIND=N caps.SET=N pod=NAMESPACE label=KEY=VALUE container=
 * repo= cgroup=unknown. RESULT: "no match", match (= post 0), or as show.c writes it: policies
 * separated by ` ; `, then what the process gets. `because SECTION ENTRY: WHY` at the end is about
 * the first miss.
 */
#ifndef EVAL_CASE_H
#define EVAL_CASE_H

#include "compiler/eval/eval.h"
#include "tests/decide/words.h"

#define CASE_ARGS     5
#define CASE_POLICIES 4

enum case_kind {
	CASE_KPROBE,
	CASE_FENTRY,
	CASE_SECURITY,
	CASE_SYSCALL,
	CASE_LSM,
	CASE_TRACEPOINT,
	CASE_RAW,
	CASE_UPROBE,
	CASE_USDT,
	CASE_KINDS
};

struct row {
	unsigned line;
	bool then;
	const struct words *words;
};

struct policy_part {
	const char *selectors, *hook, *spec; /* YAML; "" when there is none */
	const char *namespace;		     /* NULL: a TracingPolicy */
};

struct test_case {
	const char *file;
	unsigned line, number;
	enum case_kind kind;
	const char *types[CASE_ARGS];
	unsigned type_count;
	const char *returns;	    /* NULL: an int */
	const struct words *filter; /* NULL: `policy` */
	struct policy_part parts[CASE_POLICIES];
	unsigned part_count;
	const char *refused;
	struct row *rows;
	size_t row_count, row_room;
};

struct cases {
	struct test_case *v;
	size_t n, room;
};

/* Appends the cases of a file; false after printing what is wrong with it. */
bool cases_read(struct arena *a, const char *path, struct cases *out);

/* The YAML of a case's policies, and the C of a kernel with every case's hook. */
void case_policies(FILE *to, const struct test_case *c);
void case_kernel(FILE *to, const struct cases *all);
/* What the hook is called in events. */
void case_event(struct arena *a, const struct test_case *c, struct eval_event *out);

/* The words of a row from `at` on, up to `=>`; false: they are no event. `h` has the arguments. */
bool row_event(struct arena *a, const struct tir_hook *h, const struct words *w, size_t at,
	       struct eval_event *out);
bool row_options(struct arena *a, const struct tir_hook *h, const struct words *w, size_t at,
		 struct eval_event *out);
bool row_value(struct arena *a, const struct tir_arg *arg, const struct text *word,
	       struct eval_value *out);
/* The inodes that process 1 has. */
void host_namespaces(uint32_t out[NS_COUNT]);

/* A verdict as a row writes it, and why the first selector that failed did. */
const char *show_verdict(struct arena *a, const struct eval_verdict *v);
const char *show_miss(struct arena *a, const struct eval_verdict *v);

/* ---- what of the language the tables are about ---- */

struct coverage {
	/* An operator on a class of arguments held, and did not. */
	bool cell[OP_COUNT][CLASS_COUNT][2];
	bool section[EVAL_SECTIONS][2];
	bool process[EVAL_SECTIONS][OP_COUNT]; /* operators of the process sections, by row */
	bool action[16];		       /* by enum tg_action: it ran */
};

void cover(struct coverage *c, const struct eval_verdict *v);
/* How many parts of the language have no row; prints each. */
unsigned cover_missing(const struct coverage *c, unsigned *parts);

#endif
