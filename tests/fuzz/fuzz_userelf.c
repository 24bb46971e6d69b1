// SPDX-License-Identifier: Apache-2.0
/* userelf_parse(): a policy may name any file as the program it probes. */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/binaries/userelf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
	if (!fact)
		abort();
}

/* What the file says of its functions and probes, it also answers to. */
static void ask(struct userelf *e, struct arena *a)
{
	char why[USERELF_WHY];
	struct userelf_place place;
	size_t count;

	for (size_t i = 0; i < e->function_count && i < 32; i++) {
		const struct userelf_symbol *s = e->by_offset[i];
		const char *name = arena_strndup(a, s->name, s->name_len);

		expect(s->offset < e->file.size);
		if (userelf_find(e, name, &place, why, sizeof(why)))
			expect(place.offset < e->file.size);
		userelf_find(e, arena_printf(a, "%s+0x10", name), &place, why, sizeof(why));
		userelf_address(e, s->address, &place, why, sizeof(why));
		if (userelf_offset(e, s->offset, &place, why, sizeof(why)))
			expect(place.symbol && !place.into);
	}
	for (size_t i = 0; i < e->probe_count && i < 32; i++) {
		const struct userelf_probe *p = &e->probes[i];
		const struct userelf_probe **found;

		found = userelf_probes(e, a, p->provider, p->name, &count, why, sizeof(why));
		if (found)
			expect(count && found[0]->offset < e->file.size &&
			       userelf_offset(e, found[0]->offset, &place, why, sizeof(why)));
	}
	userelf_probe_list(e, a, 8);
	userelf_nearest(e, a, "main");
	userelf_counter(e, 0, why, sizeof(why));
	userelf_digest(e, "build-id:00", why, sizeof(why));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct arena arena = {0};
	char why[USERELF_WHY];
	struct userelf *e;

	memcpy(copy, data, size);
	e = userelf_parse(&arena, (struct bytes){copy, size}, "file", why, sizeof(why));
	if (e)
		ask(e, &arena);
	arena_free(&arena);
	free(copy);
	return 0;
}
