/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include "runtime/flags.h"
#include "runtime/image_text.h"
#include "runtime/permission.h"
#include "runtime/utf8.h"
#include "bpf-templates/tg_event.h"

static void expect_owned(char *text, const char *expected)
{
	cr_assert_not_null(text);
	cr_expect_str_eq(text, expected);
	free(text);
}

#define ARGUMENTS(raw) image_arguments(raw, sizeof(raw) - 1)

Test(image_text, joins_and_quotes_arguments)
{
	expect_owned(ARGUMENTS(""), "");
	expect_owned(ARGUMENTS("-c\0exit 3\0"), "-c \"exit 3\"");
	expect_owned(ARGUMENTS("-c\0exit 3"), "-c \"exit 3\"");
	expect_owned(ARGUMENTS("a b\0c\0"), " \"a b\" c");
	expect_owned(ARGUMENTS("x\0\0y\0\0\0"), "x  y");
	expect_owned(ARGUMENTS("say \"hi\"\0"), " \"say \"hi\"\"");
	expect_owned(ARGUMENTS("\xff\xfe\0b"), UTF8_REPLACEMENT " b");
}

Test(image_text, a_relative_binary_is_joined_to_the_cwd_and_cleaned)
{
	expect_owned(image_binary("/a/../b", 7, "/tmp"), "/a/../b");
	expect_owned(image_binary("./x", 3, "/tmp"), "/tmp/x");
	expect_owned(image_binary("../../../x", 10, "/tmp/y"), "/x");
	expect_owned(image_binary("..", 2, "/tmp"), "/");
	expect_owned(image_binary("a//b/.", 6, "/"), "/a/b");
	expect_owned(image_binary("x", 1, ""), "x");
	expect_owned(image_binary("", 0, "/tmp"), "");
}

static void expect_permission(uint16_t mode, const char *expected)
{
	char text[PERMISSION_TEXT_SIZE];

	cr_expect_str_eq(permission_text(text, mode), expected);
}

Test(image_text, permissions_as_ls_prints_them)
{
	expect_permission(0100640, "-rw-r-----");
	expect_permission(0104755, "-rwsr-xr-x");
	expect_permission(0106644, "-rwSr-Sr--");
	expect_permission(0041777, "drwxrwxrwt");
	expect_permission(0041776, "drwxrwxrwT");
	expect_permission(0020666, "crw-rw-rw-");
	expect_permission(0060660, "brw-rw----");
	expect_permission(0010600, "prw-------");
	expect_permission(0120777, "lrwxrwxrwx");
	expect_permission(0140755, "srwxr-xr-x");
	expect_permission(0, "---------");
}

Test(image_text, flags_come_in_their_order)
{
	char text[FLAGS_TEXT_SIZE];

	cr_expect_str_eq(flags_text(text, 0), "");
	cr_expect_str_eq(flags_text(text, 0x80000000u), "");
	cr_expect_str_eq(flags_text(text, TG_P_CLONE | TG_P_ROOTCWD | TG_P_EXECVE | TG_P_INIT_TREE),
			 "execve rootcwd clone inInitTree");
	cr_expect_str_eq(flags_text(text, UINT32_MAX),
			 "execve procFS errorEnvs truncArgs miss errorFilename errorArgs nocwd "
			 "rootcwd errorCWD clone errorPathResolutionCwd dataArgs inInitTree");
}
