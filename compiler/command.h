/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-commands of tgc, and what their command lines share. main.c has the table. */
#ifndef TGC_COMMAND_H
#define TGC_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include "exit.h"
#include "policy_files.h"
#include "project.h"

#define ERROR_LIMIT 20 /* messages shown, unless --error-limit says otherwise */

/* Each is given its own name as argv[0] and returns an enum exit_code. */
typedef int command_function(int argc, char **argv);

command_function cmd_bundle, cmd_compile, cmd_dump, cmd_init, cmd_lint;

/* Says what is wrong with the command line, if getopt has not (NULL). Returns EXIT_USAGE. */
int command_usage(const char *problem, ...) __attribute__((format(printf, 1, 2)));

/* A whole number in decimal; false when `text` is none, or too large. */
bool command_count(const char *text, uint64_t *out);

/* Whether messages are to have colours: standard error is a terminal, without NO_COLOR. */
bool command_colour(void);

/* Which project file a command line asks for: --project FILE, --no-project. */
struct project_choice {
	const char *file;
	bool none;
};

/*
 * Loads the project file that is chosen, or found from the current folder. Without one `out` is
 * empty (`out->file` is NULL). Returns EXIT_DONE, or another code after saying why.
 */
enum exit_code command_project(struct arena *a, const struct project_choice *choice,
			       struct project *out);

/* The files behind the names given or, when there are none, behind the project's `policies`. */
enum exit_code command_policies(struct arena *a, const struct project *project,
				const char *const *names, size_t count, struct policy_files *out);

/* A list of names, of files or kernels, in the order given. */
struct command_names {
	const char **names;
	size_t count, room;
};

void command_add(struct arena *a, struct command_names *list, const char *name);
/* The kernels given, else those of the project, else the running one. */
void command_kernels(struct arena *a, const struct project *project, struct command_names *kernels);

#endif
