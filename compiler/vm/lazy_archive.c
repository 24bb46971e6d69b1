// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "compiler/base/exit.h"
#include "lazy_archive.h"

#define LIBRARY "libarchive.so.13"

static bool load(struct archive_library *library)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool ok = handle;

#define ARCHIVE_CALL(function)                                                                     \
	ok = ok && (*(void **)&library->function = dlsym(handle, "archive_" #function));
#include "archive_calls.def"
#undef ARCHIVE_CALL
	return ok;
}

const struct archive_library *archive_library(void)
{
	static struct archive_library library; /* loaded once, the same for all */
	static bool loaded;

	if (!loaded && !load(&library)) {
		fprintf(stderr, "tgc: cannot load libarchive: %s\n", dlerror());
		exit(EXIT_ENVIRONMENT);
	}
	loaded = true;
	return &library;
}
