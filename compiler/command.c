// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "command.h"

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
