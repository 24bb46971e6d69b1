// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "command.h"
#include "pipeline.h"

int command_usage(const char *problem, ...)
{
	va_list args;

	if (problem) {
		fputs("tgc: ", stderr);
		va_start(args, problem);
		vfprintf(stderr, problem, args);
		va_end(args);
		fputc('\n', stderr);
	}
	fputs("Try `tgc help`.\n", stderr);
	return EXIT_USAGE;
}

bool command_count(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return !errno && *text >= '0' && *text <= '9' && !*end;
}

struct command_look command_look(int argc, char **argv, const char *short_options,
				 const struct option *long_options)
{
	struct command_look look = {.project = NULL};
	struct diag_options diag = diag_options_default();
	char **copy = calloc((size_t)argc + 1, sizeof(*copy)), why[300];
	int option;

	if (!copy)
		return look;
	memcpy(copy, argv, (size_t)argc * sizeof(*copy)); /* getopt reorders it */
	optind = 0; /* a fresh start: argv is a part of the whole command line */
	opterr = 0;
	while ((option = getopt_long(argc, copy, short_options, long_options, NULL)) != -1) {
		if (option == COMMAND_OPT_PROJECT)
			look.project = optarg;
		else if (option == COMMAND_OPT_NO_PROJECT)
			look.no_project = true;
		else if (option == DIAG_OPT_COLOUR)
			diag_option(&diag, option, optarg, why, sizeof(why));
	}
	opterr = 1;
	free(copy);
	look.colour = diag.colour;
	look.names = argc - optind;
	optind = 0;
	return look;
}

static int take_option(const struct command_parser *p, int option)
{
	char why[300];

	if (option == COMMAND_OPT_PROJECT || option == COMMAND_OPT_NO_PROJECT)
		return 0;
	if (option == '?')
		return command_usage(NULL); /* getopt has said what is wrong */
	switch (diag_option(p->diag, option, optarg, why, sizeof(why))) {
	case DIAG_OPTION_TAKEN:
		return 0;
	case DIAG_OPTION_WRONG:
		return command_usage("%s", why);
	default:
		return p->own(p->command, option);
	}
}

int command_parse(const struct command_parser *p, int argc, char **argv)
{
	int option, bad = 0;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	while (!bad &&
	       (option = getopt_long(argc, argv, p->short_options, p->long_options, NULL)) != -1)
		bad = take_option(p, option);
	return bad;
}

enum exit_code command_project(struct arena *a, const struct command_look *look,
			       struct project *out)
{
	const struct diag_options diag = {.colour = look->colour};
	const char *file = look->project;

	*out = (struct project){.file = NULL};
	if (look->no_project && file)
		return command_usage("--project and --no-project exclude each other");
	if (!look->no_project && !file)
		file = project_find(a);
	if (!file)
		return EXIT_DONE;
	return project_load(a, file, diag_options_colour(&diag, stderr), out);
}

static void choose_levels(struct diag_levels *levels, char letter, const char *const *names,
			  uint32_t count)
{
	char why[300];

	for (uint32_t i = 0; i < count; i++) /* project_read() has checked the names */
		diag_levels_option(levels, letter, names[i], why, sizeof(why));
}

void command_project_diag(const struct project *p, struct diag_options *out)
{
	choose_levels(&out->levels, 'W', p->rules.warn, p->rules.warn_count);
	choose_levels(&out->levels, 'E', p->rules.error, p->rules.error_count);
	choose_levels(&out->levels, 'A', p->rules.allow, p->rules.allow_count);
	out->strict |= p->strict;
	if (p->output.limit)
		out->limit = *p->output.limit;
	if (p->output.format)
		out->format = *p->output.format;
}

/* What a project without `policies` means. */
static const char *default_policies(struct arena *a, const struct project *p)
{
	const char *folder = arena_printf(a, "%s/policies", p->folder);

	if (access(folder, F_OK))
		return p->folder;
	return strcmp(p->folder, ".") ? folder : "policies";
}

enum exit_code command_policies(struct arena *a, const struct project *project,
				const char *const *names, size_t count, struct policy_files *out)
{
	struct policy_search search = {
		.names = names,
		.name_count = count,
		.exclude = project->exclude,
		.exclude_count = project->exclude_count,
		.folder = project->folder,
	};
	const char *otherwise;
	enum exit_code code;
	char why[512];

	if (!count) {
		otherwise = default_policies(a, project);
		search.names = project->policies_count ? project->policies : &otherwise;
		search.name_count = project->policies_count ? project->policies_count : 1;
	}
	code = policy_files_find(a, &search, out, why, sizeof(why));
	if (code != EXIT_DONE)
		fprintf(stderr, "tgc: %s\n", why);
	return code;
}

void command_add(struct arena *a, struct command_names *list, const char *name)
{
	list->names = arena_grow(a, list->names, list->count, &list->room, sizeof(*list->names));
	list->names[list->count++] = name;
}

void command_add_btf(struct arena *a, struct command_names *kernels, const char *path)
{
	command_add(a, kernels, strchr(path, '/') ? path : arena_printf(a, "./%s", path));
}

void command_kernels(struct arena *a, const struct project *project, struct command_names *kernels)
{
	if (kernels->count)
		return;
	for (uint32_t i = 0; i < project->kernels_count; i++)
		command_add(a, kernels, project->kernels[i]);
	if (!kernels->count)
		command_add(a, kernels, DEFAULT_BTF);
}
