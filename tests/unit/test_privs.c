/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "runtime/privs.h"

static void status_line(const char *name, char *out, size_t size)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];

	out[0] = '\0';
	while (fgets(line, sizeof(line), status)) {
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ':')
			snprintf(out, size, "%s", line + strlen(name) + 2);
	}
	fclose(status);
}

static void expect_status(const char *name, const char *expected)
{
	char text[256];

	status_line(name, text, sizeof(text));
	cr_expect_str_eq(text, expected, "%s: %s", name, text);
}

static void skip_without_privileges(void)
{
	char text[64];

	status_line("CapEff", text, sizeof(text));
	if (geteuid() || !strcmp(text, "0000000000000000\n"))
		cr_skip_test("this test needs privileges to drop");
}

Test(privs, nothing_is_left)
{
	static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};
	struct failure why = {0};

	skip_without_privileges();
	cr_assert_eq(privs_drop(NULL, &why), 0, "%s", why.text);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		expect_status(sets[i], "0000000000000000\n");
	expect_status("NoNewPrivs", "1\n");
	expect_status("Uid", "0\t0\t0\t0\n");
}

Test(privs, changes_the_user_for_good)
{
	struct failure why = {0};

	skip_without_privileges();
	cr_assert_eq(privs_drop("12345", &why), 0, "%s", why.text);
	expect_status("Uid", "12345\t12345\t12345\t12345\n");
	expect_status("Gid", "12345\t12345\t12345\t12345\n");
	expect_status("Groups", " \n");
	expect_status("CapPrm", "0000000000000000\n");
	cr_expect_eq(setuid(0), -1);
}

Test(privs, an_unknown_user_is_refused)
{
	struct failure why = {0};

	skip_without_privileges();
	cr_expect_eq(privs_drop("no such user", &why), -1);
	cr_expect_eq(why.code, TGRUN_USAGE);
}
