// SPDX-License-Identifier: Apache-2.0
/* How well a name fits what was typed of it. */
#include <ctype.h>
#include <string.h>
#include "functions.h"

enum {
	EXACT = 2000,
	PREFIX = 1000,
	WORD_START = 12, /* a letter that begins a part of the name */
	IN_A_ROW = 8,
	LETTER = 4,
	GAP = 1,
};

static int lowercase(char c)
{
	return tolower((unsigned char)c);
}

uint64_t fuzzy_letters(const char *text)
{
	uint64_t out = 0;

	for (; *text; text++) {
		int c = lowercase(*text);

		if (c >= 'a' && c <= 'z')
			out |= 1ull << (c - 'a');
		else if (c >= '0' && c <= '9')
			out |= 1ull << (26 + c - '0');
		else
			out |= 1ull << 36;
	}
	return out;
}

static bool starts_part(const char *name, const char *at)
{
	return at == name || !isalnum((unsigned char)at[-1]) ||
	       (isupper((unsigned char)*at) && islower((unsigned char)at[-1]));
}

/* The typed text as a whole somewhere in the name is better than its letters one by one. */
static int score_from(const char *typed, const char *name, const char *from)
{
	const char *last = NULL, *at = from;
	int score = 0;

	for (; *typed; typed++) {
		const char *before = at;

		while (*at && lowercase(*at) != lowercase(*typed))
			at++;
		if (!*at)
			return -1;
		score += LETTER + (starts_part(name, at) ? WORD_START : 0) +
			 (last && at == last + 1 ? IN_A_ROW : 0);
		score -= at - before > 8 ? 8 * GAP : (int)(at - before) * GAP;
		last = at++;
	}
	return score;
}

int fuzzy_score(const char *typed, const char *name)
{
	size_t len = strlen(name);
	const char *whole = strcasestr(name, typed);
	int score = score_from(typed, name, name), other;

	if (!*typed)
		return 0;
	if (score < 0)
		return -1;
	if (whole) {
		other = score_from(typed, name, whole);
		score = other > score ? other : score;
		score += whole == name ? PREFIX : 100;
	}
	if (whole == name && strlen(typed) == len)
		score += EXACT;
	score -= len > 60 ? 60 : (int)len;
	return score > 0 ? score : 0;
}
