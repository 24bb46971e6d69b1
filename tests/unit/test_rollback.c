// SPDX-License-Identifier: Apache-2.0
/* The state of accepted versions: forward only, and closed when anything is odd. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/rollback.h"

static char parent[64], state[96], file[128], why[256];

static void setup(void)
{
	snprintf(parent, sizeof(parent), "/tmp/tgc-rollback-XXXXXX");
	cr_assert_not_null(mkdtemp(parent));
	snprintf(state, sizeof(state), "%s/state", parent);
	snprintf(file, sizeof(file), "%s/b.version", state);
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", parent);
	cr_assert_eq(system(command), 0);
}

TestSuite(rollback, .init = setup, .fini = teardown);

static enum rollback_result check(uint64_t version)
{
	return rollback_check(state, "b", version, why, sizeof(why));
}

static enum rollback_result commit(uint64_t version)
{
	return rollback_commit(state, "b", version, why, sizeof(why));
}

static void put(const char *text, size_t size)
{
	FILE *to;

	cr_assert_eq(mkdir(state, 0700), 0);
	to = fopen(file, "w");
	cr_assert_eq(fwrite(text, 1, size, to), size);
	fclose(to);
}

static void holds(const char *text)
{
	char line[64] = "";
	FILE *from = fopen(file, "r");

	cr_assert_not_null(from);
	line[fread(line, 1, sizeof(line) - 1, from)] = '\0';
	fclose(from);
	cr_assert_str_eq(line, text);
}

Test(rollback, forward_only)
{
	cr_assert_eq(check(5), ROLLBACK_OK);
	cr_assert_eq(commit(5), ROLLBACK_OK, "%s", why);
	holds("5\n");
	cr_assert_eq(check(5), ROLLBACK_OK);
	cr_assert_eq(check(6), ROLLBACK_OK);
	cr_assert_eq(check(4), ROLLBACK_REFUSED);
	cr_assert(strstr(why, "version 4") && strstr(why, "version 5"), "%s", why);
	cr_assert_eq(commit(10), ROLLBACK_OK);
	cr_assert_eq(check(9), ROLLBACK_REFUSED);
	cr_assert_eq(commit(9), ROLLBACK_REFUSED);
	holds("10\n");
}

Test(rollback, check_changes_nothing)
{
	cr_assert_eq(check(5), ROLLBACK_OK);
	cr_assert_neq(access(state, F_OK), 0);
}

Test(rollback, the_largest_and_the_smallest)
{
	cr_assert_eq(commit(0), ROLLBACK_OK, "%s", why);
	holds("0\n");
	cr_assert_eq(commit(UINT64_MAX), ROLLBACK_OK, "%s", why);
	holds("18446744073709551615\n");
	cr_assert_eq(check(UINT64_MAX), ROLLBACK_OK);
	cr_assert_eq(check(UINT64_MAX - 1), ROLLBACK_REFUSED);
}

Test(rollback, names_are_apart)
{
	cr_assert_eq(commit(5), ROLLBACK_OK);
	cr_assert_eq(rollback_check(state, "c", 1, why, sizeof(why)), ROLLBACK_OK);
	cr_assert_eq(rollback_commit(state, "b.version", 1, why, sizeof(why)), ROLLBACK_OK);
	cr_assert_eq(check(4), ROLLBACK_REFUSED);
}

Test(rollback, names_are_checked)
{
	static const char *const bad[] = {"", ".", "..", "../b", "a/b", "A", "+b", ".b"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		cr_assert_eq(rollback_check(state, bad[i], 1, why, sizeof(why)), ROLLBACK_STATE);
		cr_assert_eq(rollback_commit(state, bad[i], 1, why, sizeof(why)), ROLLBACK_STATE);
	}
}

Test(rollback, modes)
{
	struct stat st;

	cr_assert_eq(commit(1), ROLLBACK_OK);
	cr_assert_eq(stat(state, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0700);
	cr_assert_eq(stat(file, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0600);
}

Test(rollback, leaves_no_temporary_file)
{
	char temporary[128];

	cr_assert_eq(commit(1), ROLLBACK_OK);
	snprintf(temporary, sizeof(temporary), "%s/+b.version", state);
	cr_assert_neq(access(temporary, F_OK), 0);
	/* One that a crash left is replaced. */
	fclose(fopen(temporary, "w"));
	cr_assert_eq(commit(2), ROLLBACK_OK, "%s", why);
	cr_assert_neq(access(temporary, F_OK), 0);
	holds("2\n");
}

