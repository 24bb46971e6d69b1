/* SPDX-License-Identifier: Apache-2.0 */
/* Just enough of ELF to take a kernel apart: 64-bit little-endian files, sections by name. The
 * bytes are hostile: everything is checked against their end. */
#ifndef TGC_KERNEL_ELF_H
#define TGC_KERNEL_ELF_H

#include <stdbool.h>
#include "runtime/bytes.h"

bool elf_is_elf(struct bytes file);
/* The contents of the section; no bytes with a sentence in `why` when it is not there, is
 * compressed, or the file is not one this reads. */
struct bytes elf_section(struct bytes file, const char *name, char *why, size_t why_size);
/* Names of the functions in .symtab, in its order; false when there is no symbol table. The
 * names live in `file`. */
bool elf_each_function(struct bytes file, void (*take)(void *data, const char *name), void *data);
/* As uname -m says it: "x86_64", "aarch64", ... ; "" for others. */
const char *elf_arch(struct bytes file);

#endif
