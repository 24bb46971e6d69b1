/* SPDX-License-Identifier: Apache-2.0 */
/* Stage "build": a generated unit becomes an ELF object, through clang as a child process. */
#ifndef TGC_OBJECT_H
#define TGC_OBJECT_H

#include "exit.h"
#include "runtime/bytes.h"
#include "unit.h"

struct diags;

struct object {
	struct bytes elf;     /* in the arena given */
	const char *compiler; /* the compiler's own words for itself */
};

/*
 * Compiles with the clang named by TGC_CLANG, else the one in PATH, in a temporary folder that
 * is removed again. Returns EXIT_DONE, EXIT_REJECTED (clang refused; see `why`) or
 * EXIT_ENVIRONMENT.
 */
enum exit_code build_object(struct arena *a, const struct unit *unit, struct object *out, char *why,
			    size_t why_size);

/* A file that the build of a unit needs, embedded in tgc; `name` has its path in the tree. */
struct template
{
	const char *name;
	const char *start, *end;
};
/* All of them; the last has a NULL name. */
const struct template *templates(void);

#endif
