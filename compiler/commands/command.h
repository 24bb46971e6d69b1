/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-commands of tgc, and what their command lines share. main.c has the table. */
#ifndef TGC_COMMAND_H
#define TGC_COMMAND_H

#include <stdbool.h>
#include <getopt.h>
#include <stdint.h>
#include "compiler/diag/diag_options.h"
#include "compiler/base/exit.h"
#include "compiler/terse/terse.h"
#include "policy_files.h"
#include "project.h"

/* Each is given its own name as argv[0] and returns an enum exit_code. */
typedef int command_function(int argc, char **argv);

command_function cmd_bundle, cmd_compile, cmd_convert, cmd_dump, cmd_fmt, cmd_init, cmd_lint,
	cmd_lsp, cmd_prove;

/* Says what is wrong with the command line, if getopt has not (NULL). Returns EXIT_USAGE. */
int command_usage(const char *problem, ...) __attribute__((format(printf, 1, 2)));

/* A whole number in decimal; false when `text` is none, or too large. */
bool command_count(const char *text, uint64_t *out);

/* ---- the project file ---- */

enum { COMMAND_OPT_PROJECT = 900, COMMAND_OPT_NO_PROJECT };
#define COMMAND_PROJECT_OPTIONS                                                                    \
	{"project", required_argument, NULL, COMMAND_OPT_PROJECT},                                 \
	{                                                                                          \
		"no-project", no_argument, NULL, COMMAND_OPT_NO_PROJECT                            \
	}

/* What a first look at a command line tells; what is wrong with it, a second look will say. */
struct command_look {
	const char *project; /* --project */
	bool no_project;     /* --no-project */
	enum diag_colour colour;
	int names; /* arguments that are no options */
};

struct command_look command_look(int argc, char **argv, const char *short_options,
				 const struct option *long_options);

/*
 * Loads the project file that is chosen, or found from the current folder. Without one `out` is
 * empty (`out->file` is NULL). Returns EXIT_DONE, or another code after saying why.
 */
enum exit_code command_project(struct arena *a, const struct command_look *look,
			       struct project *out);

/* What a command line is read with. The messages' options go to `diag`, others to `own`. */
struct command_parser {
	const char *short_options;
	const struct option *long_options;
	struct diag_options *diag;
	int (*own)(void *command, int option); /* 0, or an exit code after saying why */
	void *command;
};

/*
 * Reads the options; optind is then that of the first argument. Those of the project file are
 * passed over, command_look() has seen them. Returns 0, or an exit code after saying what is wrong.
 */
int command_parse(const struct command_parser *p, int argc, char **argv);

/* The project's levels, strictness, format and limit, before the command line's are read. */
void command_project_diag(const struct project *project, struct diag_options *out);

/* The files behind the names given or, when there are none, behind the project's `policies`. */
enum exit_code command_policies(struct arena *a, const struct project *project,
				const char *const *names, size_t count, struct policy_files *out);

/* ---- the terse language ---- */

enum { COMMAND_OPT_PARAM = 910, COMMAND_OPT_LANGUAGE };
#define COMMAND_TERSE_OPTIONS                                                                      \
	{"param", required_argument, NULL, COMMAND_OPT_PARAM},                                     \
	{                                                                                          \
		"language", required_argument, NULL, COMMAND_OPT_LANGUAGE                          \
	}

struct command_terse {
	struct terse_param *params; /* --param NAME=VALUE */
	size_t count, room;
	bool language_terse; /* --language tg: of standard input */
	int bad;	     /* an exit code, when an option was wrong */
};

/* Whether the option is one of these; then it is taken, or said to be wrong (`bad`). */
bool command_terse_option(struct arena *a, struct command_terse *t, int option, const char *value);
/* A file that is named; standard input is in the language that was said. */
struct policy_file command_terse_file(const struct command_terse *t, const char *path);
/* The same for files that were found. */
void command_terse_files(const struct command_terse *t, struct policy_files *files);

/* A list of names, of files or kernels, in the order given. */
struct command_names {
	const char **names;
	size_t count, room;
};

void command_add(struct arena *a, struct command_names *list, const char *name);
/* The same for a kernel that is given by a file of type information: always a path. */
void command_add_btf(struct arena *a, struct command_names *kernels, const char *path);
/* The kernels given, else those of the project, else the running one. */
void command_kernels(struct arena *a, const struct project *project, struct command_names *kernels);

#endif
