/* SPDX-License-Identifier: Apache-2.0 */
/* Opens an x86 boot image (bzImage) far enough to take the kernel's BTF out of it. */
#ifndef TGC_VM_VMLINUZ_H
#define TGC_VM_VMLINUZ_H

#include "compiler/vm/vm.h"

/* Writes the raw bytes of section .BTF of the kernel inside `image` to the new file `btf`. */
int vmlinuz_btf(const char *image, const char *btf, struct vm_error *e);

/* The ELF file inside `image`, decompressed: malloc'ed, the caller frees it. */
int vmlinuz_unpack(const void *image, size_t size, char **kernel, size_t *kernel_size,
		   struct vm_error *e);

#endif
