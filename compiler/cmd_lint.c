// SPDX-License-Identifier: Apache-2.0
/* tgc lint: the command line. What it does not say, the project file says. */
#include <getopt.h>
#include <stddef.h>
#include "arena.h"
#include "command.h"
#include "lint.h"

enum {
	OPT_KERNEL = 256,
	OPT_STRICT,
	OPT_LIMIT,
	OPT_PROJECT,
	OPT_NO_PROJECT,
};

static const struct option long_options[] = {
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_KERNEL},
	{"strict", no_argument, NULL, OPT_STRICT},
	{"error-limit", required_argument, NULL, OPT_LIMIT},
	{"quiet", no_argument, NULL, 'q'},
	{"project", required_argument, NULL, OPT_PROJECT},
	{"no-project", no_argument, NULL, OPT_NO_PROJECT},
	{0},
};

struct command_line {
	struct arena arena;
	struct project_choice choice;
	struct lint_options options;
	struct command_names kernels;
	bool limit_given;
};

static int parse_limit(struct command_line *c)
{
	uint64_t limit;

	if (!command_count(optarg, &limit))
		return command_usage("`%s` is not a number", optarg);
	c->options.error_limit = (unsigned)limit;
	c->limit_given = true;
	return 0;
}

static int parse_option(struct command_line *c, int option)
{
	switch (option) {
	case OPT_KERNEL:
		command_add(&c->arena, &c->kernels, optarg);
		return 0;
	case OPT_STRICT:
		c->options.strict = true;
		return 0;
	case OPT_LIMIT:
		return parse_limit(c);
	case 'q':
		c->options.quiet = true;
		return 0;
	case OPT_PROJECT:
		c->choice.file = optarg;
		return 0;
	case OPT_NO_PROJECT:
		c->choice.none = true;
		return 0;
	default:
		return command_usage(NULL); /* getopt has said what is wrong */
	}
}

static void take_project(struct command_line *c, const struct project *p)
{
	struct lint_options *o = &c->options;

	command_kernels(&c->arena, p, &c->kernels);
	o->kernels = c->kernels.names;
	o->kernel_count = c->kernels.count;
	o->strict |= p->strict;
	if (!c->limit_given && p->output.limit)
		o->error_limit = *p->output.limit;
}

static enum exit_code run(struct command_line *c, int argc, char **argv)
{
	struct policy_files files = {.count = 0};
	struct project project;
	enum exit_code code = command_project(&c->arena, &c->choice, &project);

	if (code != EXIT_DONE)
		return code;
	if (!argc && !project.file)
		return command_usage("no policy given, and there is no project file " PROJECT_FILE
				     " here or above; `tgc init` writes one");
	take_project(c, &project);
	code = command_policies(&c->arena, &project, (const char *const *)argv, (size_t)argc,
				&files);
	if (code != EXIT_DONE)
		return code;
	c->options.files = files.files;
	c->options.file_count = files.count;
	return lint(&c->options);
}

int cmd_lint(int argc, char **argv)
{
	struct command_line c = {
		.options = {.error_limit = ERROR_LIMIT, .colour = command_colour()}};
	int option, code = 0;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	while (!code && (option = getopt_long(argc, argv, "q", long_options, NULL)) != -1)
		code = parse_option(&c, option);
	if (!code)
		code = run(&c, argc - optind, argv + optind);
	arena_free(&c.arena);
	return code;
}
