/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/environment.h"

static void expect(const struct environment_rules *rules, const char *raw, size_t size,
		   const char *shown, size_t shown_size)
{
	size_t n = 99;
	char *text = environment_shown(rules, "/bin/x", raw, size, &n);

	cr_assert_eq(n, shown_size, "%zu bytes", n);
	cr_expect(!n || !memcmp(text, shown, n), "\"%.*s\"", (int)n, text);
	free(text);
}

#define EXPECT(rules, raw, shown) expect(rules, raw, sizeof(raw) - 1, shown, sizeof(shown) - 1)

Test(environment, variables_are_shown_whole_or_not_at_all)
{
	struct environment_rules all = {.names = ""};

	EXPECT(&all, "A=1\0B=\0", "A=1\0B=\0");
	EXPECT(&all, "A=1\0B=cu", "A=1\0");
	EXPECT(&all, "\0\0A\0\0", "A\0");
	EXPECT(&all, "", "");
	EXPECT(&all, "cut", "");
	EXPECT(&all, "A=\xff\0", "A=\xef\xbf\xbd\0");
}

Test(environment, a_list_of_names_takes_whole_names_only)
{
	struct environment_rules some = {.names = "PATH,TERM"}, odd = {.names = ",A,"};

	EXPECT(&some, "PATH=/bin\0PAT=1\0PATHS=2\0TERM=\0", "PATH=/bin\0TERM=\0");
	EXPECT(&some, "TERM\0=x\0", "TERM\0");
	EXPECT(&odd, "A=1\0B=2\0", "A=1\0");
}

Test(environment, what_is_hidden_is_hidden_in_each_variable)
{
	struct redactions hide = {0};
	struct failure why;
	static const char filters[] = "{\"redact\":[\"KEY=(.*)\"]}";
	struct environment_rules rules = {.names = "", .redactions = &hide};

	cr_assert_eq(redactions_parse(&hide, "test", filters, strlen(filters), &why), 0);
	EXPECT(&rules, "KEY=abc\0A=1\0", "KEY=*****\0A=1\0");
	redactions_free(&hide);
}
