// SPDX-License-Identifier: Apache-2.0
/* tgc dump: the command line. */
#include <getopt.h>
#include <string.h>
#include "command.h"
#include "pipeline.h"

enum { OPT_BTF = 256, OPT_STAGE, OPT_LIMIT, OPT_NO_PLACES };

static const struct option long_options[] = {
	{"btf", required_argument, NULL, OPT_BTF},
	{"stage", required_argument, NULL, OPT_STAGE},
	{"error-limit", required_argument, NULL, OPT_LIMIT},
	{"no-places", no_argument, NULL, OPT_NO_PLACES},
	{0},
};

static int parse_options(struct compile_options *o, const char **stage, int argc, char **argv)
{
	uint64_t limit;
	int option;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == OPT_BTF)
			o->btf = optarg;
		else if (option == OPT_STAGE)
			*stage = optarg;
		else if (option == OPT_NO_PLACES)
			o->places = false;
		else if (option != OPT_LIMIT)
			return command_usage(NULL); /* getopt has said what is wrong */
		else if (!command_count(optarg, &limit))
			return command_usage("`%s` is not a number", optarg);
		else
			o->error_limit = (unsigned)limit;
	}
	o->policies = (const char *const *)argv + optind;
	o->policy_count = argc - optind;
	return o->policy_count ? 0 : command_usage("no policy file given");
}

int cmd_dump(int argc, char **argv)
{
	struct compile_options o = {
		.btf = DEFAULT_BTF,
		.version = 1,
		.error_limit = ERROR_LIMIT,
		.places = true,
		.colour = command_colour(),
	};
	const char *stage = "c";
	int bad = parse_options(&o, &stage, argc, argv);

	if (bad)
		return bad;
	if (!strcmp(stage, "ast"))
		return dump(&o, DUMP_AST);
	if (!strcmp(stage, "c"))
		return dump(&o, DUMP_C);
	return command_usage("there is no stage `%s`: ast and c can be dumped", stage);
}
