/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single look-ups in the running kernel's type information. libbpf reads it anew and indexes
 * it for each object it loads; a few questions are answered faster from the bytes as they are.
 */
#ifndef TGRUN_KERNEL_BTF_H
#define TGRUN_KERNEL_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_btf {
	const uint8_t *data; /* owned; NULL: not open */
	size_t size;
	bool mapped;
	const uint8_t *types, *types_end;
	const char *strings, *strings_end;
};

/* 0, or -1 with errno set. */
int kernel_btf_open(struct kernel_btf *btf);
/* The same for bytes in memory, which must outlive `btf` and are not freed with it. */
int kernel_btf_parse(struct kernel_btf *btf, const void *data, size_t size);

/* The id of the first type of this name and kind (BTF_KIND_*); 0 when there is none. */
uint32_t kernel_btf_find(const struct kernel_btf *btf, const char *name, unsigned int kind);

/* Bytes of the type at `at`, with what follows its head; 0 when it does not lie before `end`. */
size_t kernel_btf_type_size(const uint8_t *at, const uint8_t *end);

void kernel_btf_close(struct kernel_btf *btf);

#endif
