// SPDX-License-Identifier: Apache-2.0
/* The reader of type information, with libbpf as the one who knows. */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/kernels/kernel_elf.h"
#include "kernel_fixture.h"

TestSuite(kbtf);

static struct arena arena;
static struct btf *made;
static struct bytes raw;
static char why[256];

static struct kbtf *open_made(void)
{
	struct kbtf *k;

	made = fixture_btf();
	raw = fixture_raw(&arena, made);
	k = kbtf_from_bytes(raw, NULL, why, sizeof(why));
	cr_assert_not_null(k, "%s", why);
	return k;
}

static void done(struct kbtf *k)
{
	kbtf_close(k);
	btf__free(made);
	arena_free(&arena);
}

Test(kbtf, sizes_are_those_of_libbpf)
{
	struct kbtf *k = open_made();

	for (uint32_t id = 0; id < btf__type_cnt(made); id++) {
		const struct btf_type *t = btf__type_by_id(made, id);
		int64_t size = btf__resolve_size(made, id);

		if (btf_is_datasec(t) || btf_is_func(t) || btf_is_func_proto(t))
			continue;
		cr_expect_eq(kbtf_shape(k, id).size, size > 0 ? size : 0, "type %u", id);
	}
	done(k);
}

Test(kbtf, names_are_found_where_libbpf_finds_them)
{
	struct kbtf *k = open_made();

	cr_expect_eq(kbtf_struct(k, "task"), btf__find_by_name_kind(made, "task", BTF_KIND_STRUCT));
	cr_expect_eq(kbtf_enum(k, "wide"), btf__find_by_name_kind(made, "wide", BTF_KIND_ENUM64));
	cr_expect_eq(kbtf_function_id(k, "do_rest"),
		     btf__find_by_name_kind(made, "do_rest", BTF_KIND_FUNC));
	cr_expect_eq(kbtf_typedef(k, "size_t"),
		     btf__find_by_name_kind(made, "size_t", BTF_KIND_TYPEDEF));
	cr_expect_eq(kbtf_variable(k, "current"),
		     btf__find_by_name_kind(made, "current", BTF_KIND_VAR));
	cr_expect_eq(kbtf_struct(k, "do_rest"), 0, "a function is no struct");
	cr_expect_eq(kbtf_function_id(k, ""), 0);
	cr_expect_eq(kbtf_function_id(k, "do_res"), 0);
	done(k);
}

Test(kbtf, shapes)
{
	struct kbtf *k = open_made();
	struct kshape s = kbtf_shape(k, kbtf_typedef(k, "size_t"));

	cr_expect_eq(s.kind, KSHAPE_INT);
	cr_expect_str_eq(s.typedef_name, "size_t");
	cr_expect_str_eq(s.name, "unsigned long");
	cr_expect_not(s.is_signed);
	s = kbtf_shape(k, kbtf_struct(k, "task"));
	cr_expect_eq(s.kind, KSHAPE_STRUCT);
	cr_expect_eq(s.member_count, 4);
	cr_expect_null(s.typedef_name);
	s = kbtf_shape(k, kbtf_variable(k, "current"));
	cr_expect_eq(s.kind, KSHAPE_PTR);
	cr_expect_eq(s.target, kbtf_struct(k, "task"));
	s = kbtf_shape(k, kbtf_enum(k, "error"));
	cr_expect_eq(s.kind, KSHAPE_ENUM);
	cr_expect(s.is_signed);
	s = kbtf_shape(k, kbtf_function_id(k, "do_work"));
	cr_expect_eq(s.kind, KSHAPE_FUNC_PROTO);
	cr_expect_eq(s.member_count, 2);
	cr_expect_eq(kbtf_shape(k, 0).kind, KSHAPE_VOID);
	cr_expect_eq(kbtf_shape(k, 100000).kind, KSHAPE_VOID);
	done(k);
}

