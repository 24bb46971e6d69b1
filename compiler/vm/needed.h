/* SPDX-License-Identifier: Apache-2.0 */
/* What a dynamically linked program needs, read from its ELF file (nothing is executed). */
#ifndef TGC_VM_NEEDED_H
#define TGC_VM_NEEDED_H

#include "compiler/vm/vm.h"

struct arena;

struct needed {
	const char *interpreter; /* NULL: a static program or a library */
	const char *folder;	 /* where its machine's libraries live */
	const char **libraries;	 /* absolute paths on this machine */
	const char **names;	 /* the names they are asked for by */
	size_t count;
};

/* A file that is not ELF needs nothing. 0, or -1 when a library is missing or the file bad. */
int needed_read(struct arena *a, const char *path, struct needed *out, struct vm_error *e);

#endif
