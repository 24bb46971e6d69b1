// SPDX-License-Identifier: Apache-2.0
/* object_read(), on objects that nobody vouches for: `tgc bundle inspect` reads them. */
#include <stdlib.h>
#include <string.h>

#include "compiler/base/arena.h"
#include "compiler/back/object_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct arena arena = {0};
	struct object_info info;

	memcpy(copy, data, size);
	if (object_read(&info, &arena, (struct bytes){copy, size}) && info.count)
		abort();
	for (size_t i = 0; i < info.count; i++)
		if (!object_find(&info, info.programs[i].name))
			abort();
	arena_free(&arena);
	free(copy);
	return 0;
}
