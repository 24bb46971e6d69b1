// SPDX-License-Identifier: Apache-2.0
/*
 * The reference evaluator against tables: every row is an event and what must come of it.
 *
 *   run FOLDER TABLE...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "case.h"
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"
#include "front.h"

struct running {
	struct arena *arena;
	struct front *front;
	const struct test_case *test;
	const struct tir *tir;
	const struct tir_hook *hook;
	struct eval_state *state;
	struct coverage *coverage;
	unsigned passed, failed;
};

static void judge(struct running *r, unsigned line, bool ok, const char *what)
{
	if (ok) {
		r->passed++;
		return;
	}
	r->failed++;
	printf("%s:%u: %s\n", r->test->file, line, what);
}

/* ---- rows ------------------------------------------------------------------------------ */

static void start(struct running *r)
{
	uint32_t host[NS_COUNT];

	host_namespaces(host);
	r->state = eval_start(r->arena, r->tir);
	eval_set_host(r->state, host);
}

/* The words behind `=>`, up to `because`; and those behind that. */
static void expected_texts(struct arena *a, const struct words *w, const char **result,
			   const char **reason)
{
	size_t i = 0;
	const char **out = result;

	*result = *reason = "";
	while (i < w->count && strcmp(w->v[i].s, "=>"))
		i++;
	for (i++; i < w->count; i++) {
		const char *word = strcmp(w->v[i].s, "match") || **out ? w->v[i].s : "post 0";

		if (!strcmp(word, "because"))
			out = reason;
		else
			*out = arena_printf(a, "%s%s%s", *out, **out ? " " : "", word);
	}
}

static void judge_event(struct running *r, const struct row *row, const struct eval_event *e)
{
	const struct eval_verdict *v = eval_event(r->arena, r->state, e);
	const char *got = show_verdict(r->arena, v), *why = show_miss(r->arena, v);
	const char *result, *reason;

	cover(r->coverage, v);
	expected_texts(r->arena, row->words, &result, &reason);
	judge(r, row->line, !strcmp(got, result) && (!*reason || !strcmp(why, reason)),
	      arena_printf(r->arena, "`%s`, should be `%s`%s%s", got, result,
			   *why ? ", because " : "", why));
}

static bool is_word(const struct row *row, const char *word)
{
	return !strcmp(row->words->v[0].s, word);
}

/* An event of the process's life; returns false when the row is none. */
static bool run_life(struct running *r, const struct row *row)
{
	struct eval_event e = {0};

	if (!is_word(row, "exec") && !is_word(row, "fork") && !is_word(row, "exit"))
		return false;
	if (!row_options(r->arena, r->hook, row->words, 1, &e))
		judge(r, row->line, false, "these are no options");
	else if (is_word(row, "exec"))
		eval_exec(r->state, &e.process);
	else if (is_word(row, "fork"))
		eval_fork(r->state, &e.process);
	else
		eval_exit(r->state, e.process.record.pid);
	return true;
}

static bool run_mode(struct running *r, const struct row *row)
{
	static const char *const modes[] = {[EVAL_ENFORCE] = "enforce",
					    [EVAL_MONITOR] = "monitor",
					    [EVAL_MONITOR_ONLY] = "",
					    [EVAL_OFF] = "off"};
	const struct words *w = row->words;
	enum eval_mode mode = 0;
	bool accepted;

	if (!is_word(row, "mode"))
		return false;
	while (w->count > 2 && mode < EVAL_OFF && strcmp(modes[mode], w->v[2].s))
		mode++;
	accepted = eval_set_mode(r->state, strtoul(w->v[1].s, NULL, 10), mode);
	judge(r, row->line, accepted == (w->count == 3), "the change of mode");
	return true;
}

