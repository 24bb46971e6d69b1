// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include "runtime/grpc/h2.h"
#include "runtime/library.h"

static const struct library_need need = {"libnghttp2.so.14", "libnghttp2-14", "gRPC"};

int h2_load(struct h2_library *l, struct failure *why)
{
	l->handle = library_open(&need, why);
	if (!l->handle)
		return -1;
#define FIND(name)                                                                                 \
	if (library_find(l->handle, &need, #name, &l->name, why))                                  \
		return -1;
	H2_FUNCTIONS(FIND)
#undef FIND
	return 0;
}

void h2_unload(struct h2_library *l)
{
	if (l->handle)
		dlclose(l->handle);
	l->handle = NULL;
}
