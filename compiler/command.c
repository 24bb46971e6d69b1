// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "arena.h"
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

bool command_colour(void)
{
	return isatty(STDERR_FILENO) && !getenv("NO_COLOR");
}

enum exit_code command_project(struct arena *a, const struct project_choice *choice,
			       struct project *out)
{
	const char *file = choice->file;

	*out = (struct project){.file = NULL};
	if (choice->none && file)
		return command_usage("--project and --no-project exclude each other");
	if (!choice->none && !file)
		file = project_find(a);
	return file ? project_load(a, file, command_colour(), out) : EXIT_DONE;
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

void command_kernels(struct arena *a, const struct project *project, struct command_names *kernels)
{
	if (kernels->count)
		return;
	for (uint32_t i = 0; i < project->kernels_count; i++)
		command_add(a, kernels, project->kernels[i]);
	if (!kernels->count)
		command_add(a, kernels, DEFAULT_BTF);
}
