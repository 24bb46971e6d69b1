// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include "exit.h"
#include "explain.h"

int explain_policies(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs("tgc: this version explains messages, not policies\n", stderr);
	return EXIT_USAGE;
}
