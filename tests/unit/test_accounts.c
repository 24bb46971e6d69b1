/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/accounts.h"

static char path[] = "/tmp/test-accounts-XXXXXX";

static const char *write_file(const char *text)
{
	FILE *f = fdopen(mkstemp(path), "w");

	fputs(text, f);
	fclose(f);
	return path;
}

Test(accounts, users_of_a_file)
{
	const char *file = write_file("root:x:0:0:root:/root:/bin/sh\n"
				      "no line of an account\n"
				      "looker:x:1777:1778::/:/bin/sh\n"
				      "4711:x:12:13::/:\n");
	uid_t uid = 9;
	gid_t gid = 9;

	cr_assert(accounts_file_user(file, "looker", &uid, &gid));
	cr_expect_eq(uid, 1777);
	cr_expect_eq(gid, 1778);
	cr_assert(accounts_file_user(file, "1777", &uid, &gid), "by number");
	cr_expect_eq(gid, 1778);
	cr_assert(accounts_file_user(file, "4711", &uid, &gid), "a name of digits");
	cr_expect_eq(uid, 12);
	cr_expect_not(accounts_file_user(file, "look", &uid, &gid));
	cr_expect_not(accounts_file_user(file, "", &uid, &gid));
	cr_expect_not(accounts_file_user(file, "-1", &uid, &gid));
	cr_expect_not(accounts_file_user("/nowhere", "root", &uid, &gid));
	unlink(path);
}

Test(accounts, groups_of_a_file)
{
	const char *file = write_file("root:x:0:\nlookers:x:1779:looker,other\n");
	gid_t gid = 9;

	cr_assert(accounts_file_group(file, "lookers", &gid));
	cr_expect_eq(gid, 1779);
	cr_expect_not(accounts_file_group(file, "looker", &gid));
	unlink(path);
}

Test(accounts, numbers_without_an_account)
{
	uid_t uid;
	gid_t gid;

	cr_assert(accounts_user("3999999999", &uid, &gid));
	cr_expect_eq(uid, 3999999999u);
	cr_expect_eq(gid, 3999999999u);
	cr_expect_not(accounts_user("4294967295", &uid, &gid), "is none");
	cr_expect_not(accounts_user("12x", &uid, &gid));
	cr_assert(accounts_group("3999999998", &gid));
	cr_expect_eq(gid, 3999999998u);
	cr_expect_not(accounts_group("nosuchgroup", &gid));
}
