// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compiler/base/arena.h"
#include "compiler/commands/command.h"
#include "setup.h"
#include "uri.h"

static struct timespec changed_at(const char *file)
{
	struct stat st;

	if (!file || stat(file, &st))
		return (struct timespec){0};
	return st.st_mtim;
}

bool setup_stale(const struct setup *s)
{
	struct timespec now = changed_at(s->file);

	return s->file && (now.tv_sec != s->changed.tv_sec || now.tv_nsec != s->changed.tv_nsec);
}

static bool same_file(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static const char *project_for(struct arena *a, const struct lsp_options *o, const char *path)
{
	const char *file;

	if (o->no_project || o->project)
		return o->project;
	file = *path == '/' ? project_find_from(a, lsp_path_folder(a, path)) : project_find(a);
	return file && *file == '/' ? lsp_path_clean(a, file) : file;
}

/* Levels of the command line come before those of the project. */
static void choose_diag(struct setup *s, const struct lsp_options *o)
{
	s->diag = diag_options_default();
	command_project_diag(&s->project, &s->diag);
	for (unsigned i = 0; i < DIAG_COUNT; i++)
		if (o->diag.levels.chosen[i])
			s->diag.levels.chosen[i] = o->diag.levels.chosen[i];
	s->diag.strict |= o->diag.strict;
}

/* A project file with mistakes counts for nothing; opened in the editor it shows them. */
static void read_project(struct setup *s)
{
	struct sources sources = {.arena = &s->arena};
	struct diags d = {.arena = &s->arena, .sources = &sources};
	int file = s->file ? sources_load(&sources, s->file) : -1;

	if (!s->file)
		return;
	if (file < 0)
		snprintf(s->why, sizeof(s->why), "cannot read the project file %s: %s", s->file,
			 strerror(errno));
	else if (!project_read(&s->arena, &d, &sources, (uint32_t)file, &s->project)) {
		s->project = (struct project){.file = NULL};
		snprintf(s->why, sizeof(s->why),
			 "there are mistakes in the project file %s: it is passed over", s->file);
	}
}

static void open_kernels(struct setup *s, const struct lsp_options *o)
{
	struct command_names names = {.count = 0};
	char why[800];

	for (size_t i = 0; i < o->kernel_count; i++)
		command_add(&s->arena, &names, o->kernels[i]);
	command_kernels(&s->arena, &s->project, &names);
	s->names = names.names;
	s->name_count = names.count;
	if (kernel_set_open(&s->kernels, &s->arena, s->names, s->name_count, o->root, why,
			    sizeof(why)) == EXIT_DONE)
		return;
	kernel_set_close(&s->kernels);
	snprintf(s->why, sizeof(s->why), "policies are checked without a kernel: %s", why);
}

struct setup *setup_for(struct setup **list, const struct lsp_options *o, const char *path)
{
	struct arena look = {.head = NULL};
	const char *file = project_for(&look, o, path);
	struct setup *s;

	for (s = *list; s; s = s->next)
		if (same_file(s->file, file))
			break;
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			exit(3);
		s->next = *list;
		*list = s;
		s->file = file ? arena_strndup(&s->arena, file, strlen(file)) : NULL;
		s->changed = changed_at(s->file);
		read_project(s);
		choose_diag(s, o);
		open_kernels(s, o);
	}
	arena_free(&look);
	return s;
}

const struct functions *setup_functions(struct setup *s)
{
	if (!s->functions)
		s->functions = functions_of(&s->arena, &s->kernels);
	return s->functions;
}

void setup_free(struct setup *s)
{
	kernel_set_close(&s->kernels);
	arena_free(&s->arena);
	free(s);
}
