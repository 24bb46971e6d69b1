// SPDX-License-Identifier: Apache-2.0
/* Profile files that nobody vouches for: every index and offset in them may lie. */
#include <stdlib.h>
#include <string.h>
#include "tests/unit/kernel_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct profile *p;
	char why[256];

	memcpy(copy, data, size);
	p = profile_from_bytes((struct bytes){copy, size}, why, sizeof(why));
	if (p)
		walk_profile(p);
	profile_close(p);
	free(copy);
	return 0;
}
