/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernels of a setup say about a hook, its arguments and their members. */
#ifndef TGC_LSP_VIEW_H
#define TGC_LSP_VIEW_H

#include "compiler/kernels/kbtf.h"
#include "cursor.h"
#include "setup.h"

/* What the hook is attached to, as the i-th kernel declares it; NULL: not known. */
const struct kfunction *view_function(struct arena *a, const struct setup *s, size_t kernel,
				      const struct hook_at *hook);
/* The same for the first kernel that has it; `*kernel` gets its number. */
const struct kfunction *view_any(struct arena *a, const struct setup *s, const struct hook_at *hook,
				 size_t *kernel);
/* Of all kernels, as Markdown; NULL: none has it. */
const char *view_signatures(struct arena *a, const struct setup *s, const struct hook_at *hook);
/* What a kernel is called among people. */
const char *view_kernel_name(const struct setup *s, size_t kernel);

/* A type, and the types that it is one of. */
struct view_type {
	const struct kbtf *btf;
	ktype_id id;
};

/*
 * The type of "file.f_inode": an argument, or `task`, and members behind it. `listed` has names
 * that the hook gives. False: it is not known.
 */
bool view_path(struct arena *a, const struct setup *s, const struct cursor *c, const char *path,
	       struct view_type *out);
/* The same for members behind a type. `path` may be "". */
bool view_walk(struct arena *a, struct view_type from, const char *path, struct view_type *out);
/* The argument at a position. */
bool view_argument(struct arena *a, const struct setup *s, const struct hook_at *hook,
		   uint32_t position, struct view_type *out);
/* Behind a pointer to a struct, the struct; arrays' elements; 0: no members. */
ktype_id view_record(struct view_type t);

#endif
