// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/diag/fix.h"
#include "compiler/check/kernel_check.h"
#include "lint.h"
#include "policy_check.h"
#include "compiler/explain/matrix.h"

/* A policy's name and namespace ("": none) and where it is, for the search for second ones. */
struct name {
	const char *text, *namespace;
	struct span at;
};

struct linting {
	const struct lint_options *options;
	struct arena kept;    /* sources, messages, names */
	struct arena scratch; /* everything else of one file; emptied after it */
	struct sources sources;
	struct diags diags;
	struct kernel_set kernels;
	struct name *names;
	size_t name_count, name_room;
	struct matrix matrix;
	unsigned policies, skipped;
	char why[1024];
};

static enum exit_code environment(const struct linting *l)
{
	fprintf(stderr, "tgc: %s\n", l->why);
	return EXIT_ENVIRONMENT;
}

/* ---- one file -------------------------------------------------------------------------- */

static void keep_names(struct linting *l, const struct ast *ast)
{
	for (size_t i = 0; i < ast->policy_count; i++) {
		const struct ast_str *name = &ast->policies[i].name;
		const struct ast_str *namespace = &ast->policies[i].namespace;

		if (!name->s)
			continue;
		l->names = arena_grow(&l->kept, l->names, l->name_count, &l->name_room,
				      sizeof(*l->names));
		l->names[l->name_count++] = (struct name){
			.text = arena_strndup(&l->kept, name->s, name->len),
			.namespace = arena_strndup(&l->kept, namespace->s, namespace->len),
			.at = name->at,
		};
	}
}

/* With several kernels it is told unasked, but never where a program reads. */
static bool wants_matrix(const struct lint_options *o)
{
	return (o->matrix || o->kernel_count > 1) && !o->quiet && !o->diff &&
	       o->diag.format == DIAG_FORMAT_TEXT;
}

static void lint_text(struct linting *l, const struct policy_file *file, uint32_t source)
{
	const struct terse_options options = {.kernels = l->kernels.v,
					      .kernel_count = l->kernels.count,
					      .params = l->options->params,
					      .param_count = l->options->param_count};
	struct policy_checked checked;

	if (!policy_check(&l->scratch, &l->diags, &l->sources, source, file, &options, &l->kernels,
			  &checked)) {
		sources_drop_last(&l->sources);
		l->skipped++;
	}
	l->policies += (unsigned)checked.ast.policy_count;
	keep_names(l, &checked.ast);
	if (checked.typed && wants_matrix(l->options))
		matrix_add(&l->matrix, checked.ir, checked.typed);
	arena_free(&l->scratch);
}

static enum exit_code lint_file(struct linting *l, const struct policy_file *file)
{
	int source;

	source = sources_load(&l->sources, file->path);
	if (source >= 0) {
		lint_text(l, file, (uint32_t)source);
		return EXIT_DONE;
	}
	if (errno == EFBIG) {
		diag_plain(&l->diags, DIAG_YAML_TOO_LARGE,
			   "%s is larger than %u MiB, the limit for a policy file", file->path,
			   SOURCE_MAX >> 20);
		return EXIT_DONE;
	}
	snprintf(l->why, sizeof(l->why), "cannot read %s: %s", file->path, strerror(errno));
	return environment(l);
}

/* ---- all of them ----------------------------------------------------------------------- */

static int compare_names(const struct name *a, const struct name *b)
{
	int order = strcmp(a->text, b->text);

	return order ? order : strcmp(a->namespace, b->namespace);
}

static int by_name(const void *left, const void *right)
{
	const struct name *a = left, *b = right;
	int order = compare_names(a, b);

	if (!order)
		order = (a->at.file > b->at.file) - (a->at.file < b->at.file);
	return order ? order : (a->at.start > b->at.start) - (a->at.start < b->at.start);
}

