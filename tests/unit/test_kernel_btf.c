/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/check/check.h"
#include "compiler/kernels/kbtf.h"
#include "runtime/kernel_btf.h"

/* One type of each kind that has a size of its own in front of what is looked for. */
static struct btf *make_btf(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);

	btf__add_array(btf, number, number, 4);
	btf__add_struct(btf, "s", 4);
	btf__add_field(btf, "wanted", number, 0, 0);
	btf__add_union(btf, "u", 4);
	btf__add_field(btf, "a", number, 0, 0);
	btf__add_enum(btf, "e", 4);
	btf__add_enum_value(btf, "one", 1);
	btf__add_enum64(btf, "e64", 8, false);
	btf__add_enum64_value(btf, "two", 2);
	btf__add_var(btf, "v", BTF_VAR_STATIC, number);
	btf__add_datasec(btf, "sec", 4);
	btf__add_datasec_var_info(btf, 7, 0, 4);
	btf__add_decl_tag(btf, "tag", 3, -1);
	btf__add_float(btf, "float", 4);
	btf__add_func_proto(btf, number);
	btf__add_func_param(btf, "p", number);
	btf__add_func(btf, "wanted", BTF_FUNC_GLOBAL, 11);
	return btf;
}

Test(kernel_btf, finds_what_libbpf_finds)
{
	struct btf *made = make_btf();
	struct kernel_btf btf;
	uint32_t size;
	const void *data = btf__raw_data(made, &size);

	cr_assert_eq(kernel_btf_parse(&btf, data, size), 0);
	cr_expect_eq(kernel_btf_find(&btf, "s", BTF_KIND_STRUCT), 3);
	cr_expect_gt(btf__find_by_name_kind(made, "wanted", BTF_KIND_FUNC), 3);
	cr_expect_eq(kernel_btf_find(&btf, "wanted", BTF_KIND_FUNC),
		     (uint32_t)btf__find_by_name_kind(made, "wanted", BTF_KIND_FUNC));
	cr_expect_eq(kernel_btf_find(&btf, "wanted", BTF_KIND_STRUCT), 0);
	cr_expect_eq(kernel_btf_find(&btf, "anted", BTF_KIND_FUNC), 0, "the end of a name");
	cr_expect_eq(kernel_btf_find(&btf, "want", BTF_KIND_FUNC), 0, "its beginning");
	cr_expect_eq(kernel_btf_find(&btf, "", BTF_KIND_FUNC), 0);
	kernel_btf_close(&btf);
	btf__free(made);
}

/* struct outer { int plain; union { int in_union; const struct { int deep; }; }; struct s named; }
 */
static void add_nested(struct btf *btf)
{
	int number = 1, inner, qualified, both, s = 3;

	inner = btf__add_struct(btf, "", 4);
	btf__add_field(btf, "deep", number, 0, 0);
	qualified = btf__add_const(btf, inner);
	both = btf__add_union(btf, "", 4);
	btf__add_field(btf, "in_union", number, 0, 0);
	btf__add_field(btf, "", qualified, 0, 0);
	btf__add_struct(btf, "outer", 12);
	btf__add_field(btf, "plain", number, 0, 0);
	btf__add_field(btf, "", both, 32, 0);
	btf__add_field(btf, "named", s, 64, 0);
	btf__add_typedef(btf, "outer_t", btf__find_by_name(btf, "outer"));
}

static const struct {
	const char *name;
	bool there;
} names[] = {
	{"wanted", true},
	{"s", true},
	{"u", true},
	{"outer", true},
	{"s.wanted", true},
	{"u.a", true},
	{"outer.plain", true},
	{"outer.in_union", true},
	{"outer.deep", true},
	{"outer.named", true},
	{"outer.wanted", false},
	{"outer.in", false},
	{"outer.", false},
	{".plain", false},
	{"", false},
	{".", false},
	{"wanted.p", false},
	{"outer_t", false},
	{"outer_t.plain", false},
	{"e", false},
	{"outer.named.wanted", false},
	{"nothing", false},
	{"nothing.at", false},
	{"int", false},
};

/* tgc decides by the same names what a bundle has for which kernels. */
Test(kernel_btf, has_what_tgc_says_it_has)
{
	struct btf *made = make_btf();
	struct arena arena = {0};
	struct kernel_btf btf;
	struct kbtf *k;
	char why[256];
	uint32_t size;
	const void *data;

	add_nested(made);
	data = btf__raw_data(made, &size);
	cr_assert_eq(kernel_btf_parse(&btf, data, size), 0);
	k = kbtf_from_bytes((struct bytes){data, size}, NULL, why, sizeof(why));
	cr_assert_not_null(k, "%s", why);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cr_expect_eq(kernel_btf_has(&btf, names[i].name), names[i].there, "%s",
			     names[i].name);
		cr_expect_eq(kernel_knows(k, &arena, names[i].name), names[i].there, "tgc: %s",
			     names[i].name);
	}
	kbtf_close(k);
	arena_free(&arena);
	kernel_btf_close(&btf);
	btf__free(made);
}

/* A record that holds itself without a name ends the search, too. */
Test(kernel_btf, a_loop_of_members_ends)
{
	struct btf *made = btf__new_empty();
	struct kernel_btf btf;
	uint32_t size;
	const void *data;

	btf__add_struct(made, "loop", 8);
	for (int i = 0; i < 64; i++)
		btf__add_field(made, "", 1, 0, 0);
	data = btf__raw_data(made, &size);
	cr_assert_eq(kernel_btf_parse(&btf, data, size), 0);
	cr_expect(!kernel_btf_has(&btf, "loop.member"));
	kernel_btf_close(&btf);
	btf__free(made);
}

Test(kernel_btf, cut_bytes_are_refused_or_end_the_search)
{
	struct btf *made = make_btf();
	uint32_t size;
	const char *data = btf__raw_data(made, &size);
	struct kernel_btf btf;

	for (uint32_t n = 0; n < size; n++) {
		char *copy = malloc(n ? n : 1);

		memcpy(copy, data, n);
		cr_expect_eq(kernel_btf_parse(&btf, copy, n), -1, "%u bytes", n);
		free(copy);
	}
	btf__free(made);
}
