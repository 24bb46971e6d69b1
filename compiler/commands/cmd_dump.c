// SPDX-License-Identifier: Apache-2.0
/* tgc dump: the command line. */
#include <getopt.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "command.h"
#include "pipeline.h"

enum { OPT_KERNEL = 256, OPT_BTF, OPT_ROOT, OPT_STAGE, OPT_NO_PLACES };

static const struct option long_options[] = {
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_BTF},
	{"root", required_argument, NULL, OPT_ROOT},
	{"stage", required_argument, NULL, OPT_STAGE},
	{"no-places", no_argument, NULL, OPT_NO_PLACES},
	COMMAND_TERSE_OPTIONS,
	DIAG_LONG_OPTIONS,
	{0},
};

static const char *const stage_names[] = {
	[DUMP_AST] = "ast", [DUMP_IR] = "ir", [DUMP_TIR] = "tir", [DUMP_C] = "c"};

struct command_line {
	struct arena arena;
	struct command_names kernels;
	struct command_terse terse;
	struct compile_options options;
	const char *stage;
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
	case OPT_STAGE:
		c->stage = optarg;
		return 0;
	case OPT_NO_PLACES:
		c->options.places = false;
		return 0;
	default:
		if (command_terse_option(&c->arena, &c->terse, option, optarg))
			return c->terse.bad;
		return command_usage(NULL);
	}
}

static int parse_options(struct command_line *c, int argc, char **argv)
{
	const struct command_parser parser = {DIAG_SHORT_OPTIONS, long_options, &c->options.diag,
					      parse_own_option, c};

	return command_parse(&parser, argc, argv);
}

static int run(struct command_line *c, int argc, char **argv)
{
	struct policy_file *files = arena_array(&c->arena, (size_t)argc, sizeof(*files));
	const struct project no_project = {.file = NULL};

	if (!argc)
		return command_usage("no policy file given");
	for (int i = 0; i < argc; i++)
		files[i] = command_terse_file(&c->terse, argv[i]);
	c->options.params = c->terse.params;
	c->options.param_count = c->terse.count;
	command_kernels(&c->arena, &no_project, &c->kernels);
	c->options.policies = files;
	c->options.policy_count = (size_t)argc;
	c->options.kernels = c->kernels.names;
	c->options.kernel_count = c->kernels.count;
	for (size_t i = 0; i < sizeof(stage_names) / sizeof(stage_names[0]); i++)
		if (!strcmp(c->stage, stage_names[i]))
			return dump(&c->options, (enum dump_stage)i);
	return command_usage("there is no stage `%s`: ast, ir, tir and c can be dumped", c->stage);
}

int cmd_dump(int argc, char **argv)
{
	struct command_line c = {
		.options = {.version = 1, .places = true, .diag = diag_options_default()},
		.stage = "c",
	};
	int code = parse_options(&c, argc, argv);

	if (!code)
		code = run(&c, argc - optind, argv + optind);
	arena_free(&c.arena);
	return code;
}
