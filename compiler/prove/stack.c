// SPDX-License-Identifier: Apache-2.0
/* How deep a function's own stack is: accesses through r10 and its copies with constants added. */
#include "costs.h"

enum { REGISTERS = 16, FRAME_POINTER = 10, STACK_MAX = 65536 };

struct frame {
	bool known[REGISTERS]; /* holds the frame pointer and a constant */
	int64_t at[REGISTERS];
	int64_t deepest; /* not above 0 */
};

static void reach(struct frame *f, int64_t at)
{
	if (at < f->deepest && at >= -STACK_MAX)
		f->deepest = at;
}

static void compute(struct frame *f, const struct bpf_insn *insn)
{
	unsigned op = BPF_OP(insn->code), to = insn->dst_reg, from = insn->src_reg;
	bool wide = BPF_CLASS(insn->code) == BPF_ALU64;

	if (wide && op == BPF_MOV && BPF_SRC(insn->code) == BPF_X && !insn->off) {
		f->known[to] = f->known[from];
		f->at[to] = f->at[from];
	} else if (wide && op == BPF_ADD && BPF_SRC(insn->code) == BPF_K && f->known[to]) {
		f->at[to] += insn->imm;
		reach(f, f->at[to]);
	} else {
		f->known[to] = false;
	}
	f->known[FRAME_POINTER] = true;
	f->at[FRAME_POINTER] = 0;
}

static void access_memory(struct frame *f, unsigned base, int16_t offset)
{
	if (f->known[base])
		reach(f, f->at[base] + offset);
}

static void step(struct frame *f, const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LDX:
		access_memory(f, insn->src_reg, insn->off);
		f->known[insn->dst_reg] = insn->dst_reg == FRAME_POINTER;
		break;
	case BPF_ST:
	case BPF_STX:
		access_memory(f, insn->dst_reg, insn->off);
		break;
	case BPF_LD:
		f->known[insn->dst_reg] = insn->dst_reg == FRAME_POINTER;
		break;
	case BPF_ALU:
	case BPF_ALU64:
		compute(f, insn);
		break;
	case BPF_JMP:
		for (int i = 0; BPF_OP(insn->code) == BPF_CALL && i < 6; i++)
			f->known[i] = false;
		break;
	}
}

uint32_t stack_frame(const struct code_function *f)
{
	struct frame frame = {.known = {[FRAME_POINTER] = true}};

	for (uint32_t i = 0; i < f->count; i++) {
		struct bpf_insn insn = code_insn(f, i);

		step(&frame, &insn);
		if (code_is_wide(&insn))
			i++;
	}
	return (uint32_t)-frame.deepest;
}
