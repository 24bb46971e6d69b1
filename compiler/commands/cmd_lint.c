// SPDX-License-Identifier: Apache-2.0
/* tgc lint: the command line. What it does not say, the project file says. */
#include <getopt.h>
#include <stddef.h>
#include "compiler/base/arena.h"
#include "command.h"
#include "lint.h"

enum {
	OPT_KERNEL = 256,
	OPT_BTF,
	OPT_ROOT,
	OPT_FIX,
	OPT_DIFF,
	OPT_MATRIX,
};

static const struct option long_options[] = {
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_BTF},
	{"root", required_argument, NULL, OPT_ROOT},
	{"fix", no_argument, NULL, OPT_FIX},
	{"diff", no_argument, NULL, OPT_DIFF},
	{"matrix", no_argument, NULL, OPT_MATRIX},
	{"quiet", no_argument, NULL, 'q'},
	COMMAND_PROJECT_OPTIONS,
	COMMAND_TERSE_OPTIONS,
	DIAG_LONG_OPTIONS,
	{0},
};
static const char short_options[] = "q" DIAG_SHORT_OPTIONS;

struct command_line {
	struct arena arena;
	struct project project;
	struct command_names kernels;
	struct command_terse terse;
	struct policy_files files;
	struct lint_options options;
};

static int parse_own_option(void *command, int option)
{
	struct command_line *c = command;

	switch (option) {
	case OPT_KERNEL:
		command_add(&c->arena, &c->kernels, optarg);
		return 0;
	case OPT_ROOT:
		c->options.root = optarg;
		return 0;
	case OPT_BTF:
		command_add_btf(&c->arena, &c->kernels, optarg);
		return 0;
	case OPT_FIX:
		c->options.fix = true;
		return 0;
	case OPT_DIFF:
		c->options.diff = true;
		return 0;
	case OPT_MATRIX:
		c->options.matrix = true;
		return 0;
	case 'q':
		c->options.quiet = true;
		return 0;
	default:
		if (command_terse_option(&c->arena, &c->terse, option, optarg))
			return c->terse.bad;
		return command_usage(NULL);
	}
}

static int parse_options(struct command_line *c, int argc, char **argv)
{
	const struct command_parser parser = {short_options, long_options, &c->options.diag,
					      parse_own_option, c};
	int bad = command_parse(&parser, argc, argv);

	if (!bad && c->options.fix && c->options.diff)
		bad = command_usage("--fix and --diff exclude each other");
	return bad;
}

static enum exit_code load_project(struct command_line *c, int argc, char **argv)
{
	struct command_look look = command_look(argc, argv, short_options, long_options);
	enum exit_code code = command_project(&c->arena, &look, &c->project);

	if (code == EXIT_DONE)
		command_project_diag(&c->project, &c->options.diag);
	return code;
}

static int run(struct command_line *c, int argc, char **argv)
{
	enum exit_code code;

	if (!argc && !c->project.file)
		return command_usage("no policy given, and there is no project file " PROJECT_FILE
				     " here or above; `tgc init` writes one");
	command_kernels(&c->arena, &c->project, &c->kernels);
	c->options.kernels = c->kernels.names;
	c->options.kernel_count = c->kernels.count;
	code = command_policies(&c->arena, &c->project, (const char *const *)argv, (size_t)argc,
				&c->files);
	if (code != EXIT_DONE)
		return code;
	command_terse_files(&c->terse, &c->files);
	c->options.params = c->terse.params;
	c->options.param_count = c->terse.count;
	c->options.files = c->files.files;
	c->options.file_count = c->files.count;
	return lint(&c->options);
}

int cmd_lint(int argc, char **argv)
{
	struct command_line c = {.options = {.diag = diag_options_default()}};
	int code = load_project(&c, argc, argv);

	if (!code)
		code = parse_options(&c, argc, argv);
	if (!code)
		code = run(&c, argc - optind, argv + optind);
	arena_free(&c.arena);
	return code;
}
