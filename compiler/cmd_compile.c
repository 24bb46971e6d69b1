// SPDX-License-Identifier: Apache-2.0
/* tgc compile: the command line. */
#include <getopt.h>
#include <stddef.h>
#include "command.h"
#include "pipeline.h"

enum {
	OPT_KEY = 256,
	OPT_CERT,
	OPT_BTF,
	OPT_NAME,
	OPT_VERSION,
	OPT_LIMIT,
};

static const struct option long_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"key", required_argument, NULL, OPT_KEY},
	{"cert", required_argument, NULL, OPT_CERT},
	{"btf", required_argument, NULL, OPT_BTF},
	{"name", required_argument, NULL, OPT_NAME},
	{"bundle-version", required_argument, NULL, OPT_VERSION},
	{"error-limit", required_argument, NULL, OPT_LIMIT},
	{0},
};

static int parse_numbers(struct compile_options *o, int option)
{
	uint64_t number;

	if (!command_count(optarg, &number))
		return command_usage(option == OPT_VERSION
					     ? "`%s` is not a version: a whole number is"
					     : "`%s` is not a number",
				     optarg);
	if (option == OPT_VERSION)
		o->version = number;
	else
		o->error_limit = (unsigned)number;
	return 0;
}

static int parse_option(struct compile_options *o, int option)
{
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
	case OPT_VERSION:
	case OPT_LIMIT:
		return parse_numbers(o, option);
	default:
		return command_usage(NULL); /* getopt has said what is wrong */
	}
}

static int parse_options(struct compile_options *o, int argc, char **argv)
{
	int option, bad;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	while ((option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1)
		if ((bad = parse_option(o, option)))
			return bad;
	o->policies = (const char *const *)argv + optind;
	o->policy_count = argc - optind;
	return 0;
}

int cmd_compile(int argc, char **argv)
{
	struct compile_options o = {
		.btf = DEFAULT_BTF,
		.version = 1,
		.error_limit = ERROR_LIMIT,
		.colour = command_colour(),
	};
	int bad = parse_options(&o, argc, argv);

	if (bad)
		return bad;
	if (!o.policy_count)
		return command_usage("no policy file given");
	if (!o.output)
		return command_usage("where to? Give -o FILE.tgb");
	if (!o.key || !o.cert)
		return command_usage("bundles are signed: give --key KEY.pem and --cert CERT.pem");
	return compile(&o);
}
