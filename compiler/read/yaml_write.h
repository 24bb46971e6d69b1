/* SPDX-License-Identifier: Apache-2.0 */
/* A tree as YAML text, in block style. */
#ifndef TGC_YAML_WRITE_H
#define TGC_YAML_WRITE_H

#include <stdio.h>
#include "yaml_tree.h"

/* Comments of the file that the tree's places point into, `#` included, in their order. */
struct yaml_comments {
	const struct source *source; /* NULL: there are none */
	const struct span *v;
	size_t n, next;
};

/* `comments` go before what stands at or behind their place. */
void yaml_write(FILE *to, const struct yaml_docs *docs, struct yaml_comments *comments);

#endif
