// SPDX-License-Identifier: Apache-2.0
/* Events by their type, policy and process. */
#include "runtime/metrics.h"
#include "runtime/metrics_text.h"

static const struct {
	const char *name, *help;
	const char *words[TALLY_WORDS];
} kinds[TALLY_KIND_COUNT] = {
	[TALLY_EVENTS] = {"tetragon_events_total", "Events relayed.", {"type"}},
	[TALLY_POLICIES] = {"tetragon_policy_events_total",
			    "Events of policies.",
			    {"policy", "hook"}},
	[TALLY_SYSCALLS] = {"tetragon_syscalls_total",
			    "System calls seen by raw_syscalls/sys_enter.",
			    {"syscall"}},
};

static void print_row(struct buffer *out, const struct tally_row *row, const char *node_name)
{
	struct metric_label labels[TALLY_WORDS + TALLY_LABEL_COUNT + 2];
	size_t n = 0;

	for (int i = 0; i < TALLY_WORDS && kinds[row->kind].words[i]; i++)
		labels[n++] = (struct metric_label){kinds[row->kind].words[i], row->words[i]};
	labels[n++] = (struct metric_label){"node_name", node_name};
	for (int i = 0; i < TALLY_LABEL_COUNT; i++)
		labels[n++] = (struct metric_label){tally_label_names[i], row->labels[i]};
	labels[n] = (struct metric_label){NULL, NULL};
	metric_sample(out, kinds[row->kind].name, labels, row->count);
}

void metrics_events(struct buffer *out, const struct tally *tally, const char *node_name)
{
	struct tally_row row;

	for (int kind = 0; kind < TALLY_KIND_COUNT; kind++) {
		metric_begin(out, kinds[kind].name, "counter", kinds[kind].help);
		for (size_t i = 0; tally_get(tally, i, &row); i++)
			if (row.kind == (enum tally_kind)kind)
				print_row(out, &row, node_name);
	}
	metric_single(out, "tgrun_events_uncounted_total", "counter",
		      "Events that the counts by label lack, because memory ran out.",
		      tally_missed(tally));
}
