/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries that only some nodes need: loaded when what they are for is asked for. */
#ifndef TGRUN_LIBRARY_H
#define TGRUN_LIBRARY_H

#include <stddef.h>
#include "runtime/failure.h"

struct library_need {
	const char *file, *package; /* Debian's */
	const char *who;	    /* begins a sentence: "the metrics server" */
};

/* A handle for library_close(), or NULL with a sentence. */
void *library_open(const struct library_need *need, struct failure *why);
/* Puts the address of a function into the pointer at `into`. 0, or -1 with a sentence. */
int library_find(void *handle, const struct library_need *need, const char *function, void *into,
		 struct failure *why);
void library_close(void *handle);

#endif
