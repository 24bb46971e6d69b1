/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of a BPF object file and who calls whom, read without a kernel. The bytes are
 * hostile: whatever they say, there is an answer or a refusal. Made by code_read() from bytes
 * that outlive it; code_free() takes it apart, whatever code_read() has returned.
 */
#ifndef TG_OBJECT_CODE_H
#define TG_OBJECT_CODE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <string.h>
#include "runtime/bytes.h"

struct code_call {   /* an instruction that calls, or takes the address of, a function */
	uint32_t at; /* its index in the calling function */
	uint32_t to; /* index of the function called */
};

struct code_function {
	const char *name;	       /* in the object's bytes */
	uint32_t section;	       /* index in the object */
	uint32_t first, count;	       /* instructions: the first one's index in the section */
	const uint8_t *bytes;	       /* 8 an instruction, of no certain alignment */
	const struct code_call *calls; /* by rising `at` */
	uint32_t call_count;
};

struct code {
	void *elf;			 /* Elf */
	struct code_function *functions; /* by section, then first */
	size_t function_count, function_room;
	struct code_call *calls;
	size_t call_count, call_room;
	struct code_relocation *relocations; /* while it is read */
	size_t relocation_count, relocation_room;
};

/* 0, or -1 when it is no ELF file with usable symbols, or memory ran out. */
int code_read(struct code *out, struct bytes object);
void code_free(struct code *c);

/* NULL when there is none of that name. */
const struct code_function *code_find(const struct code *c, const char *name);

static inline struct bpf_insn code_insn(const struct code_function *f, uint32_t i)
{
	struct bpf_insn insn;

	memcpy(&insn, f->bytes + (size_t)i * sizeof(insn), sizeof(insn));
	return insn;
}

/* Two words of eight bytes for one instruction. */
static inline bool code_is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

enum { CODE_FUNCTIONS_MAX = 16384 };

/*
 * The functions that a program consists of, as libbpf joins them for the kernel: itself, then
 * each other one where it is first called. `order` has room for all of the object. Returns how
 * many there are.
 */
size_t code_reach(const struct code *c, const struct code_function *program, uint32_t *order);

#endif
