// SPDX-License-Identifier: Apache-2.0
/*
 * The symbols that a kernel keeps of itself (CONFIG_KALLSYMS), found in the constants of an
 * image, which has no other symbol table. They lie behind one another, each part at a multiple
 * of 8, in new kernels of 4 (scripts/kallsyms.c):
 *
 *   u32 count; names; u32 markers[]; u8 order[count][3]; token_table; u16 token_index[256]
 *
 * where `order` is not in every kernel.
 *
 * A name is a length (one byte, or two when the first has its top bit set) and as many tokens;
 * a token stands for a text of the table, of which token_index has the places. The first
 * character of a name is the symbol's type. markers[i] is where name 256 * i begins. Nothing
 * says where all this is: it is known by the tokens of the digits, which stand for themselves,
 * and by every part agreeing with the next.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "kernel_facts.h"

enum {
	TOKENS = 256,
	PART_ALIGN = 4,
	FILL_MAX = 8,	/* bytes between two parts: fewer */
	ORDER_SIZE = 3, /* bytes for a name */
	PER_MARKER = 256,
	COUNT_MAX = 1 << 20,  /* symbols */
	NAME_MAX_BYTES = 512, /* of one name, as tokens and as text */
};

struct kallsyms {
	struct bytes all; /* the constants */
	size_t table;	  /* offsets into them */
	uint32_t tokens[TOKENS];
	size_t markers, marker_count;
	size_t names, count;
};

static uint32_t u32_at(const struct kallsyms *s, size_t at)
{
	uint32_t value;

	memcpy(&value, s->all.at + at, sizeof(value));
	return value;
}

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/* ---- tokens ------------------------------------------------------------------------------- */

static bool take_index(const struct kallsyms *s, size_t at)
{
	uint16_t place;

	for (int i = 0; i < TOKENS; i++, at += sizeof(place)) {
		if (at + sizeof(place) > s->all.size)
			return false;
		memcpy(&place, s->all.at + at, sizeof(place));
		if (place != s->tokens[i])
			return false;
	}
	return true;
}

/* The table that begins here: do 256 texts follow, and an index that says the same? */
static bool take_table(struct kallsyms *s, size_t start)
{
	size_t at = start;

	for (int i = 0; i < TOKENS; i++) {
		const uint8_t *end = memchr(s->all.at + at, 0, s->all.size - at);

		if (!end || end - (s->all.at + at) > NAME_MAX_BYTES)
			return false;
		s->tokens[i] = (uint32_t)(at - start);
		at = (size_t)(end - s->all.at) + 1;
	}
	s->table = start;
	return take_index(s, round_up(at, PART_ALIGN)) || take_index(s, round_up(at, FILL_MAX));
}

/* From the token of the digit 0 back to the second: each ends with NUL. */
static bool find_second(const struct kallsyms *s, size_t zero, size_t *second)
{
	for (int i = 0; i < '0' - 1; i++) {
		if (zero < 2 || s->all.at[zero - 1])
			return false;
		for (zero--; zero > 0 && s->all.at[zero - 1];)
			zero--;
	}
	*second = zero;
	return zero > 0 && !s->all.at[zero - 1];
}

/* What stands before the first token need not be NUL: the index tells where the table begins. */
static bool take_first(struct kallsyms *s, size_t second)
{
	size_t start = second - 1;

	for (; start + NAME_MAX_BYTES > second; start--) {
		if (start % PART_ALIGN == 0 && take_table(s, start))
			return true;
		if (!start || (start < second - 1 && !s->all.at[start]))
			return false;
	}
	return false;
}

static bool find_table(struct kallsyms *s)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	struct bytes rest = s->all;
	const uint8_t *at;
	size_t second;

	while (rest.size && (at = memmem(rest.at, rest.size, digits, sizeof(digits)))) {
		if (find_second(s, (size_t)(at - s->all.at), &second) && take_first(s, second))
			return true;
		rest.size -= (size_t)(at + 1 - rest.at);
		rest.at = at + 1;
	}
	return false;
}

/* ---- markers ------------------------------------------------------------------------------ */

