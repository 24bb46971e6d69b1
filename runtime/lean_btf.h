/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few types of the kernel that one object names, as type information of their own. libbpf
 * would read and index all of the kernel's, some 100,000 types, for each object, and look through
 * them again for every structure; that was most of what it cost to load a policy.
 */
#ifndef TGRUN_LEAN_BTF_H
#define TGRUN_LEAN_BTF_H

#include "runtime/buffer.h"
#include "runtime/kernel_btf.h"

/* What is looked for: structures, unions, enumerations and typedefs of a name with all that they
 * consist of (pointers lead nowhere), or functions of a name with their parameters. */
struct lean_name {
	const char *name; /* borrowed; what stands behind `___` does not count */
	bool function;
	bool found; /* filled in */
};

struct lean_btf {
	struct buffer bytes; /* a whole BTF */
	uint32_t *ids;	     /* of its types in the kernel's, by their ids here; 0 for void */
	uint32_t count;	     /* of `ids` */
};

/* -1: out of memory. What is not found is no failure. */
int lean_btf_make(struct lean_btf *out, const struct kernel_btf *kernel, struct lean_name *names,
		  size_t count);
void lean_btf_free(struct lean_btf *lean);

#endif
