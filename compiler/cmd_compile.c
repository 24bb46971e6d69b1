// SPDX-License-Identifier: Apache-2.0
/* tgc compile: the command line. When it names no policy, the project file says the rest. */
#include <getopt.h>
#include <stddef.h>
#include "arena.h"
#include "command.h"
#include "pipeline.h"

enum {
	OPT_KEY = 256,
	OPT_CERT,
	OPT_KERNEL,
	OPT_NAME,
	OPT_VERSION,
	OPT_LIMIT,
	OPT_PROJECT,
	OPT_NO_PROJECT,
};

static const struct option long_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"key", required_argument, NULL, OPT_KEY},
	{"cert", required_argument, NULL, OPT_CERT},
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_KERNEL},
	{"name", required_argument, NULL, OPT_NAME},
	{"bundle-version", required_argument, NULL, OPT_VERSION},
	{"error-limit", required_argument, NULL, OPT_LIMIT},
	{"project", required_argument, NULL, OPT_PROJECT},
	{"no-project", no_argument, NULL, OPT_NO_PROJECT},
	{0},
};

struct command_line {
	struct arena arena;
	struct project_choice choice;
	struct project project;
	struct command_names kernels;
	struct policy_files files;
	struct compile_options options;
	bool version_given, limit_given;
};

static int parse_number(struct command_line *c, int option)
{
	uint64_t number;

	if (!command_count(optarg, &number))
		return command_usage(option == OPT_VERSION
					     ? "`%s` is not a version: a whole number is"
					     : "`%s` is not a number",
				     optarg);
	if (option == OPT_VERSION) {
		c->options.version = number;
		c->version_given = true;
	} else {
		c->options.error_limit = (unsigned)number;
		c->limit_given = true;
	}
	return 0;
}

static int parse_option(struct command_line *c, int option)
{
	switch (option) {
	case 'o':
		c->options.output = optarg;
		return 0;
	case OPT_KEY:
		c->options.key = optarg;
		return 0;
	case OPT_CERT:
		c->options.cert = optarg;
		return 0;
	case OPT_KERNEL:
		command_add(&c->arena, &c->kernels, optarg);
		return 0;
	case OPT_NAME:
		c->options.name = optarg;
		return 0;
	case OPT_PROJECT:
		c->choice.file = optarg;
		return 0;
	case OPT_NO_PROJECT:
		c->choice.none = true;
		return 0;
	case OPT_VERSION:
	case OPT_LIMIT:
		return parse_number(c, option);
	default:
		return command_usage(NULL); /* getopt has said what is wrong */
	}
}

static void take_project(struct command_line *c)
{
	struct compile_options *o = &c->options;
	const struct project *p = &c->project;

	command_kernels(&c->arena, p, &c->kernels);
	o->kernels = c->kernels.names;
	o->kernel_count = c->kernels.count;
	if (!o->output)
		o->output = p->output.bundle;
	if (!o->name)
		o->name = p->output.name;
	if (!c->version_given && p->output.version)
		o->version = *p->output.version;
	if (!c->limit_given && p->output.limit)
		o->error_limit = *p->output.limit;
	/* A key and a certificate belong together: one from each place would not fit. */
	if (!o->key && !o->cert) {
		o->key = p->sign.key;
		o->cert = p->sign.cert;
	}
}

static int check_complete(const struct command_line *c)
{
	const struct compile_options *o = &c->options;

	if (!o->output)
		return command_usage("where to? Give -o FILE.tgb%s",
				     c->project.file ? ", or `output.bundle` in the project file"
						     : "");
	if (!o->key || !o->cert)
		return command_usage("bundles are signed: give --key KEY.pem and --cert CERT.pem%s",
				     c->project.file ? ", or `sign` in the project file" : "");
	return 0;
}

/* A project's bundle holds the project's policies: when others are named, it is left alone. */
static enum exit_code run(struct command_line *c, int argc, char **argv)
{
	bool others = argc && !c->choice.file;
	enum exit_code code = EXIT_DONE;
	int bad;

	if (!others || c->choice.none)
		code = command_project(&c->arena, &c->choice, &c->project);
	if (code != EXIT_DONE)
		return code;
	if (!argc && !c->project.file)
		return command_usage(
			"no policy file given, and there is no project file " PROJECT_FILE
			" here or above");
	take_project(c);
	bad = check_complete(c);
	if (bad)
		return bad;
	code = command_policies(&c->arena, &c->project, (const char *const *)argv, (size_t)argc,
				&c->files);
	if (code != EXIT_DONE)
		return code;
	c->options.policies = c->files.files;
	c->options.policy_count = c->files.count;
	return compile(&c->options);
}

int cmd_compile(int argc, char **argv)
{
	struct command_line c = {
		.options = {.version = 1, .error_limit = ERROR_LIMIT, .colour = command_colour()}};
	int option, code = 0;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	while (!code && (option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1)
		code = parse_option(&c, option);
	if (!code)
		code = run(&c, argc - optind, argv + optind);
	arena_free(&c.arena);
	return code;
}
