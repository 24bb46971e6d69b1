// SPDX-License-Identifier: Apache-2.0
/* Which functions a kernel has, by its own lists. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "runtime/ksyms.h"

static FILE *text(const char *s)
{
	return fmemopen((void *)s, strlen(s), "r");
}

Test(ksyms, finds_functions)
{
	static const char kallsyms[] = "ffffffff81000010 T alpha\n"
				       "ffffffff81000020 t beta\t[module]\n"
				       "ffffffff81000030 D gamma\n"
				       "ffffffff81000040 t alpha\n"
				       "broken\n\n"
				       "ffffffff81000050 W delta\n";
	struct ksyms k = {0};
	FILE *f = text(kallsyms);

	/* in order, as ksyms_read() puts them */
	cr_assert_eq(ksyms_want(&k, "alpha") | ksyms_want(&k, "beta") | ksyms_want(&k, "delta") |
			     ksyms_want(&k, "gamma"),
		     0);
	ksyms_take_addresses(&k, f);
	fclose(f);
	cr_expect_eq(ksyms_find(&k, "alpha")->address, 0xffffffff81000010);
	cr_expect(ksyms_find(&k, "beta")->found);
	cr_expect(ksyms_find(&k, "delta")->found);
	cr_expect_not(ksyms_find(&k, "gamma")->found, "data is no function");
	cr_expect_null(ksyms_find(&k, "omega"));
	ksyms_free(&k);
}

Test(ksyms, knows_what_can_be_traced)
{
	struct ksyms k = {0};
	FILE *f = text("alpha\nbeta [module]\n");

	cr_assert_eq(ksyms_want(&k, "alpha") | ksyms_want(&k, "beta") | ksyms_want(&k, "gamma"), 0);
	ksyms_take_traceable(&k, f);
	fclose(f);
	cr_expect(ksyms_find(&k, "alpha")->traceable);
	cr_expect(ksyms_find(&k, "beta")->traceable);
	cr_expect_not(ksyms_find(&k, "gamma")->traceable);
	ksyms_free(&k);
}
