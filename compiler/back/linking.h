/* SPDX-License-Identifier: Apache-2.0 */
/* Joins objects to one, with libbpf's linker, in memory. Debuggers' sections are dropped. */
#ifndef TGC_LINKING_H
#define TGC_LINKING_H

#include <stdbool.h>
#include "runtime/bytes.h"

struct arena;
struct linking;

/* Never NULL; what goes wrong is told at the end. */
struct linking *linking_start(struct arena *a);
void linking_add(struct linking *l, struct bytes object);
/* The whole, in the arena; false: the linker refused. Ends it in any case. */
bool linking_finish(struct linking *l, struct bytes *out);
/* Without a result; NULL, or one that has ended, is fine. */
void linking_end(struct linking *l);

#endif
