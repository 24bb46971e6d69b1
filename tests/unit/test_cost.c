// SPDX-License-Identifier: Apache-2.0
/* What programs cost, told from instructions written here; and from a whole object. */
#include <criterion/criterion.h>
#include <linux/bpf.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/prove/cost.h"
#include "compiler/prove/maps.h"
#include "compiler/vm/files.h"

#define INSN(c, d, s, o, i)                                                                        \
	((struct bpf_insn){.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)})
#define MOVE(to, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value)
#define COPY(to, from)	INSN(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)
#define ADD(to, value)	INSN(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value)
#define STORE(base, at) INSN(BPF_STX | BPF_MEM | BPF_DW, base, 1, at, 0)
#define JUMP(by)	INSN(BPF_JMP | BPF_JA, 0, 0, by, 0)
#define JUMP_IF(by)	INSN(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, by, 0)
#define CALL		INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0)
#define HELPER		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, 14)
#define EXIT		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define FUNCTION(insns, call_list, n)                                                              \
	{                                                                                          \
		.name = #insns, .count = sizeof(insns) / sizeof((insns)[0]),                       \
		.bytes = (const uint8_t *)(insns), .calls = (call_list), .call_count = (n)         \
	}

static struct cost cost_of(struct code_function *functions, size_t count)
{
	struct code code = {.functions = functions, .function_count = count};
	struct arena a = {0};
	struct cost cost = costs_of(costs_make(&a, &code), &functions[0]);

	arena_free(&a);
	return cost;
}

Test(cost, straight)
{
	const struct bpf_insn main[] = {MOVE(0, 0), HELPER, EXIT};
	struct code_function f[] = {FUNCTION(main, NULL, 0)};
	struct cost c = cost_of(f, 1);

	cr_expect_eq(c.instructions, 3);
	cr_expect_eq(c.functions, 1);
	cr_expect_eq(c.longest, 3);
	cr_expect_eq(c.loops, 0);
	cr_expect_eq(c.stack, 32, "the verifier counts no less than 32");
}

/* if (...) goto 4; three more; exit: the longer side counts. */
Test(cost, branches)
{
	const struct bpf_insn main[] = {MOVE(0, 0), JUMP_IF(3), MOVE(0, 1), MOVE(0, 2),
					JUMP(1),    MOVE(0, 3), EXIT};
	struct code_function f[] = {FUNCTION(main, NULL, 0)};
	struct cost c = cost_of(f, 1);

	cr_expect_eq(c.instructions, 7);
	cr_expect_eq(c.longest, 6);
}

/* A loop is gone through once. */
Test(cost, loops)
{
	const struct bpf_insn main[] = {MOVE(0, 0), ADD(0, 1), ADD(0, 1), JUMP_IF(-3), EXIT};
	struct code_function f[] = {FUNCTION(main, NULL, 0)};
	struct cost c = cost_of(f, 1);

	cr_expect_eq(c.loops, 1);
	cr_expect_eq(c.longest, 5);
}

Test(cost, wide_loads)
{
	const struct bpf_insn main[] = {INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 0, 0, 7),
					INSN(0, 0, 0, 0, 0), EXIT};
	struct code_function f[] = {FUNCTION(main, NULL, 0)};
	struct cost c = cost_of(f, 1);

	cr_expect_eq(c.instructions, 3, "it is two words of code");
	cr_expect_eq(c.longest, 2, "and one instruction");
}

/* Direct accesses, and those through a copy of the frame pointer. */
Test(cost, stack)
{
	const struct bpf_insn main[] = {STORE(10, -40), COPY(2, 10), ADD(2, -72), HELPER, EXIT};
	struct code_function f[] = {FUNCTION(main, NULL, 0)};

	cr_expect_eq(cost_of(f, 1).stack, 96);
}

/* A called function counts at each call for the way, once for the size, and its stack adds up. */
Test(cost, calls)
{
	const struct bpf_insn main[] = {STORE(10, -8), CALL, CALL, EXIT};
	const struct bpf_insn inner[] = {STORE(10, -100), MOVE(0, 0), EXIT};
	const struct code_call calls[] = {{1, 1}, {2, 1}};
	struct code_function f[] = {FUNCTION(main, calls, 2), FUNCTION(inner, NULL, 0)};
	struct cost c = cost_of(f, 2);

	cr_expect_eq(c.instructions, 7);
	cr_expect_eq(c.functions, 2);
	cr_expect_eq(c.longest, 4 + 3 + 3);
	cr_expect_eq(c.stack, 32 + 128);
}

/* No kernel takes a recursion; it must end all the same. */
Test(cost, recursion)
{
	const struct bpf_insn main[] = {CALL, EXIT};
	const struct code_call calls[] = {{0, 0}};
	struct code_function f[] = {FUNCTION(main, calls, 1)};

	cr_expect_eq(cost_of(f, 1).longest, 2);
}

Test(cost, jumps_out_of_the_function)
{
	const struct bpf_insn main[] = {JUMP_IF(-30000), JUMP(30000)};
	struct code_function f[] = {FUNCTION(main, NULL, 0)};

	cr_expect_eq(cost_of(f, 1).longest, 2);
}

/* ---- a whole object ---- */

static struct bytes object(struct arena *a)
{
	struct vm_error e;
	size_t size;
	char *text = file_read(a, "build/tests/bad.bpf.o", &size, &e);

	cr_assert(text, "%s", e.text);
	return (struct bytes){(const uint8_t *)text, size};
}

/* Three functions with 256 bytes each: the kernels say "combined stack size of 3 calls". */
Test(cost, object)
{
	struct arena a = {0};
	struct code code;
	struct cost c;

	cr_assert_eq(code_read(&code, object(&a)), 0);
	c = costs_of(costs_make(&a, &code), code_find(&code, "deep_stack"));
	cr_expect_eq(c.functions, 3);
	cr_expect_gt(c.stack, 512);
	cr_expect_leq(c.stack, 3 * 288);
	cr_expect_null(code_find(&code, "not there"));
	code_free(&code);
	arena_free(&a);
}

Test(cost, maps)
{
	struct arena a = {0};
	struct object_maps maps;
	char why[200];

	cr_assert_eq(maps_read(&maps, &a, object(&a), 2, why, sizeof(why)), 0, "%s", why);
	cr_assert_eq(maps.count, 2);
	cr_expect_str_eq(maps.v[0].name, "values");
	cr_expect_eq(maps.v[0].entries, 4);
	cr_expect_eq(maps.v[0].key_size, 4);
	cr_expect_eq(maps.v[0].value_size, 32);
	cr_expect_eq(maps.v[0].loaded, 264 + 4 * 32);
	cr_expect_str_eq(map_type_name(&a, maps.v[1].type), "ringbuf");
	cr_expect_eq(maps.full, maps.v[0].full + maps.v[1].full);
	arena_free(&a);
}

Test(cost, no_object)
{
	struct arena a = {0};
	struct object_maps maps;
	struct code code;
	char why[200];

	cr_expect_eq(
		maps_read(&maps, &a, (struct bytes){(const uint8_t *)"no", 2}, 2, why, sizeof(why)),
		-1);
	cr_expect_eq(code_read(&code, (struct bytes){(const uint8_t *)"no", 2}), -1);
	code_free(&code);
	arena_free(&a);
}
