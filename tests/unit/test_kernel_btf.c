/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
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
