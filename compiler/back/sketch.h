/* SPDX-License-Identifier: Apache-2.0 */
/* What filters on paths say of single components, before a path has been read. */
#ifndef TGC_SKETCH_H
#define TGC_SKETCH_H

#include "compiler/check/tir.h"

/* Can a sketch of this filter's path ever rule it out? */
bool sketch_useful(const struct tir_filter *f);
/* Can a path satisfy it whose first component is too long to lie in its dentry? */
bool sketch_maybe_long(const struct tir_filter *f);
/*
 * Which first eight bytes the first component has in every path that the value matches; big-endian.
 * False: no path matches it.
 */
bool sketch_first(const struct value *v, enum op op, uint64_t *word, uint64_t *mask);
/* Likewise of the second component, 0 when there is none. */
bool sketch_second(const struct value *v, enum op op, uint64_t *word, uint64_t *mask);
/* Likewise the last eight of the last component, little-endian. */
bool sketch_tail(const struct value *v, enum op op, uint64_t *word, uint64_t *mask);

#endif
