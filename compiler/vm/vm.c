// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include "compiler/vm/vm.h"

int vm_fail(struct vm_error *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(e->text, sizeof(e->text), format, ap);
	va_end(ap);
	return -1;
}

void vm_say(const struct vm_progress *p, const char *format, ...)
{
	char text[512];
	va_list ap;

	if (!p || !p->say)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	p->say(p->context, text);
}
