/* SPDX-License-Identifier: Apache-2.0 */
/* Functions whose name depends on the kernel: grammar/renames.def. */
#ifndef TGC_RENAMES_H
#define TGC_RENAMES_H

struct kbtf;

/* What a kernel without the function has in its place, earlier or later; NULL: nothing known. */
const char *renamed_function(const struct kbtf *btf, const char *name);

#endif
