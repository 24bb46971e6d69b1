// SPDX-License-Identifier: Apache-2.0
/*
 * What libbpf calls while it loads an object; the linker puts these in the place of its own
 * functions (--wrap). Without object_load() at work they do what they always did.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/object_load.h"

struct btf *__real_btf__load_vmlinux_btf(void);
struct btf *__wrap_btf__load_vmlinux_btf(void);
int __real_bpf_btf_get_next_id(__u32 start, __u32 *next);
int __wrap_bpf_btf_get_next_id(__u32 start, __u32 *next);
int __real_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
			 const struct bpf_insn *code, size_t count,
			 const struct bpf_prog_load_opts *opts);
int __wrap_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
			 const struct bpf_insn *code, size_t count,
			 const struct bpf_prog_load_opts *opts);

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	const struct lean_btf *lean = object_load_btf();

	if (!lean)
		return __real_btf__load_vmlinux_btf();
	return btf__new(lean->bytes.data, (__u32)lean->bytes.size);
}

/* The types of modules build on all of the kernel's, and nothing in them is looked for. */
int __wrap_bpf_btf_get_next_id(__u32 start, __u32 *next)
{
	if (!object_load_btf())
		return __real_bpf_btf_get_next_id(start, next);
	errno = ENOENT;
	return -ENOENT;
}

int __wrap_bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
			 const struct bpf_insn *code, size_t count,
			 const struct bpf_prog_load_opts *opts)
{
	const struct lean_btf *lean = object_load_btf();
	struct bpf_prog_load_opts mine;
	struct bpf_insn *copy;
	int result, error;

	if (!lean || !opts || opts->sz > sizeof(mine))
		return __real_bpf_prog_load(type, name, license, code, count, opts);
	copy = malloc(count * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	memcpy(copy, code, count * sizeof(*copy));
	memcpy(&mine, opts, opts->sz);
	object_load_translate(lean, &mine, copy, count);
	result = __real_bpf_prog_load(type, name, license, copy, count, &mine);
	error = errno;
	free(copy);
	errno = error;
	return result;
}
