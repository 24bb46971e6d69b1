// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/arena.h"
#include "draw.h"

/* splitmix64 */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

void draw_begin(struct draw *d, struct arena *a, uint64_t seed, uint64_t a_number, uint64_t another)
{
	*d = (struct draw){.arena = a, .state = seed};
	d->state = next(&d->state) ^ a_number;
	d->state = next(&d->state) ^ another;
}

void draw_again(struct draw *d)
{
	d->replay = true;
	d->at = 0;
}

unsigned draw_below(struct draw *d, unsigned n)
{
	uint32_t choice;

	if (d->replay)
		return d->at < d->length ? d->tape[d->at++] % n : 0;
	choice = (uint32_t)(next(&d->state) % n);
	d->tape = arena_grow(d->arena, d->tape, d->length, &d->room, sizeof(*d->tape));
	d->tape[d->length++] = choice;
	return choice;
}

bool draw_one_in(struct draw *d, unsigned n)
{
	return draw_below(d, n) == n - 1;
}

uint64_t draw_bits(struct draw *d)
{
	uint64_t high = draw_below(d, UINT32_MAX);

	return high << 32 | draw_below(d, UINT32_MAX);
}