Test(kbtf, members)
{
	struct kbtf *k = open_made();
	ktype_id task = kbtf_struct(k, "task"), outer = kbtf_struct(k, "outer");
	struct kmember m;

	cr_assert(kbtf_member(k, task, "high", &m));
	cr_expect_eq(m.bit_offset, 131);
	cr_expect_eq(m.bits, 5);
	cr_assert(kbtf_member(k, task, "size", &m));
	cr_expect_eq(m.bit_offset, 64);
	cr_expect_eq(m.bits, 0);
	cr_expect_str_eq(kbtf_shape(k, m.type).typedef_name, "size_t");
	cr_assert(kbtf_member(k, outer, "parent", &m), "in a union without a name");
	cr_expect_eq(m.bit_offset, 64);
	cr_expect_eq(kbtf_shape(k, m.type).target, task);
	cr_assert(kbtf_member(k, outer, "comm", &m));
	cr_expect_eq(kbtf_shape(k, m.type).count, 16);
	cr_expect_not(kbtf_member(k, outer, "pid", &m));
	cr_expect_not(kbtf_member(k, outer, "", &m));
	cr_expect_not(kbtf_member(k, kbtf_enum(k, "colour"), "RED", &m));
	cr_expect(kbtf_member_at(k, outer, 1, &m) && !*m.name);
	cr_expect_not(kbtf_member_at(k, outer, 3, &m));
	cr_expect_str_eq(kbtf_nearest_member(k, &arena, outer, "parnet"), "parent");
	cr_expect_null(kbtf_nearest_member(k, &arena, outer, "zzzzzzzz"));
	done(k);
}

Test(kbtf, enumerators)
{
	struct kbtf *k = open_made();
	struct kenumerator e;
	int64_t value;

	cr_expect(kbtf_enum_value(k, "GREEN", &value) && value == 7);
	cr_expect(kbtf_enum_value(k, "BROKEN", &value) && value == -5);
	cr_expect(kbtf_enum_value(k, "HUGE", &value) && (uint64_t)value == 0xfedcba9876543210ull);
	cr_expect_not(kbtf_enum_value(k, "PURPLE", &value));
	cr_expect_not(kbtf_enum_value(k, "colour", &value));
	cr_expect(kbtf_enumerator_at(k, kbtf_enum(k, "wide"), 0, &e) && e.is_unsigned);
	cr_expect_not(kbtf_enumerator_at(k, kbtf_enum(k, "wide"), 1, &e));
	done(k);
}

/* As in 5.10: there an enum could not say that it is signed. */
Test(kbtf, enums_of_old_kernels_are_signed)
{
	struct btf *b = btf__new_empty();
	struct btf_type *t;
	struct kbtf *k;
	int64_t value;

	btf__add_enum(b, "error", 4);
	btf__add_enum_value(b, "BROKEN", -5);
	t = (struct btf_type *)btf__type_by_id(b, 1);
	t->info &= ~(1u << 31);
	k = kbtf_from_bytes(fixture_raw(&arena, b), NULL, why, sizeof(why));
	cr_assert_not_null(k, "%s", why);
	cr_expect(kbtf_enum_value(k, "BROKEN", &value) && value == -5);
	kbtf_close(k);
	btf__add_enum(b, "other", 4);
	btf__add_enum_value(b, "NEGATIVE", -1);
	k = kbtf_from_bytes(fixture_raw(&arena, b), NULL, why, sizeof(why));
	cr_assert_not_null(k, "%s", why);
	cr_expect(kbtf_enum_value(k, "BROKEN", &value) && value == 0xfffffffbll,
		  "where one enum is known to be signed, the others are not");
	kbtf_close(k);
	btf__free(b);
	arena_free(&arena);
}

