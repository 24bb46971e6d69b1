/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the policy language the kernel cases are about: rows are parts of the language, columns
 * kernels. Rows are known before any case is read, from the compiler's own tables.
 */
#ifndef TGC_TEST_COVER_H
#define TGC_TEST_COVER_H

#include <stdio.h>
#include "compiler/lower/ir.h"

#define COVER_KERNELS 8

struct cover_row {
	const char *group, *name;
	unsigned cases[COVER_KERNELS];	   /* how many have it */
	const char *first;		   /* the name of one of them */
	const char *reason[COVER_KERNELS]; /* why there is none; NULL: not given */
};

struct cover {
	struct arena *arena;
	const char *const *kernels;
	size_t kernel_count;
	struct cover_row *rows;
	size_t count, room;
	/* of the case at hand */
	const char *test;
	bool runs[COVER_KERNELS];
};

/* Makes all rows; without any case. */
void cover_rows(struct cover *c);
/* A new row, of which nothing is covered. */
void cover_add(struct cover *c, const char *group, const char *name);
/* Notes that the case at hand has it. A row that does not exist ends the program. */
void cover_mark(struct cover *c, const char *name);
/* Notes all that a policy has. */
void cover_policies(struct cover *c, const struct ir *ir);

/* Names of rows. */
const char *cover_operator(struct arena *a, enum op op, enum type_class class);
const char *cover_namespace(struct arena *a, enum ir_namespace kind);

/* Reasons for what is missing: lines `ROW | KERNELS | REASON`. -1 when it cannot be read. */
int cover_read_reasons(struct cover *c, const char *path);
/* Writes them anew: reasons stay, those of what is covered go, `?` is put where one is missing. */
int cover_write_reasons(struct cover *c, const char *path);
/* Prints what is wrong: not covered and no reason, or a reason for what is covered. */
unsigned cover_judge(const struct cover *c);
void cover_print(const struct cover *c, FILE *to);
void cover_markdown(const struct cover *c, FILE *to);

#endif
