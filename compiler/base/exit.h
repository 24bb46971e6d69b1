/* SPDX-License-Identifier: Apache-2.0 */
/* How tgc ends: the same numbers for every command. */
#ifndef TGC_EXIT_H
#define TGC_EXIT_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_REJECTED = 1,    /* the policy or bundle is not good */
	EXIT_USAGE = 2,	      /* the command line is not */
	EXIT_ENVIRONMENT = 3, /* this machine is not: files, tools, memory */
};

#endif
