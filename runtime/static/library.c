// SPDX-License-Identifier: Apache-2.0
/* In the place of runtime/library.c: libnghttp2 is in the program, and no other library can be had.
 */
#include <string.h>
#include "runtime/grpc/h2.h"
#include "runtime/library.h"

#define H2_FILE "libnghttp2.so.14"

static const struct function {
	const char *name;
	void (*address)(void);
} functions[] = {
#define FUNCTION(name) {#name, (void (*)(void))(name)},
	H2_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

void *library_open(const struct library_need *need, struct failure *why)
{
	if (!strcmp(need->file, H2_FILE))
		return (void *)(uintptr_t)functions;
	failure_set(
		why, TGRUN_ENVIRONMENT,
		"%s needs %s, which a static tgrun cannot load: take the one with shared libraries",
		need->who, need->file);
	return NULL;
}

int library_find(void *handle, const struct library_need *need, const char *function, void *into,
		 struct failure *why)
{
	(void)handle;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (!strcmp(functions[i].name, function)) {
			memcpy(into, &functions[i].address, sizeof(functions[i].address));
			return 0;
		}
	return failure_set(why, TGRUN_ENVIRONMENT, "%s: %s has no function %s", need->who,
			   need->file, function);
}

void library_close(void *handle)
{
	(void)handle;
}
