/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include "compiler/diag/diag.h"

enum { WORD_MAX = 48, FAR = 1000 };

/* A word in lower case. A kernel has some 50,000 names, so most must be told apart at a glance. */
struct folded {
	char text[WORD_MAX + 1];
	size_t len;
	int8_t counts[32]; /* of its letters, in classes */
};

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static void fold(const char *word, size_t len, struct folded *out)
{
	out->len = len;
	memset(out->counts, 0, sizeof(out->counts));
	for (size_t i = 0; i < len; i++) {
		out->text[i] = (char)tolower((unsigned char)word[i]);
		out->counts[out->text[i] & 31]++;
	}
	out->text[len] = '\0';
}

/* One row of the table of distances, from column `low` to `high`. Returns its least. */
static unsigned fill_row(unsigned *const rows[3], const struct folded *a, const struct folded *b,
			 size_t i, size_t low, size_t high)
{
	unsigned *before = rows[0], *last = rows[1], *now = rows[2], least = FAR;

	now[low - 1] = low == 1 ? (unsigned)i : FAR;
	for (size_t j = low; j <= high; j++) {
		now[j] = min3(last[j] + 1, now[j - 1] + 1,
			      last[j - 1] + (a->text[i - 1] != b->text[j - 1]));
		if (i > 1 && j > 1 && a->text[i - 1] == b->text[j - 2] &&
		    a->text[i - 2] == b->text[j - 1] && before[j - 2] + 1 < now[j])
			now[j] = before[j - 2] + 1;
		if (now[j] < least)
			least = now[j];
	}
	if (high < b->len)
		now[high + 1] = FAR;
	return least;
}

/* Edits between the words; a swap of two neighbours is one. Anything above `limit` when it is
 * more: only cells that near the diagonal are looked at. */
static unsigned distance(const struct folded *a, const struct folded *b, unsigned limit)
{
	unsigned space[3][WORD_MAX + 2], least, least_before = 0;
	unsigned *rows[3] = {space[0], space[1], space[2]}, *spare;

	for (size_t j = 0; j <= b->len; j++)
		rows[1][j] = (unsigned)j;
	for (size_t i = 1; i <= a->len; i++) {
		size_t low = i > limit ? i - limit : 1;
		size_t high = i + limit < b->len ? i + limit : b->len;

		if (low > high)
			return FAR;
		least = fill_row(rows, a, b, i, low, high);
		if (least > limit && least_before > limit)
			return FAR;
		least_before = least;
		spare = rows[0];
		rows[0] = rows[1];
		rows[1] = rows[2];
		rows[2] = spare;
	}
	return rows[1][b->len];
}

/* What no way of editing can be below: the letters that one of them has more of. */
static unsigned distance_at_least(const struct folded *a, const struct folded *b)
{
	unsigned more_a = 0, more_b = 0;

	for (size_t i = 0; i < sizeof(a->counts); i++) {
		int more = a->counts[i] - b->counts[i];

		more_a += more > 0 ? (unsigned)more : 0;
		more_b += more < 0 ? (unsigned)-more : 0;
	}
	return more_a > more_b ? more_a : more_b;
}

/* How many edits still look like a slip of the hand in a word of this length. */
static unsigned tolerance(size_t len)
{
	return len <= 2 ? (unsigned)(len > 1) : (unsigned)(len + 2) / 3;
}

static size_t difference(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

const char *nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t len = strlen(word), other;
	unsigned best = tolerance(len) + 1, d;
	const char *found = NULL;
	struct folded w, c;

	if (len > WORD_MAX)
		return NULL;
	fold(word, len, &w);
	for (size_t i = 0; i < count; i++) {
		other = strlen(candidates[i]);
		if (other == len && strcasecmp(word, candidates[i]) == 0)
			return candidates[i];
		if (other > WORD_MAX || difference(len, other) >= best)
			continue;
		fold(candidates[i], other, &c);
		if (distance_at_least(&w, &c) >= best)
			continue;
		d = distance(&w, &c, best - 1);
		/* Nothing in common is not near, however short the words are. */
		if (d < best && d < other && d < len) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
