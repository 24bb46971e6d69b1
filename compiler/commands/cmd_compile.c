// SPDX-License-Identifier: Apache-2.0
/* tgc compile: the command line. When it names no policy, the project file says the rest. */
#include <getopt.h>
#include <stddef.h>
#include "compiler/back/object.h"
#include "compiler/base/arena.h"
#include "command.h"
#include "pipeline.h"

enum {
	OPT_KEY = 256,
	OPT_CERT,
	OPT_KERNEL,
	OPT_BTF,
	OPT_ROOT,
	OPT_ALLOW_MISSING,
	OPT_NAME,
	OPT_VERSION,
	OPT_REPORT,
	OPT_NO_CACHE,
	OPT_PROGRESS,
	OPT_MAX_INSNS, /* these as in budgets.def */
	OPT_MAX_STACK,
	OPT_MAX_MEMORY,
	OPT_MAX_EVENT_BYTES,
};

static const struct option long_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"key", required_argument, NULL, OPT_KEY},
	{"cert", required_argument, NULL, OPT_CERT},
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_BTF},
	{"root", required_argument, NULL, OPT_ROOT},
	{"allow-missing", no_argument, NULL, OPT_ALLOW_MISSING},
	{"name", required_argument, NULL, OPT_NAME},
	{"bundle-version", required_argument, NULL, OPT_VERSION},
	{"report", no_argument, NULL, OPT_REPORT},
	{"jobs", required_argument, NULL, 'j'},
	{"no-cache", no_argument, NULL, OPT_NO_CACHE},
	{"progress", no_argument, NULL, OPT_PROGRESS},
	{"max-insns", required_argument, NULL, OPT_MAX_INSNS},
	{"max-stack", required_argument, NULL, OPT_MAX_STACK},
	{"max-memory", required_argument, NULL, OPT_MAX_MEMORY},
	{"max-event-bytes", required_argument, NULL, OPT_MAX_EVENT_BYTES},
	COMMAND_PROJECT_OPTIONS,
	COMMAND_TERSE_OPTIONS,
	DIAG_LONG_OPTIONS,
	{0},
};
static const char short_options[] = "o:j:" DIAG_SHORT_OPTIONS;

struct command_line {
	struct arena arena;
	struct project project;
	struct command_names kernels;
	struct command_terse terse;
	struct policy_files files;
	struct compile_options options;
};

static int parse_budget(struct command_line *c, enum budget_kind kind)
{
	char why[200];

	if (budget_set(&c->options.budget, kind, optarg, why, sizeof(why)))
		return 0;
	return command_usage("--max-%s: %s", budget_key(kind), why);
}

static int parse_own_option(void *command, int option)
{
	struct command_line *c = command;
	uint64_t jobs;

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
	case OPT_ROOT:
		c->options.root = optarg;
		return 0;
	case OPT_ALLOW_MISSING:
		c->options.allow_missing = true;
		return 0;
	case OPT_BTF:
		command_add_btf(&c->arena, &c->kernels, optarg);
		return 0;
	case OPT_NAME:
		c->options.name = optarg;
		return 0;
	case OPT_VERSION:
		if (command_count(optarg, &c->options.version))
			return 0;
		return command_usage("`%s` is not a version: a whole number is", optarg);
	case 'j':
		if (command_count(optarg, &jobs) && jobs && jobs <= BUILD_JOBS_MAX) {
			c->options.jobs = (uint32_t)jobs;
			return 0;
		}
		return command_usage("--jobs: `%s` is not a number from 1 to %d", optarg,
				     BUILD_JOBS_MAX);
	case OPT_NO_CACHE:
		c->options.no_cache = true;
		return 0;
	case OPT_PROGRESS:
		c->options.progress = true;
		return 0;
	case OPT_REPORT:
		c->options.report = true;
		return 0;
	case OPT_MAX_INSNS:
	case OPT_MAX_STACK:
	case OPT_MAX_MEMORY:
	case OPT_MAX_EVENT_BYTES:
		return parse_budget(c, (enum budget_kind)(option - OPT_MAX_INSNS));
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

	return command_parse(&parser, argc, argv);
}

/* What the command line may say otherwise. */
static void take_project(struct command_line *c)
{
	struct compile_options *o = &c->options;
	const struct project *p = &c->project;

	command_project_diag(p, &o->diag);
	o->output = p->output.bundle;
	o->name = p->output.name;
	if (p->output.version)
		o->version = *p->output.version;
	o->budget = p->limits;
}

static void complete(struct command_line *c)
{
	struct compile_options *o = &c->options;

	command_kernels(&c->arena, &c->project, &c->kernels);
	o->kernels = c->kernels.names;
	o->kernel_count = c->kernels.count;
	/* A key and a certificate belong together: one from each place would not fit. */
	if (!o->key && !o->cert) {
		o->key = c->project.sign.key;
		o->cert = c->project.sign.cert;
	}
}

static int check_complete(const struct command_line *c)
{
	const struct compile_options *o = &c->options;

	if (!o->output)
		return command_usage("where to? Give -o FILE.tgb%s",
				     c->project.file ? ", or `output.bundle` in the project file"
						     : "");
	if (o->report && o->diag.format == DIAG_FORMAT_SARIF)
		return command_usage("--report has no SARIF form: `tgc bundle inspect --report` "
				     "prints it from the bundle");
	if (!o->key || !o->cert)
		return command_usage("bundles are signed: give --key KEY.pem and --cert CERT.pem%s",
				     c->project.file ? ", or `sign` in the project file" : "");
	return 0;
}

/* A project's bundle holds the project's policies: when others are named, it is left alone. */
static enum exit_code load_project(struct command_line *c, int argc, char **argv)
{
	struct command_look look = command_look(argc, argv, short_options, long_options);
	bool others = look.names && !look.project;
	enum exit_code code;

	look.no_project |= others;
	code = command_project(&c->arena, &look, &c->project);
	if (code == EXIT_DONE)
		take_project(c);
	return code;
}

static int run(struct command_line *c, int argc, char **argv)
{
	enum exit_code code;
	int bad;

	if (!argc && !c->project.file)
		return command_usage(
			"no policy file given, and there is no project file " PROJECT_FILE
			" here or above");
	complete(c);
	bad = check_complete(c);
	if (bad)
		return bad;
	code = command_policies(&c->arena, &c->project, (const char *const *)argv, (size_t)argc,
				&c->files);
	if (code != EXIT_DONE)
		return code;
	command_terse_files(&c->terse, &c->files);
	c->options.params = c->terse.params;
	c->options.param_count = c->terse.count;
	c->options.policies = c->files.files;
	c->options.policy_count = c->files.count;
	return compile(&c->options);
}

int cmd_compile(int argc, char **argv)
{
	struct command_line c = {.options = {.version = 1, .diag = diag_options_default()}};
	int code = load_project(&c, argc, argv);

	if (!code)
		code = parse_options(&c, argc, argv);
	if (!code)
		code = run(&c, argc - optind, argv + optind);
	arena_free(&c.arena);
	return code;
}
