/* SPDX-License-Identifier: Apache-2.0 */
/* What one kernel's types say of a name, as C with comments. */
#ifndef TGC_BTF_PRINT_H
#define TGC_BTF_PRINT_H

#include <stdbool.h>
#include <stdio.h>
#include "kbtf.h"

struct btf_query {
	const char *name; /* "file", or a path of members: "task_struct.mm.owner" */
	unsigned kinds;	  /* a mask of 1 << KNAME_...; all of them when nothing was said */
};

/* "struct file" asks for a struct, "file" for anything. */
struct btf_query btf_query(const char *words);

/* Prints all answers; false when there is none. For a path of members `why` then says what
 * is missing, else it is "". */
bool btf_answer(FILE *to, const struct kbtf *k, struct arena *a, const struct btf_query *q,
		const char **why);

/* "function", "struct", ... */
const char *kname_word(enum kname_kind kind);

#endif
