/* SPDX-License-Identifier: Apache-2.0 */
/* System calls by name and number, and the elements of lists of them. */
#ifndef TGC_SYSCALLS_H
#define TGC_SYSCALLS_H

#include "compiler/values/regs.h"

enum syscall_abi { ABI_X64, ABI_I386, ABI_ARM64, ABI_ARM32, ABI_COUNT };

/* Set in a number when the caller is a 32-bit program: what `syscall64` arguments hold. */
#define SYSCALL_32BIT 0x80000000u

struct syscall {
	enum syscall_abi abi;
	uint32_t number;
	const char *name;  /* as in __NR_NAME */
	const char *entry; /* the kernel's function is sys_ENTRY; mostly the name. Known for the
			      64-bit ABIs; elsewhere always the name */
};

const char *abi_name(enum syscall_abi abi);
enum arch abi_arch(enum syscall_abi abi);
enum syscall_abi abi_default(enum arch arch);
bool abi_is_32bit(enum syscall_abi abi);
/* "__x64_", "__ia32_" or "__arm64_", which 32-bit Arm shares. */
const char *abi_prefix(enum syscall_abi abi);

/* By name, or by the name of the kernel's function. NULL: the ABI has none. */
const struct syscall *syscall_find(enum syscall_abi abi, const char *name, size_t len);
const struct syscall *syscall_at(enum syscall_abi abi, uint32_t number);
const char *syscall_nearest(struct arena *a, enum syscall_abi abi, const char *s, size_t len);
/* All of an ABI, by number. */
const struct syscall *syscall_all(enum syscall_abi abi, size_t *count);

/* An element of a list of type `syscalls`. */
struct syscall_element {
	enum syscall_abi abi;
	const char *symbol;	   /* the kernel's function; NULL for a bare name */
	const char *name;	   /* without prefix and sys_ */
	const struct syscall *row; /* NULL: the ABI's table has no such name */
	uint32_t number;	   /* what `syscall64` holds, with SYSCALL_32BIT; 0 without a row */
	bool spelling_differs;	   /* found by its function's name, as Tetragon does not */
};

enum syscall_use {
	SYSCALL_AS_SYMBOL, /* a function to hook: `dup` is refused, names need no number */
	SYSCALL_AS_NUMBER, /* a value of InMap: the ABI's table must have the name */
};

bool syscall_parse(struct arena *a, enum arch arch, const struct ast_str *text,
		   enum syscall_use use, struct syscall_element *out, struct value_error *e);

#endif
