// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/node_labels.h"

static size_t count_labels(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == ',';
	return count;
}

/* The labels, and behind them the text that they are parts of: one piece of memory. */
int node_labels_parse(struct labels *out, const char *text, struct failure *why)
{
	size_t count = count_labels(text), size = strlen(text) + 1;
	struct label *v = malloc(count * sizeof(*v) + size);
	char *at, *next;

	if (!v)
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	at = memcpy(v + count, text, size);
	*out = (struct labels){v, 0};
	for (; at; at = next) {
		char *equals;

		next = strchr(at, ',');
		if (next)
			*next++ = '\0';
		equals = strchr(at, '=');
		if (!equals || equals == at) {
			failure_set(why, TGRUN_USAGE,
				    "--node-labels: \"%s\" is not a label, as in disk=ssd", at);
			node_labels_free(out);
			return -1;
		}
		*equals = '\0';
		v[out->n++] = (struct label){at, equals + 1};
	}
	return 0;
}

void node_labels_free(struct labels *l)
{
	free((void *)l->v);
	*l = (struct labels){0};
}
