/* SPDX-License-Identifier: Apache-2.0 */
/* bpf_object__load() with few of the kernel's types (lean_btf.h). */
#ifndef TGRUN_OBJECT_LOAD_H
#define TGRUN_OBJECT_LOAD_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "runtime/features.h"
#include "runtime/lean_btf.h"

/* Like bpf_object__load. */
int object_load(struct bpf_object *object, struct features *f);

/* What the object that is being loaded is given (libbpf_calls.c); NULL: all of the kernel's. */
const struct lean_btf *object_load_btf(void);

/* `opts` and `code` speak of `lean`'s types: to speak of the kernel's. */
void object_load_translate(const struct lean_btf *lean, struct bpf_prog_load_opts *opts,
			   struct bpf_insn *code, size_t count);

#endif
