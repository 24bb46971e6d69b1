// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include "compiler/base/arena.h"
#include "automaton.h"

#define END  0xffffffffu
#define NONE 0u /* no child yet: nothing leads to the first state */

struct building {
	struct automaton *m;
	uint32_t
		*fallback; /* by state: the longest end of what was read that a value begins with */
	uint32_t *order;   /* states, the nearest first */
	uint32_t states, room;
};

static uint8_t folded(uint8_t byte, bool ignore_case)
{
	return ignore_case && byte >= 'A' && byte <= 'Z' ? byte + 'a' - 'A' : byte;
}

static void number_classes(struct automaton *m, const struct value *values, size_t count,
			   bool ignore_case)
{
	bool used[256] = {false};
	uint32_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		for (uint32_t j = 0; j < values[i].len; j++)
			used[folded((uint8_t)values[i].text[j], ignore_case)] = true;
	for (unsigned i = 0; i < 256; i++)
		bytes += used[i];
	m->class_count = bytes < 256; /* the first one is that of all others */
	for (unsigned i = 0; i < 256; i++)
		if (used[i])
			m->classes[i] = (uint8_t)m->class_count++;
	for (unsigned i = 'A'; ignore_case && i <= 'Z'; i++)
		m->classes[i] = m->classes[i + 'a' - 'A'];
}

static uint32_t *entry(const struct building *b, uint32_t state, uint32_t class)
{
	return &b->m->next[(size_t)state * b->m->class_count + class];
}

/* What follows the end of a value does not matter: the text has it. */
static void add_value(struct building *b, const struct value *v)
{
	uint32_t state = 0;

	for (uint32_t i = 0; i < v->len; i++) {
		uint32_t *to = entry(b, state, b->m->classes[(uint8_t)v->text[i]]);

		if (*to == END)
			return;
		if (i + 1 == v->len)
			*to = END;
		else if (*to == NONE)
			*to = b->states++;
		state = *to;
	}
}

/* Entries without a child lead where those of the fallback lead, which is nearer and so done. */
static void complete(struct building *b)
{
	uint32_t done = 0, known = 1;

	for (; done < known; done++) {
		uint32_t state = b->order[done], back = b->fallback[state];

		for (uint32_t c = 0; c < b->m->class_count; c++) {
			uint32_t *to = entry(b, state, c);
			uint32_t other = state ? *entry(b, back, c) : 0;

			if (other == END || *to == NONE) {
				if (*to != END)
					*to = other;
			} else if (*to != END) {
				b->fallback[*to] = other;
				b->order[known++] = *to;
			}
		}
	}
}

/* By where their rows begin; the last one is that of the end. */
static void number_states(struct building *b)
{
	struct automaton *m = b->m;

	m->end = b->states * m->class_count;
	m->size = 1;
	while (m->size < m->end + m->class_count)
		m->size *= 2;
	for (uint32_t i = 0; i < m->end; i++)
		m->next[i] = m->next[i] == END ? m->end : m->next[i] * m->class_count;
	for (uint32_t i = m->end; i < m->size; i++)
		m->next[i] = m->end;
}

struct automaton *automaton_build(struct arena *a, const struct value *values, size_t count,
				  bool ignore_case)
{
	struct building b = {.m = arena_alloc(a, sizeof(*b.m)), .states = 1, .room = 2};

	number_classes(b.m, values, count, ignore_case);
	for (size_t i = 0; i < count; i++)
		if ((b.room += values[i].len) > AUTOMATON_SIZE / b.m->class_count)
			return NULL;
	b.m->next = arena_array(a, 2 * (size_t)b.room * b.m->class_count, sizeof(*b.m->next));
	b.fallback = arena_array(a, b.room, sizeof(*b.fallback));
	b.order = arena_array(a, b.room, sizeof(*b.order));
	for (size_t i = 0; i < count; i++)
		add_value(&b, &values[i]);
	complete(&b);
	number_states(&b);
	return b.m;
}
