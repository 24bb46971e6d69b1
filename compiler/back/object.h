/* SPDX-License-Identifier: Apache-2.0 */
/* Stage "build": a generated unit becomes an ELF object, through clang as a child process. */
#ifndef TGC_OBJECT_H
#define TGC_OBJECT_H

#include "compiler/base/exit.h"
#include "runtime/bytes.h"
#include "unit.h"

struct cache;
struct cache_key;

struct object {
	struct bytes elf;     /* in the arena given */
	const char *compiler; /* the compiler's own words for itself */
};

#define BUILD_JOBS_MAX 64

struct build_options {
	uint32_t jobs;	     /* how many run at once, at least 1 */
	uint32_t early;	     /* how many are started before there is anything to compile */
	struct cache *cache; /* of objects; NULL: none */
	const struct cache_key *clang; /* which one it is; NULL: that is not known */
	/* NULL, or told a few times a second how many objects of how many there are. */
	void (*tell)(void *context, size_t made, size_t all);
	void *context;
};

/*
 * The compiler is started before there is anything to compile: while policies are read and
 * checked it loads itself. It is the clang named by TGC_CLANG, else the one in PATH. What goes
 * wrong at the start is told at the end. The options outlive the build.
 */
struct build;

struct build *build_start(struct arena *a, const struct build_options *o);
/* Hands it the unit; it compiles while the caller does something else. */
void build_feed(struct build *b, const struct unit *unit);
/*
 * Waits and links; the object does not depend on the options. EXIT_DONE, EXIT_REJECTED (clang
 * refused; see `why`) or EXIT_ENVIRONMENT.
 */
enum exit_code build_finish(struct build *b, struct object *out, char *why, size_t why_size);
/* Always the last call: ends what still runs. NULL is fine. */
void build_end(struct build *b);

/* A file that the build of a unit needs, embedded in tgc; `name` has its path in the tree. */
struct template
{
	const char *name;
	const char *start, *end;
};
/* All of them; the last has a NULL name. */
const struct template *templates(void);

#endif
