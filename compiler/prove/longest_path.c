// SPDX-License-Identifier: Apache-2.0
/*
 * The longest way through a function when no loop is repeated: depth first, and a jump back to
 * an instruction whose ways are still being followed is a loop. Without recursion: the way is a
 * stack in the arena.
 */
#include "compiler/base/arena.h"
#include "costs.h"

struct place {
	enum { PLACE_NEW, PLACE_OPEN, PLACE_DONE } state;
	uint32_t next; /* of the ways on, the one to follow now */
	uint64_t most; /* executed from here to the end */
};

struct search {
	const struct costs *costs;
	const struct code_function *function;
	struct place *places;
	uint32_t *way;
	uint32_t depth, loops;
};

/* The instructions that may follow: none, one or two. */
static uint32_t ways_on(const struct bpf_insn *insn, uint32_t at, int64_t on[2])
{
	unsigned class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	on[0] = (int64_t)at + (code_is_wide(insn) ? 2 : 1);
	if (class != BPF_JMP && class != BPF_JMP32)
		return 1;
	if (op == BPF_EXIT)
		return 0;
	if (op == BPF_CALL)
		return 1;
	on[1] = (int64_t)at + 1 + insn->off;
	if (op != BPF_JA)
		return 2;
	on[0] = class == BPF_JMP32 ? (int64_t)at + 1 + insn->imm : on[1];
	return 1;
}

static uint64_t called(const struct search *s, uint32_t at)
{
	const struct code_function *f = s->function;
	uint32_t low = 0, high = f->call_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (f->calls[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == f->call_count || f->calls[low].at != at)
		return 0;
	return s->costs->functions[f->calls[low].to].longest;
}

static void open_place(struct search *s, uint32_t at)
{
	s->places[at].state = PLACE_OPEN;
	s->way[s->depth++] = at;
}

static void close_place(struct search *s, uint32_t at)
{
	struct bpf_insn insn = code_insn(s->function, at);
	uint64_t most = 0;
	int64_t on[2];
	uint32_t ways = ways_on(&insn, at, on);

	for (uint32_t i = 0; i < ways; i++)
		if (on[i] >= 0 && on[i] < s->function->count &&
		    s->places[on[i]].state == PLACE_DONE && s->places[on[i]].most > most)
			most = s->places[on[i]].most;
	s->places[at].most = most + 1 + called(s, at);
	s->places[at].state = PLACE_DONE;
	s->depth--;
}

static void follow(struct search *s)
{
	uint32_t at = s->way[s->depth - 1];
	struct place *p = &s->places[at];
	struct bpf_insn insn = code_insn(s->function, at);
	int64_t on[2];
	uint32_t ways = ways_on(&insn, at, on);

	if (p->next == ways) {
		close_place(s, at);
		return;
	}
	int64_t to = on[p->next++];

	if (to < 0 || to >= s->function->count)
		return; /* out of the function: no compiler makes that */
	if (s->places[to].state == PLACE_NEW)
		open_place(s, (uint32_t)to);
	else if (s->places[to].state == PLACE_OPEN)
		s->loops++;
}

void longest_path(struct costs *c, uint32_t function)
{
	const struct code_function *f = &c->code->functions[function];
	struct search s = {
		.costs = c,
		.function = f,
		.places = arena_array(c->arena, f->count + 1, sizeof(*s.places)),
		.way = arena_array(c->arena, f->count + 1, sizeof(*s.way)),
	};

	if (!f->count)
		return;
	open_place(&s, 0);
	while (s.depth)
		follow(&s);
	c->functions[function].longest = s.places[0].most;
	c->functions[function].loops = s.loops;
}