static bool read_event(struct running *r, const struct row *row, struct eval_event *e)
{
	const struct words *w = row->words;

	case_event(r->arena, r->test, e);
	if (is_word(row, "in")) {
		e->kind = HOOK_KPROBE;
		e->symbol = w->v[1].s;
		return row_options(r->arena, NULL, w, 2, e);
	}
	if (!is_word(row, "return"))
		return row_event(r->arena, r->hook, w, 0, e);
	e->at_return = true;
	if (!r->hook->return_arg)
		return row_options(r->arena, r->hook, w, 1, e);
	return row_value(r->arena, r->hook->return_arg, &w->v[1], &e->result) &&
	       row_options(r->arena, r->hook, w, 2, e);
}

static void run_row(struct running *r, const struct row *row)
{
	struct eval_event e;

	if (!row->then)
		start(r);
	if (run_life(r, row) || run_mode(r, row))
		return;
	if (read_event(r, row, &e))
		judge_event(r, row, &e);
	else
		judge(r, row->line, false, "this is no event");
}

/* ---- cases ----------------------------------------------------------------------------- */

static const char *case_yaml(struct arena *a, const struct test_case *c, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);
	const char *out;

	case_policies(f, c);
	fclose(f);
	out = arena_strndup(a, text, *size);
	free(text);
	return out;
}

static void run_refused(struct running *r)
{
	const struct test_case *c = r->test;

	judge(r, c->line, !r->tir && front_said(r->front, c->refused),
	      arena_printf(r->arena, "should be refused by [%s]", c->refused));
	if (r->failed && !r->tir && !front_said(r->front, c->refused))
		diag_print(&r->front->diags, stdout, 5, false);
}

static void run_case(struct running *r)
{
	const struct test_case *c = r->test;
	size_t size;
	const char *yaml = case_yaml(r->arena, c, &size);

	r->tir = front_type(r->front, "case", yaml, size);
	if (c->refused) {
		run_refused(r);
		return;
	}
	if (!r->tir) {
		judge(r, c->line, false, "the policy is refused");
		diag_print(&r->front->diags, stdout, 5, false);
		return;
	}
	r->hook = &r->tir->policies[0].hooks[0];
	start(r);
	for (size_t i = 0; i < c->row_count; i++)
		run_row(r, &c->rows[i]);
}

/* ---- all of them ----------------------------------------------------------------------- */

static bool make_kernel(struct arena *a, const char *folder, const struct cases *all,
			const char **object)
{
	const char *source = arena_printf(a, "%s/kernel.c", folder);
	char output[8192];
	FILE *f = fopen(source, "we");

	*object = arena_printf(a, "%s/kernel.o", folder);
	if (!f) {
		printf("cannot write %s: %s\n", source, strerror(errno));
		return false;
	}
	case_kernel(f, all);
	if (fclose(f))
		return false;
	if (!child_run((const char *const[]){"clang", "-target", "bpf", "-g", "-w", "-c", source,
					     "-o", *object, NULL},
		       NULL, output, sizeof(output)))
		return true;
	printf("%s\n", output);
	return false;
}

static void run_cases(struct running *r, const struct cases *all)
{
	unsigned parts = 0, missing;

	for (size_t i = 0; i < all->n; i++) {
		r->test = &all->v[i];
		run_case(r);
	}
	missing = cover_missing(r->coverage, &parts);
	printf("eval: %u of %u parts of the language have rows\n", parts - missing, parts);
	missing ? r->failed++ : r->passed++;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct cases all = {0};
	struct front front = {0};
	struct coverage coverage = {0};
	struct running r = {.arena = &a, .front = &front, .coverage = &coverage};
	const char *object;
	bool ok = argc > 2;

	if (!ok)
		printf("usage: run FOLDER TABLE...\n");
	for (int i = 2; i < argc; i++)
		ok &= cases_read(&a, argv[i], &all);
	if (ok)
		mkdir(argv[1], 0777);
	ok = ok && make_kernel(&a, argv[1], &all, &object) && front_open(&front, &a, object);
	if (ok)
		run_cases(&r, &all);
	r.failed += !ok;
	printf("eval: %u passed, %u failed\n", r.passed, r.failed);
	front_close(&front);
	arena_free(&a);
	return r.failed != 0;
}
