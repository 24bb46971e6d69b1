/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-commands of tgc, and what their command lines share. main.c has the table. */
#ifndef TGC_COMMAND_H
#define TGC_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include "exit.h"

#define ERROR_LIMIT 20 /* messages shown, unless --error-limit says otherwise */

/* Each is given its own name as argv[0] and returns an enum exit_code. */
typedef int command_function(int argc, char **argv);

command_function cmd_bundle, cmd_compile, cmd_dump;

/* Says what is wrong with the command line, if getopt has not (NULL). Returns EXIT_USAGE. */
int command_usage(const char *problem, ...) __attribute__((format(printf, 1, 2)));

/* A whole number in decimal; false when `text` is none, or too large. */
bool command_count(const char *text, uint64_t *out);

/* Whether messages are to have colours: standard error is a terminal, without NO_COLOR. */
bool command_colour(void);

#endif
