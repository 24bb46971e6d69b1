// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include "intervals.h"

static int by_low(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	return (x->low > y->low) - (x->low < y->low);
}

size_t intervals_join(struct interval *v, size_t n)
{
	size_t kept = 0;

	if (!n)
		return 0;
	qsort(v, n, sizeof(*v), by_low);
	for (size_t i = 1; i < n; i++) {
		struct interval *last = &v[kept];

		if (v[i].low > last->high && v[i].low - last->high > 1)
			v[++kept] = v[i];
		else if (v[i].high > last->high)
			last->high = v[i].high;
	}
	return kept + 1;
}

bool intervals_have(const struct interval *v, size_t n, wide number)
{
	size_t from = 0;

	while (n > 1) {
		size_t half = n / 2;

		if (v[from + half].low <= number)
			from += half;
		n -= half;
	}
	return n && number >= v[from].low && number <= v[from].high;
}

size_t intervals_edges(const struct interval *v, size_t n, wide top, wide *out)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		out[count++] = v[i].low;
		if (v[i].high < top)
			out[count++] = v[i].high + 1;
	}
	return count;
}
