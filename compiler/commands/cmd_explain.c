// SPDX-License-Identifier: Apache-2.0
/* tgc explain: the pages of messages; policies are for explain_policies(). */
#include <string.h>
#include <unistd.h>
#include "compiler/diag/diag_options.h"
#include "compiler/base/exit.h"
#include "compiler/explain/explain.h"

static int usage(const char *problem, const char *what)
{
	fprintf(stderr, problem, what);
	fputs("Try `tgc help`.\n", stderr);
	return EXIT_USAGE;
}

static bool ends_with(const char *word, const char *suffix)
{
	size_t len = strlen(word), n = strlen(suffix);

	return len > n && !strcmp(word + len - n, suffix);
}

bool explain_is_path(const char *word)
{
	return !strcmp(word, "-") || strchr(word, '/') || ends_with(word, ".yaml") ||
	       ends_with(word, ".yml") || ends_with(word, ".tg") ||
	       (diag_find(word) == DIAG_COUNT && !access(word, F_OK));
}

static int list_rules(void)
{
	for (unsigned i = 0; i < DIAG_COUNT; i++) {
		enum diag_id id = (enum diag_id)i;

		printf("%-24s %s%s\n", diag_name(id), diag_level_name(diag_level(id)),
		       diag_is_rule(id) ? "" : ", always");
	}
	return EXIT_DONE;
}

static int explain_rule(const char *name, bool colour)
{
	const struct page *page = page_find(name);
	const char *near;

	if (page) {
		page_print(page, stdout, colour);
		return EXIT_DONE;
	}
	if (diag_find(name) != DIAG_COUNT)
		return usage("tgc: `%s` has no page\n", name);
	near = diag_nearest_name(name);
	fprintf(stderr, "tgc: there is no rule `%s`", name);
	if (near)
		fprintf(stderr, "; did you mean `%s`?\n", near);
	else
		fputs("; `tgc explain --list` shows all\n", stderr);
	return EXIT_USAGE;
}

static int explain_rules(int argc, char **argv, const struct diag_options *o)
{
	bool colour = diag_options_colour(o, stdout);
	int code = EXIT_DONE;

	for (int i = optind; i < argc && code == EXIT_DONE; i++) {
		if (i > optind)
			putchar('\n');
		code = explain_rule(argv[i], colour);
	}
	return code;
}

static int finish(int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	fputs("tgc: standard output cannot be written\n", stderr);
	return EXIT_ENVIRONMENT;
}

int cmd_explain(int argc, char **argv)
{
	enum { OPT_LIST = 256 };
	static const struct option options[] = {
		{"list", no_argument, NULL, OPT_LIST},
		{"color", required_argument, NULL, DIAG_OPT_COLOUR},
		{0},
	};
	struct diag_options o = diag_options_default();
	char why[200];
	int option;

	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-' && explain_is_path(argv[i]))
			return explain_policies(argc, argv);
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPT_LIST)
			return finish(list_rules());
		if (option == '?')
			return usage("%s", "");
		if (diag_option(&o, option, optarg, why, sizeof(why)) == DIAG_OPTION_WRONG)
			return usage("tgc: %s\n", why);
	}
	if (optind == argc)
		return usage("tgc: explain what? %s\n", "Give the name of a rule, or --list");
	return finish(explain_rules(argc, argv, &o));
}
