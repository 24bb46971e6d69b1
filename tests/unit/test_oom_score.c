/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include "runtime/oom_score.h"

Test(oom_score, the_kernel_has_taken_it)
{
	FILE *file;
	int score = 0;

	if (oom_score_protect()) {
		cr_assert(errno == EACCES || errno == EPERM, "errno %d", errno);
		cr_skip_test("this test needs CAP_SYS_RESOURCE");
	}
	file = fopen("/proc/self/oom_score_adj", "r");
	cr_assert_eq(fscanf(file, "%d", &score), 1);
	cr_expect_eq(score, -1000);
	fclose(file);
}