Test(kbtf, c_texts)
{
	struct kbtf *k = open_made();
	struct kfunction *f = kbtf_function(k, &arena, "do_work");
	struct kmember m;

	cr_expect_str_eq(kfunction_text(&arena, f),
			 "int do_work(struct task *task, const char *name)");
	cr_expect_eq(kbtf_shape(k, f->params[0].id).target, kbtf_struct(k, "task"));
	cr_expect_eq(kbtf_shape(k, f->result_id).kind, KSHAPE_INT);
	cr_expect_str_eq(kbtf_declare(k, &arena, f->id, "do_work"),
			 "int do_work(struct task *task, const char *name)");
	cr_expect_str_eq(kbtf_declare(k, &arena, kbtf_function_id(k, "do_rest"), "do_rest"),
			 "void do_rest(void)");
	cr_expect_str_eq(kbtf_type_text(k, &arena, kbtf_target(k, kbtf_typedef(k, "worker_t"))),
			 "int (*)(struct task *task, const char *name)");
	cr_assert(kbtf_member(k, kbtf_struct(k, "outer"), "comm", &m));
	cr_expect_str_eq(kbtf_declare(k, &arena, m.type, "comm"), "char comm[16]");
	cr_expect_str_eq(kbtf_type_text(k, &arena, f->params[1].id), "const char *");
	cr_expect_str_eq(kbtf_type_text(k, &arena, 0), "void");
	done(k);
}

Test(kbtf, an_index_that_was_kept_gives_the_same)
{
	struct kbtf *k = open_made();
	struct kbtf *again = kbtf_with_index(raw, kbtf_index(k), NULL, why, sizeof(why));
	struct bytes half = kbtf_index(k);

	cr_assert_not_null(again, "%s", why);
	cr_expect_eq(walk_btf(k), walk_btf(again));
	kbtf_close(again);
	half.size -= 4;
	cr_expect_null(kbtf_with_index(raw, half, NULL, why, sizeof(why)));
	cr_expect_str_eq(why, "the index is cut off");
	cr_expect_null(kbtf_with_index(raw, raw, NULL, why, sizeof(why)));
	cr_expect_str_eq(why, "the index does not belong to the type information");
	done(k);
}

Test(kbtf, split_types_continue_their_base)
{
	struct kbtf *base = open_made(), *k;
	struct btf *split = fixture_split_btf(made);
	struct kmember m;

	k = kbtf_from_bytes(fixture_raw(&arena, split), base, why, sizeof(why));
	cr_assert_not_null(k, "%s", why);
	cr_expect_eq(kbtf_struct(k, "module_only"),
		     btf__find_by_name_kind(split, "module_only", BTF_KIND_STRUCT));
	cr_expect_eq(kbtf_struct(k, "task"), kbtf_struct(base, "task"));
	cr_expect_eq(kbtf_struct(base, "module_only"), 0);
	cr_assert(kbtf_member(k, kbtf_struct(k, "module_only"), "task", &m));
	cr_expect_str_eq(kbtf_type_text(k, &arena, m.type), "struct task");
	cr_expect_str_eq(kfunction_text(&arena, kbtf_function(k, &arena, "module_work")),
			 "void module_work(struct module_only *m)");
	kbtf_close(k);
	btf__free(split);
	done(base);
}

static const char *refusal(struct bytes bytes)
{
	struct kbtf *k;

	strcpy(why, "accepted");
	k = kbtf_from_bytes(bytes, NULL, why, sizeof(why));
	if (k)
		walk_btf(k);
	kbtf_close(k);
	return why;
}

