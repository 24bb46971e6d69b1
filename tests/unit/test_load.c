/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <errno.h>
#include "runtime/load.h"

Test(load, a_passing_error_is_no_reason_for_another_variant)
{
	static const int passing[] = {ENOMEM, EBUSY, EINTR, EAGAIN};
	static const int lasting[] = {EINVAL, EPERM, ENOENT, EOPNOTSUPP, EACCES, ESRCH};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		cr_expect(load_error_is_passing(TGRUN_LOAD, passing[i]));
		cr_expect(load_error_is_passing(TGRUN_ATTACH, passing[i]));
	}
	for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
		cr_expect_not(load_error_is_passing(TGRUN_LOAD, lasting[i]));
		cr_expect_not(load_error_is_passing(TGRUN_ATTACH, lasting[i]));
	}
}

Test(load, too_big_means_too_complex_or_too_many)
{
	cr_expect_not(load_error_is_passing(TGRUN_LOAD, E2BIG));
	cr_expect(load_error_is_passing(TGRUN_ATTACH, E2BIG));
}
