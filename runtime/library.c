// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <string.h>
#include "runtime/library.h"

void *library_open(const struct library_need *need, struct failure *why)
{
	void *handle = dlopen(need->file, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		failure_set(why, TGRUN_ENVIRONMENT, "%s needs %s (Debian's package %s): %s",
			    need->who, need->file, need->package, dlerror());
	return handle;
}

int library_find(void *handle, const struct library_need *need, const char *function, void *into,
		 struct failure *why)
{
	void *symbol = dlsym(handle, function);

	memcpy(into, &symbol, sizeof(symbol));
	if (symbol)
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT, "%s has no %s", need->file, function);
}

void library_close(void *handle)
{
	dlclose(handle);
}
