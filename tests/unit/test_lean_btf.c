/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/lean_btf.h"
#include "runtime/object_load.h"

struct sample {
	struct btf *made;
	struct kernel_btf kernel;
	int inner, task, function, other;
};

/* struct task { struct inner in; struct task *parent; } and int function(struct task *) */
static void make_sample(struct sample *s)
{
	struct btf *b = s->made = btf__new_empty();
	int number = btf__add_int(b, "int", 4, BTF_INT_SIGNED), pointer, proto;
	const void *data;
	uint32_t size;

	s->other = btf__add_struct(b, "other", 4);
	btf__add_field(b, "x", number, 0, 0);
	s->inner = btf__add_struct(b, "inner", 4);
	btf__add_field(b, "number", number, 0, 0);
	s->task = btf__add_struct(b, "task", 16);
	btf__add_field(b, "in", s->inner, 0, 0);
	btf__add_field(b, "parent", s->task + 1, 64, 0);
	pointer = btf__add_ptr(b, s->task);
	proto = btf__add_func_proto(b, number);
	btf__add_func_param(b, "p", pointer);
	s->function = btf__add_func(b, "function", BTF_FUNC_GLOBAL, proto);
	btf__add_func(b, "other", BTF_FUNC_GLOBAL, proto);
	data = btf__raw_data(b, &size);
	cr_assert_eq(kernel_btf_parse(&s->kernel, data, size), 0);
}

static void free_sample(struct sample *s)
{
	kernel_btf_close(&s->kernel);
	btf__free(s->made);
}

static int kernels(const struct lean_btf *lean, int id)
{
	cr_assert(id > 0 && (uint32_t)id < lean->count);
	return (int)lean->ids[id];
}

Test(lean_btf, has_what_is_asked_for_and_what_that_consists_of)
{
	struct lean_name names[] = {{.name = "task___new"}, {.name = "absent"}};
	const struct btf_type *task;
	struct lean_btf lean;
	struct sample s;
	struct btf *btf;
	int id;

	make_sample(&s);
	cr_assert_eq(lean_btf_make(&lean, &s.kernel, names, 2), 0);
	btf = btf__new(lean.bytes.data, (uint32_t)lean.bytes.size);
	cr_assert_not_null(btf);
	cr_expect(names[0].found && !names[1].found);
	id = btf__find_by_name_kind(btf, "task", BTF_KIND_STRUCT);
	cr_expect_eq(kernels(&lean, id), s.task);
	task = btf__type_by_id(btf, (uint32_t)id);
	cr_expect_eq(task->size, 16);
	cr_assert_eq(btf_vlen(task), 2);
	cr_expect_str_eq(btf__name_by_offset(btf, btf_members(task)[1].name_off), "parent");
	cr_expect_eq(btf_members(task)[1].offset, 64);
	cr_expect_eq(kernels(&lean, (int)btf_members(task)[0].type), s.inner);
	cr_expect(btf_is_ptr(btf__type_by_id(btf, btf_members(task)[1].type)));
	cr_expect_lt(btf__find_by_name_kind(btf, "other", BTF_KIND_STRUCT), 0);
	cr_expect_lt(btf__find_by_name_kind(btf, "function", BTF_KIND_FUNC), 0);
	btf__free(btf);
	lean_btf_free(&lean);
	free_sample(&s);
}

/* Behind parameters a structure is known to be one, and no more. */
Test(lean_btf, functions_bring_their_parameters)
{
	struct lean_name names[] = {{"function", true, false}, {"function", true, false}};
	const struct btf_type *t;
	struct lean_btf lean;
	struct sample s;
	struct btf *btf;
	int id;

	make_sample(&s);
	cr_assert_eq(lean_btf_make(&lean, &s.kernel, names, 2), 0);
	btf = btf__new(lean.bytes.data, (uint32_t)lean.bytes.size);
	cr_expect(names[0].found && names[1].found, "asked for twice");
	id = btf__find_by_name_kind(btf, "function", BTF_KIND_FUNC);
	cr_expect_eq(kernels(&lean, id), s.function);
	t = btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type);
	cr_assert(btf_is_func_proto(t) && btf_vlen(t) == 1);
	t = btf__type_by_id(btf, btf_params(t)->type);
	cr_assert(btf_is_ptr(t));
	t = btf__type_by_id(btf, t->type);
	cr_expect(btf_is_struct(t) && !btf_vlen(t));
	cr_expect_lt(btf__find_by_name_kind(btf, "task", BTF_KIND_STRUCT), 0);
	btf__free(btf);
	lean_btf_free(&lean);
	free_sample(&s);
}

/* A name, a type and a size outside of what is there. */
Test(lean_btf, wild_references_lead_nowhere)
{
	struct lean_name names[] = {{"task", false, false}};
	struct sample s;
	size_t size, types, at;
	const char *start;

	make_sample(&s);
	start = (const char *)s.kernel.types - sizeof(struct btf_header);
	size = (size_t)(s.kernel.strings_end - start);
	types = (size_t)(s.kernel.types_end - s.kernel.types);
	for (at = sizeof(struct btf_header); at + 4 <= sizeof(struct btf_header) + types; at += 4) {
		char *copy = malloc(size);
		struct kernel_btf wild;
		struct lean_btf lean;

		memcpy(copy, start, size);
		memset(copy + at, 0xff, 4);
		cr_assert_eq(kernel_btf_parse(&wild, copy, size), 0);
		cr_expect_eq(lean_btf_make(&lean, &wild, names, 1), 0);
		lean_btf_free(&lean);
		kernel_btf_close(&wild);
		free(copy);
	}
	free_sample(&s);
}

Test(lean_btf, programs_are_given_the_kernels_ids)
{
	uint32_t ids[] = {0, 70, 80, 90};
	struct lean_btf lean = {.ids = ids, .count = 4};
	struct bpf_insn code[] = {
		{.code = BPF_LD | BPF_IMM | BPF_DW, .src_reg = BPF_PSEUDO_BTF_ID, .imm = 1},
		{.imm = 5},
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = 2},
		{.code = BPF_JMP | BPF_CALL, .imm = 2},
		{.code = BPF_LD | BPF_IMM | BPF_DW, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 2},
		{.imm = 0},
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = 9},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .attach_btf_id = 3);

	object_load_translate(&lean, &opts, code, sizeof(code) / sizeof(code[0]));
	cr_expect_eq(opts.attach_btf_id, 90);
	cr_expect_eq(code[0].imm, 70);
	cr_expect_eq(code[1].imm, 5);
	cr_expect_eq(code[2].imm, 80);
	cr_expect_eq(code[3].imm, 2, "a helper");
	cr_expect_eq(code[4].imm, 2, "a map");
	cr_expect_eq(code[6].imm, 0, "none of ours");
}