/* ---- damage ---- */

static void refuses(const char *text, size_t size)
{
	put(text, size);
	cr_assert_eq(check(100), ROLLBACK_STATE);
	cr_assert(strstr(why, "damaged") && strstr(why, file), "%s", why);
	cr_assert_eq(commit(100), ROLLBACK_STATE);
}

#define REFUSES(name, text)                                                                        \
	Test(rollback, name)                                                                       \
	{                                                                                          \
		refuses(text, sizeof(text) - 1);                                                   \
	}

REFUSES(empty, "")
REFUSES(only_newline, "\n")
REFUSES(no_newline, "5")
REFUSES(two_lines, "5\n6\n")
REFUSES(letters, "5x\n")
REFUSES(negative, "-5\n")
REFUSES(space, " 5\n")
REFUSES(leading_zero, "05\n")
REFUSES(nul_inside, "5\0\n")
REFUSES(too_large, "18446744073709551616\n")
REFUSES(far_too_large, "99999999999999999999999999999999\n")

Test(rollback, a_link_is_not_followed)
{
	put("1\n", 2);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(symlink("/dev/null", file), 0);
	cr_assert_eq(check(5), ROLLBACK_STATE, "%s", why);
}

Test(rollback, a_directory_is_not_a_file)
{
	put("1\n", 2);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(mkdir(file, 0700), 0);
	cr_assert_eq(check(5), ROLLBACK_STATE);
	cr_assert(strstr(why, "not a regular file"), "%s", why);
}

Test(rollback, others_may_not_write)
{
	cr_assert_eq(commit(1), ROLLBACK_OK);
	cr_assert_eq(chmod(state, 0770), 0);
	cr_assert_eq(check(5), ROLLBACK_STATE);
	cr_assert(strstr(why, "others may write"), "%s", why);
	cr_assert_eq(chmod(state, 0755), 0);
	cr_assert_eq(check(5), ROLLBACK_OK);
}

Test(rollback, a_stranger_may_not_own)
{
	if (geteuid() != 0)
		cr_skip("needs root: gives a directory away");
	cr_assert_eq(commit(1), ROLLBACK_OK);
	cr_assert_eq(chown(state, 12345, 0), 0);
	cr_assert_eq(check(5), ROLLBACK_STATE);
	cr_assert(strstr(why, "owned by user 12345"), "%s", why);
}

Test(rollback, state_is_a_file)
{
	fclose(fopen(state, "w"));
	cr_assert_eq(check(5), ROLLBACK_STATE);
	cr_assert_eq(commit(5), ROLLBACK_STATE);
}

Test(rollback, no_parent)
{
	char deep[128];

	snprintf(deep, sizeof(deep), "%s/no/such", parent);
	cr_assert_eq(rollback_commit(deep, "b", 1, why, sizeof(why)), ROLLBACK_STATE);
	cr_assert(strstr(why, "cannot make it"), "%s", why);
}

/* Programs that commit at the same time: the highest version stays. */
Test(rollback, concurrent)
{
	for (int i = 1; i <= 20; i++)
		if (fork() == 0)
			_exit(commit(i) == ROLLBACK_STATE);
	for (int i = 1, status; i <= 20; i++) {
		cr_assert_neq(wait(&status), -1);
		cr_assert_eq(status, 0);
	}
	holds("20\n");
}
