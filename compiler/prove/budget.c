// SPDX-License-Identifier: Apache-2.0
#include "budget.h"
#include <stdio.h>
#include <string.h>

static const struct {
	const char *key, *unit;
	size_t offset;
	uint64_t most;
} kinds[] = {
#define BUDGET(field, key, unit, most) {key, unit, offsetof(struct budget, field), most},
#include "budgets.def"
#undef BUDGET
};

const char *budget_key(enum budget_kind kind)
{
	return kinds[kind].key;
}

/* Decimal, perhaps with k or M behind. */
static bool parse(const char *text, uint64_t *out)
{
	size_t digits = strspn(text, "0123456789");
	unsigned shift = 0;
	uint64_t value = 0;

	if (!digits || digits > 15 || (text[0] == '0' && digits > 1))
		return false;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (uint64_t)(text[i] - '0');
	if (!strcmp(text + digits, "k") || !strcmp(text + digits, "K"))
		shift = 10;
	else if (!strcmp(text + digits, "M"))
		shift = 20;
	else if (text[digits])
		return false;
	*out = value << shift;
	return value <= (uint64_t)INT64_MAX >> shift;
}

bool budget_set(struct budget *b, enum budget_kind kind, const char *value, char *why,
		size_t why_size)
{
	uint64_t limit;

	if (parse(value, &limit) && limit && limit <= kinds[kind].most) {
		memcpy((char *)b + kinds[kind].offset, &limit, sizeof(limit));
		return true;
	}
	snprintf(why, why_size,
		 "`%.40s` is no number of %s: one from 1 to %llu is, also with k or M behind "
		 "it for 1024 or 1048576 times as many",
		 value, kinds[kind].unit, (unsigned long long)kinds[kind].most);
	return false;
}
