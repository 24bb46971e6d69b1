/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's type information, indexed once for all questions of a start. */
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
	uint32_t count;	    /* of types, void included */
	uint32_t *offsets;  /* of types, by id */
	uint32_t *heads;    /* the last type with a name, by the name's hash; 0: none */
	uint32_t *previous; /* the one before with this hash, by id */
};

/* 0, or -1 with errno set. */
int kernel_btf_open(struct kernel_btf *btf);
/* The same for bytes in memory, which must outlive `btf` and are not freed with it. Types behind
 * one that does not lie within the bytes are not known. */
int kernel_btf_parse(struct kernel_btf *btf, const void *data, size_t size);

/* The last structure, union, enumeration, typedef or function of a name of `len` bytes that is
 * before `id`, or in all when it is 0; 0 when there is none. */
uint32_t kernel_btf_named(const struct kernel_btf *btf, const char *name, size_t len, uint32_t id);

/* The id of the first of these of this name and kind (BTF_KIND_*); 0 when there is none. */
uint32_t kernel_btf_find(const struct kernel_btf *btf, const char *name, unsigned int kind);

/* Whether there is a function, a struct or union, or, for "record.member", a member of one, also
 * within anonymous members: of several records with this name, in the first. */
bool kernel_btf_has(const struct kernel_btf *btf, const char *name);

/* A type's bytes, with what follows its head, for an id from 1 to below `count`. */
const uint8_t *kernel_btf_type(const struct kernel_btf *btf, uint32_t id);
/* "" for what lies outside. */
const char *kernel_btf_string(const struct kernel_btf *btf, uint32_t offset);

void kernel_btf_close(struct kernel_btf *btf);

#endif
