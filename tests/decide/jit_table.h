/* SPDX-License-Identifier: Apache-2.0 */
/* Hash tables of programs in the kernel, between whose calls a test goes back and forth. */
#ifndef DECIDE_JIT_TABLE_H
#define DECIDE_JIT_TABLE_H

#include <stdbool.h>

struct arena;
struct jit_table;

/* NULL when `map` is negative: the unit has none. */
struct jit_table *jit_table_open(struct arena *a, int map);
/* Notes what it has. */
void jit_table_keep(struct jit_table *t);
/* Gives it what was noted, or nothing, which then is what was noted. */
void jit_table_restore(struct jit_table *t, bool empty);

#endif
