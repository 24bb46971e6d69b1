// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/arena.h"
#include "terse_tokens.h"

struct terse_tokens terse_tokens(struct arena *a, uint32_t file, const char *text, size_t size)
{
	const struct source f = {.name = "", .text = text, .size = size, .terse = true};
	struct terse_parser p = {.arena = a};
	struct terse_tokens out = {.n = 0};
	struct terse_token t;

	if (terse_parser_open(&p, &f, file))
		while (terse_next(&p, &t) && out.n < TERSE_MAX_NODES) {
			out.v = arena_grow(a, out.v, out.n, &out.room, sizeof(t));
			out.v[out.n++] = t;
		}
	terse_parser_close(&p);
	return out;
}
