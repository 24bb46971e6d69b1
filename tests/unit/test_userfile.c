// SPDX-License-Identifier: Apache-2.0
/* Files that probes go into, against the samples of tests/elf and what tgc says of them. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/binaries/userelf.h"
#include "runtime/userfile.h"

#define SAMPLE "build/tests/elf/pie"

static char why[512];

Test(userfile, digests_as_the_compiler_has_them)
{
	static const char *const algorithms[] = {"sha1", "sha256", "sha384", "sha512", "build-id"};
	int fd = userfile_open(SAMPLE, why, sizeof(why));
	struct arena a = {0};
	struct userelf *e = userelf_open(&a, SAMPLE, why, sizeof(why));

	cr_assert_geq(fd, 0, "%s", why);
	cr_assert_not_null(e, "%s", why);
	for (size_t i = 0; i < 5; i++) {
		const char *digest = userelf_digest_text(e, &a, algorithms[i]);

		cr_assert_not_null(digest, "%s", algorithms[i]);
		cr_expect_eq(userfile_check(fd, digest, why, sizeof(why)), USERFILE_SAME, "%s: %s",
			     digest, why);
		cr_expect_eq(userfile_check(fd, arena_printf(&a, "sha1:00 %s", digest), why,
					    sizeof(why)),
			     USERFILE_SAME);
		cr_expect_eq(userfile_check(fd, arena_printf(&a, "%s00", digest), why, sizeof(why)),
			     USERFILE_DIFFERS);
	}
	close(fd);
	arena_free(&a);
}

Test(userfile, refuses)
{
	int fd = userfile_open(SAMPLE, why, sizeof(why));

	cr_expect_eq(userfile_check(fd, "", why, sizeof(why)), USERFILE_SAME);
	cr_expect_eq(userfile_check(fd, "sha256:0123", why, sizeof(why)), USERFILE_DIFFERS);
	cr_expect(strstr(why, "its sha256 is "));
	cr_expect_eq(userfile_check(fd, "md17:0123", why, sizeof(why)), USERFILE_FAILED);
	cr_expect_eq(userfile_check(fd, "sha256", why, sizeof(why)), USERFILE_FAILED);
	close(fd);
	cr_expect_eq(userfile_open("/nowhere", why, sizeof(why)), -1);
	cr_expect_str_eq(why, "cannot open /nowhere: No such file or directory");
	cr_expect_eq(userfile_open("/tmp", why, sizeof(why)), -1);
	cr_expect_str_eq(why, "cannot open /tmp: it is no regular file");
}

Test(userfile, addresses)
{
	int fd = userfile_open(SAMPLE, why, sizeof(why));
	struct arena a = {0};
	struct userelf *e = userelf_open(&a, SAMPLE, why, sizeof(why));
	struct userelf_place place;
	uint64_t offset;

	cr_assert(userelf_find(e, "sample_add", &place, why, sizeof(why)), "%s", why);
	cr_assert(userfile_offset(fd, place.symbol->address, &offset));
	cr_expect_eq(offset, place.offset);
	cr_expect_not(userfile_offset(fd, 0x7fffffffffff, &offset));
	close(fd);
	arena_free(&a);
}