/* Two policies of one name cannot be in one bundle. Of one file, lower() has said the same. */
static void check_names(struct linting *l)
{
	const struct name *first = l->names;

	if (l->name_count)
		qsort(l->names, l->name_count, sizeof(*l->names), by_name);
	for (size_t i = 1; i < l->name_count; i++) {
		const struct name *n = &l->names[i];
		struct diag *g;

		if (compare_names(first, n)) {
			first = n;
			continue;
		}
		g = diag_at(&l->diags, DIAG_DUPLICATE_POLICY, n->at, "a second policy named `%s`",
			    n->text);
		diag_note_at(&l->diags, g, first->at, "the first one is here");
	}
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void put_summary(const struct linting *l)
{
	size_t files = l->options->file_count - l->skipped, kernels = l->kernels.count;
	bool clean = !l->diags.errors && !l->diags.warnings;

	fprintf(stderr, "checked %u polic%s in %zu file%s for %zu kernel%s%s\n", l->policies,
		l->policies == 1 ? "y" : "ies", files, plural(files), kernels, plural(kernels),
		clean ? ": no findings" : "");
	if (l->skipped)
		fprintf(stderr, "passed over %u file%s without a policy\n", l->skipped,
			plural(l->skipped));
}

static enum exit_code apply_fixes(struct linting *l)
{
	struct fix_counts counts = {.applied = 0};
	bool done = fix_apply(&l->diags, &counts, l->why, sizeof(l->why));

	if (counts.applied)
		fprintf(stderr, "fixed %u finding%s in %u file%s\n", counts.applied,
			plural(counts.applied), counts.files, plural(counts.files));
	if (counts.deferred)
		fprintf(stderr, "%u more can be fixed by another run\n", counts.deferred);
	return done ? EXIT_DONE : environment(l);
}

/* Findings that were fixed are findings all the same: the next run tells what is left. */
static enum exit_code report(struct linting *l)
{
	const struct lint_options *o = l->options;
	struct fix_counts counts = {.applied = 0};
	enum exit_code code = EXIT_DONE;

	diag_options_report(&o->diag, &l->diags, o->diff ? stderr : stdout);
	if (o->diff)
		fix_diff(&l->diags, stdout, &counts);
	if (wants_matrix(o))
		matrix_print(&l->matrix, stdout);
	if (o->fix)
		code = apply_fixes(l);
	if (fflush(stdout) || ferror(stdout)) {
		snprintf(l->why, sizeof(l->why), "standard output cannot be written");
		code = environment(l);
	}
	return code;
}

static enum exit_code run(struct linting *l)
{
	const struct lint_options *o = l->options;
	enum exit_code code = kernel_set_open(&l->kernels, &l->kept, o->kernels, o->kernel_count,
					      o->root, l->why, sizeof(l->why)),
		       reported;

	if (code != EXIT_DONE)
		return environment(l);
	diags_contexts(&l->diags, l->kernels.names, l->kernels.count);
	for (size_t i = 0; i < o->file_count; i++)
		if (lint_file(l, &o->files[i]) != EXIT_DONE)
			code = EXIT_ENVIRONMENT;
	check_names(l);
	reported = report(l);
	if (code == EXIT_DONE)
		code = reported;
	if (code != EXIT_DONE)
		return code;
	if (!o->quiet)
		put_summary(l);
	return diags_failed(&l->diags) ? EXIT_REJECTED : EXIT_DONE;
}

enum exit_code lint(const struct lint_options *o)
{
	struct linting l = {.options = o};
	enum exit_code code;

	l.sources.arena = &l.kept;
	l.matrix = (struct matrix){.arena = &l.kept, .kernels = &l.kernels};
	l.diags = (struct diags){.arena = &l.kept, .sources = &l.sources};
	diag_options_apply(&o->diag, &l.diags);
	code = run(&l);
	kernel_set_close(&l.kernels);
	arena_free(&l.scratch);
	arena_free(&l.kept);
	return code;
}
