/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernels of a run side by side: where each hook is, whose arguments and paths differ, what
 * policies need that not every kernel has.
 */
#ifndef TGC_MATRIX_H
#define TGC_MATRIX_H

#include <stdio.h>
#include "compiler/check/kernel_check.h"

#define MATRIX_WIDTH 100 /* columns of text */

struct matrix_row {
	const char *label;
	const char **cells; /* one for every kernel, in the order of the set; NULL: nothing said */
	size_t above;	    /* index + 1 of the row that this one belongs to; 0: none */
};

struct matrix {
	struct arena *arena; /* borrowed: holds everything below */
	const struct kernel_set *kernels;
	struct matrix_row *rows;
	size_t count, room;
	uint32_t needs; /* bit N: enum kernel_feature N */
};

/* Adds what the kernels make of some policies, and copies it; what is there already is kept. */
void matrix_add(struct matrix *m, const struct ir *ir, struct tir *const *typed);
/* A table of at most MATRIX_WIDTH columns, kernels in order of their versions; several tables when
 * one has no room for all of them. Nothing when there are no rows. */
void matrix_print(const struct matrix *m, FILE *to);

#endif
