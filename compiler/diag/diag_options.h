/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that all commands have which report on policies. A command lists
 * DIAG_SHORT_OPTIONS and DIAG_LONG_OPTIONS among its own and hands what getopt_long() returns
 * to diag_option() first.
 */
#ifndef TGC_DIAG_OPTIONS_H
#define TGC_DIAG_OPTIONS_H

#include <getopt.h>
#include "diag_write.h"

enum diag_colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct diag_options {
	enum diag_format format;
	enum diag_colour colour;
	unsigned limit; /* messages shown as text; 0: all */
	bool strict;
	struct diag_levels levels;
	bool to_stdout; /* set by the command: text goes there as well */
};

enum {
	DIAG_OPT_FORMAT = 1000,
	DIAG_OPT_COLOUR,
	DIAG_OPT_LIMIT,
	DIAG_OPT_STRICT,
};

#define DIAG_SHORT_OPTIONS "W:E:A:"
#define DIAG_LONG_OPTIONS                                                                          \
	{"format", required_argument, NULL, DIAG_OPT_FORMAT},                                      \
		{"color", required_argument, NULL, DIAG_OPT_COLOUR},                               \
		{"error-limit", required_argument, NULL, DIAG_OPT_LIMIT},                          \
	{                                                                                          \
		"strict", no_argument, NULL, DIAG_OPT_STRICT                                       \
	}
/* For a command's summary in `tgc help`. */
#define DIAG_OPTIONS_WORDS                                                                         \
	"[-W|-E|-A RULE] [--strict] [--format text|json|sarif|github]\n"                           \
	"          [--color auto|always|never] [--error-limit N]"

struct diag_options diag_options_default(void);

enum diag_option_result {
	DIAG_OPTION_TAKEN,
	DIAG_OPTION_OTHER, /* it is not one of these */
	DIAG_OPTION_WRONG, /* `why` says what is wrong with its value: exit code 2 */
};
enum diag_option_result diag_option(struct diag_options *o, int option, const char *value,
				    char *why, size_t room);

/* Before the first message: levels and strictness. */
void diag_options_apply(const struct diag_options *o, struct diags *d);

/*
 * After the last: writes the messages. Text goes to standard error (standard output with
 * `to_stdout`), the formats for programs to `machine`.
 */
void diag_options_report(const struct diag_options *o, const struct diags *d, FILE *machine);

/* Where it writes them. */
FILE *diag_options_stream(const struct diag_options *o, FILE *machine);

/* Whether `to` gets colours: --color, then NO_COLOR, CLICOLOR_FORCE, then a terminal. */
bool diag_options_colour(const struct diag_options *o, FILE *to);

#endif
