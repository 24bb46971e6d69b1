/* SPDX-License-Identifier: Apache-2.0 */
/* Why tgrun stops: the exit code and the text for the user, filled where it is known. */
#ifndef TGRUN_FAILURE_H
#define TGRUN_FAILURE_H

#include <stddef.h>
#include "runtime/exit_codes.h"

struct failure {
	enum tgrun_exit code;
	char text[8192]; /* without "tgrun: " and without a final newline */
};

/* Always returns -1, so that a function can end with it. */
int failure_set(struct failure *f, enum tgrun_exit code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
