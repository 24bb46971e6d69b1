// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include "runtime/failure.h"

int failure_set(struct failure *f, enum tgrun_exit code, const char *format, ...)
{
	va_list args;

	f->code = code;
	va_start(args, format);
	vsnprintf(f->text, sizeof(f->text), format, args);
	va_end(args);
	return -1;
}
