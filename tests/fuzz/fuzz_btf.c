// SPDX-License-Identifier: Apache-2.0
/* Type information that nobody vouches for: alone, as the base of itself, and in ELF files. */
#include <stdlib.h>
#include <string.h>
#include "compiler/kernels/kernel_elf.h"
#include "tests/unit/kernel_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct bytes raw = {copy, size};
	struct kbtf *k, *split, *again;
	char why[256];

	memcpy(copy, data, size);
	if (elf_is_elf(raw))
		raw = elf_section(raw, ".BTF", why, sizeof(why));
	k = kbtf_from_bytes(raw, NULL, why, sizeof(why));
	if (k) {
		walk_btf(k);
		split = kbtf_from_bytes(raw, k, why, sizeof(why));
		if (split)
			walk_btf(split);
		kbtf_close(split);
		again = kbtf_with_index(kbtf_raw(k), kbtf_index(k), NULL, why, sizeof(why));
		if (!again)
			abort();
		kbtf_close(again);
	}
	kbtf_close(k);
	free(copy);
	return 0;
}
