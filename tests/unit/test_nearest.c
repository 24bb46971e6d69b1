/* SPDX-License-Identifier: Apache-2.0 */
/* nearest() leaves most of the work out; the answers must be those of the plain method. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/diag/diag.h"

enum { WORDS = 12, LENGTH = 14, ROUNDS = 50000 };

TestSuite(nearest_words);

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits by the whole table; a swap of two neighbours is one. */
static unsigned plain_distance(const char *a, const char *b)
{
	unsigned table[LENGTH + 1][LENGTH + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	for (size_t i = 0; i <= a_len; i++)
		for (size_t j = 0; j <= b_len; j++) {
			if (!i || !j) {
				table[i][j] = (unsigned)(i + j);
				continue;
			}
			table[i][j] = least(table[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
					    least(table[i - 1][j], table[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				table[i][j] = least(table[i][j], table[i - 2][j - 2] + 1);
		}
	return table[a_len][b_len];
}

/* The first of the least distance, if that is at most a third of the word. */
static const char *plain_nearest(const char *word, const char *const *words, size_t count)
{
	size_t len = strlen(word);
	unsigned best = len <= 2 ? (unsigned)(len > 1) + 1 : (unsigned)(len + 2) / 3 + 1;
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		unsigned d = plain_distance(word, words[i]);

		if (!strcmp(word, words[i]))
			return words[i];
		if (d < best && d < len && d < strlen(words[i])) {
			best = d;
			found = words[i];
		}
	}
	return found;
}

static void make_word(char *out, unsigned *seed)
{
	static const char letters[] = "abcd_c1";
	size_t len = (size_t)rand_r(seed) % LENGTH;
	unsigned kinds = 1 + (unsigned)rand_r(seed) % (sizeof(letters) - 1);

	for (size_t i = 0; i < len; i++)
		out[i] = letters[(unsigned)rand_r(seed) % kinds];
	out[len] = '\0';
}

Test(nearest_words, random_words)
{
	char words[WORDS + 1][LENGTH + 1];
	const char *candidates[WORDS];
	unsigned seed = 1, found = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		const char *answer, *wanted;

		for (size_t i = 0; i <= WORDS; i++)
			make_word(words[i], &seed);
		for (size_t i = 0; i < WORDS; i++)
			candidates[i] = words[i];
		answer = nearest(words[WORDS], candidates, WORDS);
		wanted = plain_nearest(words[WORDS], candidates, WORDS);
		found += answer != NULL;
		cr_assert_eq(answer, wanted, "%s: %s, not %s", words[WORDS], answer ?: "nothing",
			     wanted ?: "nothing");
	}
	cr_expect(found > ROUNDS / 10 && found < ROUNDS);
}
