/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "diag.h"

enum { WORD_MAX = 48 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Edits between the words, letter case apart; a swap of two neighbours is one edit. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2], *spare;

	for (size_t j = 0; j <= b_len; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			now[j] = min3(last[j] + 1, now[j - 1] + 1,
				      last[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]) && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[b_len];
}

/* How many edits still look like a slip of the hand in a word of this length. */
static unsigned tolerance(size_t len)
{
	return len <= 2 ? (unsigned)(len > 1) : (unsigned)(len + 2) / 3;
}

const char *nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t len = strlen(word), other;
	unsigned best = tolerance(len) + 1, d;
	const char *found = NULL;

	if (len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(word, candidates[i]) == 0)
			return candidates[i];
		other = strlen(candidates[i]);
		if (other > WORD_MAX)
			continue;
		d = distance(word, len, candidates[i], other);
		/* Nothing in common is not near, however short the words are. */
		if (d < best && d < other && d < len) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
