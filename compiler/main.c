// SPDX-License-Identifier: Apache-2.0
/* tgc: options and sub-commands. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bundle.h"
#include "cmd_kernels.h"
#include "pipeline.h"
#include "runtime/trust.h"

#define ERROR_LIMIT 20

static int usage(const char *problem, const char *what)
{
	if (problem)
		fprintf(stderr, problem, what);
	fprintf(stderr, "Try `tgc help`.\n");
	return EXIT_USAGE;
}

static bool parse_count(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return !errno && *text >= '0' && *text <= '9' && !*end;
}

enum {
	OPT_KEY = 256,
	OPT_CERT,
	OPT_BTF,
	OPT_NAME,
	OPT_VERSION,
	OPT_STAGE,
	OPT_LIMIT,
};

static const struct option long_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"key", required_argument, NULL, OPT_KEY},
	{"cert", required_argument, NULL, OPT_CERT},
	{"btf", required_argument, NULL, OPT_BTF},
	{"name", required_argument, NULL, OPT_NAME},
	{"bundle-version", required_argument, NULL, OPT_VERSION},
	{"stage", required_argument, NULL, OPT_STAGE},
	{"error-limit", required_argument, NULL, OPT_LIMIT},
	{0},
};

static int parse_option(struct compile_options *o, int option, const char **stage)
{
	uint64_t limit;

	switch (option) {
	case 'o':
		o->output = optarg;
		return 0;
	case OPT_KEY:
		o->key = optarg;
		return 0;
	case OPT_CERT:
		o->cert = optarg;
		return 0;
	case OPT_BTF:
		o->btf = optarg;
		return 0;
	case OPT_NAME:
		o->name = optarg;
		return 0;
	case OPT_STAGE:
		*stage = optarg;
		return 0;
	case OPT_VERSION:
		if (parse_count(optarg, &o->version))
			return 0;
		return usage("tgc: `%s` is not a version: a whole number is\n", optarg);
	case OPT_LIMIT:
		if (!parse_count(optarg, &limit))
			return usage("tgc: `%s` is not a number\n", optarg);
		o->error_limit = (unsigned)limit;
		return 0;
	default:
		return usage(NULL, NULL); /* getopt has said what is wrong */
	}
}

static int parse_options(struct compile_options *o, int argc, char **argv, const char **stage)
{
	int option;

	*o = (struct compile_options){
		.btf = DEFAULT_BTF,
		.version = 1,
		.error_limit = ERROR_LIMIT,
		.colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR"),
	};
	optind = 1;
	while ((option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1) {
		int bad = parse_option(o, option, stage);

		if (bad)
			return bad;
	}
	o->policies = (const char *const *)argv + optind;
	o->policy_count = argc - optind;
	if (!o->policy_count)
		return usage("tgc: no policy file given%s\n", "");
	return 0;
}

static int cmd_compile(int argc, char **argv)
{
	struct compile_options o;
	const char *stage = NULL;
	int bad = parse_options(&o, argc, argv, &stage);

	if (bad)
		return bad;
	if (!o.output)
		return usage("tgc: where to? %s\n", "Give -o FILE.tgb");
	if (!o.key || !o.cert)
		return usage("tgc: bundles are signed: give %s\n",
			     "--key KEY.pem and --cert CERT.pem");
	return compile(&o);
}

static int cmd_dump(int argc, char **argv)
{
	struct compile_options o;
	const char *stage = "c";
	int bad = parse_options(&o, argc, argv, &stage);

	if (bad)
		return bad;
	if (!strcmp(stage, "ast"))
		return dump(&o, DUMP_AST);
	if (!strcmp(stage, "c"))
		return dump(&o, DUMP_C);
	return usage("tgc: there is no stage `%s`: ast and c can be dumped\n", stage);
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("tgc " TGC_VERSION);
	return EXIT_DONE;
}

static int cmd_help(int argc, char **argv);

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *words;
} commands[] = {
	{"compile", cmd_compile,
	 "compile POLICY... -o FILE.tgb --key KEY.pem --cert CERT.pem\n"
	 "          [--btf FILE] [--name NAME] [--bundle-version N]"},
	{"bundle", cmd_bundle, "bundle inspect FILE [--json] | verify --cert CERT.pem FILE"},
	{"dump", cmd_dump, "dump --stage ast|c POLICY... [--btf FILE]"},
	{"kernels", cmd_kernels,
	 "kernels add [--name NAME] FILE... | --running | --debian SERIES\n"
	 "  tgc kernels list | show NAME | remove NAME..."},
	{"btf", cmd_btf, "btf [--kernel KERNEL]... SYMBOL|GLOB"},
	{"version", cmd_version, "version"},
	{"help", cmd_help, "help"},
};

static int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("tgc compiles Tetragon tracing policies to signed eBPF bundles.\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		printf("  tgc %s\n", commands[i].words);
	puts("\nExit codes: 0 done, 1 policy or bundle rejected, 2 usage, 3 environment.\n"
	     "The manual: man tgc");
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	crypto_init();

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version"))
		name = "version";
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].run(argc - 1, argv + 1);
	return usage(*name ? "tgc: there is no command `%s`\n" : "tgc: which command?%s\n", name);
}
