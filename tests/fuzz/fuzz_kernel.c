// SPDX-License-Identifier: Apache-2.0
/* Files that a user takes for a kernel: images, packages, texts. */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "tests/unit/kernel_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct bytes file = {copy, size}, profile;
	struct arena arena = {0};
	struct kernel_facts f = {.arena = &arena};
	char why[512];

	memcpy(copy, data, size);
	facts_from_bytes(&f, file, "input", why, sizeof(why));
	facts_kallsyms(&f, file);
	facts_event(&f, "a/b", file);
	facts_lsms(&f, file);
	facts_names(&f, &f.injectable, file);
	if (f.btf.size) {
		profile = facts_pack(&f, "input", why, sizeof(why));
		if (profile.size) {
			struct profile *p = profile_from_bytes(profile, why, sizeof(why));

			if (!p)
				abort();
			walk_profile(p);
			profile_close(p);
		}
	}
	arena_free(&arena);
	free(copy);
	return 0;
}