Test(kbtf, what_is_not_good_is_refused_with_a_reason)
{
	struct kbtf *k = open_made();
	uint8_t *bytes = (uint8_t *)raw.at;
	struct btf_header *h = (void *)bytes;
	uint32_t *first = (uint32_t *)(bytes + sizeof(*h));

	cr_expect_str_eq(refusal(raw), "accepted");
	cr_expect_str_eq(refusal((struct bytes){0}), "it does not begin as type information does");
	bytes[raw.size - 1] = 'x';
	cr_expect_str_eq(refusal(raw), "its names do not end within it");
	bytes[raw.size - 1] = 0;
	h->version = 2;
	cr_expect_str_eq(refusal(raw), "its version is not 1, the only one known");
	h->version = 1;
	first[1] = 31 << 24;
	cr_expect_str_eq(refusal(raw), "type 1 is of kind 31, which is not known");
	first[1] = 0;
	cr_expect_str_eq(refusal(raw), "type 1 is cut off, or of no kind");
	memcpy(bytes, "\xeb\x9f", 2);
	cr_expect_str_eq(refusal(raw), "it is for a big-endian machine, which is not supported");
	done(k);
}

/* Copies without a byte to spare, so that sanitizers see every read beyond the end. */
static void try_bytes(const uint8_t *from, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	memcpy(copy, from, size);
	refusal((struct bytes){copy, size});
	free(copy);
}

Test(kbtf, bytes_cut_off_anywhere_do_no_harm)
{
	struct kbtf *k = open_made();

	for (size_t size = 0; size <= raw.size; size++)
		try_bytes(raw.at, size);
	done(k);
}

Test(kbtf, wrong_bytes_anywhere_do_no_harm)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0xff};
	struct kbtf *k = open_made();
	uint8_t *bytes = (uint8_t *)raw.at;

	for (size_t i = 0; i < raw.size; i++) {
		uint8_t before = bytes[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			bytes[i] = values[v];
			try_bytes(bytes, raw.size);
		}
		bytes[i] = before;
	}
	done(k);
}

/* A typedef of itself, a struct within itself, a pointer to itself. */
Test(kbtf, loops_end)
{
	struct kbtf *k = open_made();
	ktype_id typedef_id = kbtf_typedef(k, "size_t"), outer = kbtf_struct(k, "outer");
	struct btf_type *t = (struct btf_type *)btf__type_by_id(made, typedef_id);
	struct btf_member *m = btf_members(btf__type_by_id(made, outer));
	ktype_id pointer = btf__add_ptr(made, btf__type_cnt(made));

	t = (struct btf_type *)btf__type_by_id(made, typedef_id);
	t->type = typedef_id;
	m = btf_members(btf__type_by_id(made, outer));
	m[1].type = outer;
	kbtf_close(k);
	k = kbtf_from_bytes(fixture_raw(&arena, made), NULL, why, sizeof(why));
	cr_assert_not_null(k, "%s", why);
	cr_expect_eq(kbtf_shape(k, typedef_id).kind, KSHAPE_VOID);
	cr_expect_not(kbtf_member(k, outer, "nowhere", &(struct kmember){0}));
	cr_expect(strlen(kbtf_type_text(k, &arena, pointer)) > 0);
	cr_expect(walk_btf(k) > 0);
	done(k);
}

Test(kbtf, the_section_of_an_elf_file)
{
	struct kbtf *k = open_made();
	struct bytes elf = fixture_elf(&arena, raw, "CONFIG_X=y\n"), found;

	found = elf_section(elf, ".BTF", why, sizeof(why));
	cr_expect_eq(found.size, raw.size);
	cr_expect(found.size && memcmp(found.at, raw.at, raw.size) == 0);
	cr_expect_eq(elf_section(elf, ".debug", why, sizeof(why)).size, 0);
	cr_expect_str_eq(why, "the ELF file has no section .debug");
	for (size_t size = 0; size < elf.size; size++) {
		uint8_t *copy = malloc(size + 1);

		memcpy(copy, elf.at, size);
		elf_section((struct bytes){copy, size}, ".BTF", why, sizeof(why));
		free(copy);
	}
	((uint8_t *)elf.at)[5] = 2;
	cr_expect_eq(elf_section(elf, ".BTF", why, sizeof(why)).size, 0);
	cr_expect_str_eq(why, "it is for a big-endian machine, which is not supported");
	done(k);
}
