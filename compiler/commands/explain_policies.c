// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY...: the command line, and the stages up to the kernels. */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "command.h"
#include "policy_read.h"
#include "compiler/diag/diag.h"
#include "compiler/explain/explain.h"
#include "compiler/explain/explain_parts.h"

enum { OPT_KERNEL = 256, OPT_BTF };

static const struct option long_options[] = {
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_BTF},
	COMMAND_PROJECT_OPTIONS,
	COMMAND_TERSE_OPTIONS,
	DIAG_LONG_OPTIONS,
	{0},
};

struct explanation {
	struct arena arena;
	struct project project;
	struct command_names kernel_names;
	struct command_terse terse;
	struct policy_files files;
	struct diag_options diag;
	bool markdown;
	struct sources sources;
	struct diags diags;
	struct kernel_set kernels;
	struct ast ast;
	const struct ir *ir;
	struct tir **typed;
};

/* ---- the command line ---------------------------------------------------------------------------
 */

/* "text" and "markdown" are this command's own; messages have other formats, which it has not. */
static int take_format(struct explanation *e, const char *word)
{
	e->markdown = !strcmp(word, "markdown");
	if (e->markdown || !strcmp(word, "text"))
		return 0;
	return command_usage("policies are explained as text or markdown, not as `%s`", word);
}

static int take_option(struct explanation *e, int option)
{
	char why[300];

	if (option == DIAG_OPT_FORMAT)
		return take_format(e, optarg);
	if (option == OPT_KERNEL)
		command_add(&e->arena, &e->kernel_names, optarg);
	else if (option == OPT_BTF)
		command_add_btf(&e->arena, &e->kernel_names, optarg);
	else if (command_terse_option(&e->arena, &e->terse, option, optarg))
		return e->terse.bad;
	else if (option == '?')
		return command_usage(NULL); /* getopt has said what is wrong */
	else if (diag_option(&e->diag, option, optarg, why, sizeof(why)) == DIAG_OPTION_WRONG)
		return command_usage("%s", why);
	return 0;
}

static int parse(struct explanation *e, int argc, char **argv)
{
	struct command_look look = command_look(argc, argv, DIAG_SHORT_OPTIONS, long_options);
	int option, bad = (int)command_project(&e->arena, &look, &e->project);

	if (!bad)
		command_project_diag(&e->project, &e->diag);
	e->diag.format = DIAG_FORMAT_TEXT; /* whatever the project's lint has */
	while (!bad &&
	       (option = getopt_long(argc, argv, DIAG_SHORT_OPTIONS, long_options, NULL)) != -1)
		bad = take_option(e, option);
	if (!bad)
		command_kernels(&e->arena, &e->project, &e->kernel_names);
	return bad;
}

/* ---- the stages ---------------------------------------------------------------------------------
 */

static enum exit_code read_file(struct explanation *e, const struct policy_file *file)
{
	const struct terse_options options = {.kernels = e->kernels.v,
					      .kernel_count = e->kernels.count,
					      .params = e->terse.params,
					      .param_count = e->terse.count};
	int source;

	source = sources_load(&e->sources, file->path);
	if (source < 0) {
		fprintf(stderr, "tgc: cannot read %s: %s\n", file->path, strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	if (!policy_read(&e->arena, &e->diags, &e->sources, (uint32_t)source, file, &options,
			 &e->ast))
		sources_drop_last(&e->sources);
	return EXIT_DONE;
}

static enum exit_code verdict(const struct explanation *e)
{
	return diags_failed(&e->diags) ? EXIT_REJECTED : EXIT_DONE;
}

static enum exit_code read_all(struct explanation *e)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < e->files.count && code == EXIT_DONE; i++)
		code = read_file(e, &e->files.files[i]);
	return code == EXIT_DONE ? verdict(e) : code;
}

static enum exit_code check(struct explanation *e)
{
	e->ir = lower(&e->arena, &e->diags, &e->ast);
	if (verdict(e) != EXIT_DONE)
		return EXIT_REJECTED;
	e->typed = kernel_set_check(&e->kernels, &e->arena, &e->diags, e->ir);
	return verdict(e);
}

static enum exit_code stages(struct explanation *e)
{
	char why[1024];
	enum exit_code code = kernel_set_open(&e->kernels, &e->arena, e->kernel_names.names,
					      e->kernel_names.count, NULL, why, sizeof(why));

	if (code != EXIT_DONE) {
		fprintf(stderr, "tgc: %s\n", why);
		return code;
	}
	diags_contexts(&e->diags, e->kernels.names, e->kernels.count);
	code = read_all(e);
	if (code == EXIT_DONE)
		code = check(e);
	diag_options_report(&e->diag, &e->diags, stderr);
	return code;
}

/* ---- the prose ----------------------------------------------------------------------------------
 */

static enum exit_code tell(struct explanation *e)
{
	struct explaining x = {
		.arena = &e->arena,
		.doc = {.arena = &e->arena, .to = stdout, .markdown = e->markdown},
		.sources = &e->sources,
		.kernels = &e->kernels,
		.typed_by = e->typed,
	};

	for (; x.number < e->ir->policy_count; x.number++) {
		x.policy = &e->ir->policies[x.number];
		explain_policy(&x);
	}
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_DONE;
	fputs("tgc: standard output cannot be written\n", stderr);
	return EXIT_ENVIRONMENT;
}

static enum exit_code run(struct explanation *e, const char *const *names, size_t count)
{
	enum exit_code code = command_policies(&e->arena, &e->project, names, count, &e->files);

	if (code != EXIT_DONE)
		return code;
	command_terse_files(&e->terse, &e->files);
	e->sources.arena = &e->arena;
	e->diags = (struct diags){.arena = &e->arena, .sources = &e->sources};
	diag_options_apply(&e->diag, &e->diags);
	code = stages(e);
	if (code == EXIT_DONE)
		code = tell(e);
	kernel_set_close(&e->kernels);
	return code;
}

int explain_policies(int argc, char **argv)
{
	struct explanation e = {.diag = diag_options_default()};
	int code = parse(&e, argc, argv);

	if (!code)
		code = (int)run(&e, (const char *const *)argv + optind, (size_t)(argc - optind));
	arena_free(&e.arena);
	return code;
}
