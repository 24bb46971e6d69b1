/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a text in the terse language gives, and where it uses them; constants. */
#ifndef TGC_LSP_NAMED_H
#define TGC_LSP_NAMED_H

#include "compiler/terse/tree.h"
#include "document.h"
#include "setup.h"

struct named {
	int kind; /* token: LET, PARAM, MACRO or LIST */
	const char *name;
	struct span at, whole; /* the name; the statement */
};

struct names {
	struct named *v;
	size_t n, room;
};

/* Of the text itself and of all that it includes. */
struct names named_all(struct arena *a, const struct analysis *n);
/* The one of this name, LISTs apart, or NULL. */
const struct named *named_find(struct arena *a, const struct analysis *n, const char *name);
const struct named *named_find_list(struct arena *a, const struct analysis *n, const char *name);

struct uses {
	struct span *v;
	size_t n, room;
};

/* Where the text itself has a name of `let`, `param` or `macro`, its definition included. */
struct uses named_uses(struct arena *a, const struct analysis *n, const char *name);

/* The text's tree; what is wrong with it is not reported. */
struct terse_file named_tree(struct arena *a, const struct analysis *n, uint32_t file);

/* By name: of the system's headers, or of a kernel of the setup. */
bool named_constant(const struct setup *s, const char *name, int64_t *value);

#endif
