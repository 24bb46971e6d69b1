// SPDX-License-Identifier: Apache-2.0
/* tgc lsp: the language server, on standard input and output. */
#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/lsp/lsp.h"
#include "command.h"

enum { OPT_KERNEL = 256, OPT_BTF, OPT_ROOT, OPT_STDIO };

static const struct option long_options[] = {
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_BTF},
	{"root", required_argument, NULL, OPT_ROOT},
	{"stdio", no_argument, NULL, OPT_STDIO},
	COMMAND_PROJECT_OPTIONS,
	COMMAND_TERSE_OPTIONS,
	DIAG_LONG_OPTIONS,
	{0},
};

struct command_line {
	struct arena arena;
	struct command_names kernels;
	struct command_terse terse;
	struct lsp_options options;
};

static int take_option(void *command, int option)
{
	struct command_line *c = command;

	switch (option) {
	case OPT_KERNEL:
		command_add(&c->arena, &c->kernels, optarg);
		return 0;
	case OPT_BTF:
		command_add_btf(&c->arena, &c->kernels, optarg);
		return 0;
	case OPT_ROOT:
		c->options.root = optarg;
		return 0;
	case OPT_STDIO:
		return 0; /* there is nothing else; clients say it all the same */
	default:
		if (command_terse_option(&c->arena, &c->terse, option, optarg))
			return c->terse.bad;
		return command_usage(NULL);
	}
}

static int parse(struct command_line *c, int argc, char **argv)
{
	const struct command_parser parser = {DIAG_SHORT_OPTIONS, long_options, &c->options.diag,
					      take_option, c};
	struct command_look look = command_look(argc, argv, DIAG_SHORT_OPTIONS, long_options);
	int bad = command_parse(&parser, argc, argv);

	c->options.project = look.project;
	c->options.no_project = look.no_project;
	if (!bad && look.project && look.no_project)
		bad = command_usage("--project and --no-project exclude each other");
	if (!bad && optind < argc)
		bad = command_usage("tgc lsp takes no files: the editor names them");
	return bad;
}

int cmd_lsp(int argc, char **argv)
{
	struct command_line c = {.options = {.diag = diag_options_default()}};
	int code = parse(&c, argc, argv);

	c.options.kernels = c.kernels.names;
	c.options.kernel_count = c.kernels.count;
	c.options.params = c.terse.params;
	c.options.param_count = c.terse.count;
	signal(SIGPIPE, SIG_IGN); /* an editor that is gone ends the server, not with a signal */
	if (!code)
		code = lsp_serve(&c.options, STDIN_FILENO, STDOUT_FILENO);
	arena_free(&c.arena);
	return code;
}