/* Back from `end`: numbers that shrink, down to 0. */
static bool take_markers(struct kallsyms *s, size_t end)
{
	uint32_t last = UINT32_MAX, marker;
	size_t at = end;

	for (s->marker_count = 0; last && at >= PART_ALIGN; at -= PART_ALIGN) {
		marker = u32_at(s, at - PART_ALIGN);
		if (marker >= last)
			return false;
		last = marker;
		s->marker_count++;
	}
	s->markers = at;
	return last == 0 && s->marker_count > 1;
}

/* ---- names -------------------------------------------------------------------------------- */

/* The tokens of the name at *at, which then is that of the next; no bytes at the end. */
static struct bytes next_name(const struct kallsyms *s, size_t *at)
{
	struct bytes name = {0};
	size_t len, from = *at;

	if (from >= s->markers)
		return name;
	len = s->all.at[from++];
	if (len & 0x80 && from < s->markers)
		len = (len & 0x7f) | (size_t)s->all.at[from++] << 7;
	if (!len || len > NAME_MAX_BYTES || len > s->markers - from)
		return name;
	*at = from + len;
	return (struct bytes){s->all.at + from, len};
}

/* Do `count` names begin here that agree with every marker and end where the markers begin? */
static bool take_names(struct kallsyms *s, size_t names, size_t count)
{
	size_t at = names;

	for (size_t i = 0; i < count; i++) {
		if (i % PER_MARKER == 0 && at - names != u32_at(s, s->markers + i / PER_MARKER * 4))
			return false;
		if (!next_name(s, &at).size)
			return false;
	}
	s->names = names;
	s->count = count;
	return s->markers - at < FILL_MAX;
}

/* The last marker says about where the names begin; their number stands before them. */
static bool find_names(struct kallsyms *s)
{
	size_t last = u32_at(s, s->markers + (s->marker_count - 1) * 4);
	size_t most = s->marker_count * PER_MARKER, names, lowest;

	if (s->markers < last + FILL_MAX)
		return false;
	names = (s->markers - last) / PART_ALIGN * PART_ALIGN;
	lowest = names > PER_MARKER * NAME_MAX_BYTES ? names - PER_MARKER * NAME_MAX_BYTES : 0;
	for (; names >= lowest + FILL_MAX; names -= PART_ALIGN) {
		for (size_t before = PART_ALIGN; before <= FILL_MAX; before += PART_ALIGN) {
			size_t count = u32_at(s, names - before);

			if (count <= most && count > most - PER_MARKER &&
			    take_names(s, names, count))
				return true;
		}
	}
	return false;
}

/* Between the markers and the table there is nothing, or the order of as many names. */
static bool find_parts(struct kallsyms *s)
{
	size_t gap, most;

	for (gap = 0; gap + PART_ALIGN < s->table && gap < ORDER_SIZE * COUNT_MAX;
	     gap += PART_ALIGN) {
		if (!take_markers(s, (s->table - gap) / PART_ALIGN * PART_ALIGN))
			continue;
		most = s->marker_count * PER_MARKER * ORDER_SIZE + 2 * FILL_MAX;
		if (gap >= FILL_MAX &&
		    (gap > most || gap + PER_MARKER * ORDER_SIZE + FILL_MAX < most))
			continue;
		if (find_names(s))
			return true;
	}
	return false;
}

/* "Tdo_work"; false when it is longer than any name. */
static bool expand(const struct kallsyms *s, struct bytes name, char text[NAME_MAX_BYTES])
{
	size_t used = 0;

	for (size_t i = 0; i < name.size; i++) {
		const char *token = (const char *)s->all.at + s->table + s->tokens[name.at[i]];
		size_t len = strlen(token);

		if (used + len >= NAME_MAX_BYTES)
			return false;
		memcpy(text + used, token, len);
		used += len;
	}
	text[used] = '\0';
	return used > 1;
}

bool facts_kallsyms(struct kernel_facts *f, struct bytes constants)
{
	struct kallsyms s = {.all = constants};
	char text[NAME_MAX_BYTES];
	size_t at;

	if (f->functions.known || !find_table(&s) || !find_parts(&s))
		return false;
	at = s.names;
	f->beyond_text = false;
	for (size_t i = 0; i < s.count; i++)
		if (expand(&s, next_name(&s, &at), text))
			facts_symbol(f, *text, text + 1);
	f->functions_from = "kallsyms";
	return f->functions.known;
}
