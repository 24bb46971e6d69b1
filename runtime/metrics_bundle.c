// SPDX-License-Identifier: Apache-2.0
/* What bundles, policies and hooks are at. */
#include <stdlib.h>
#include "runtime/control.h"
#include "runtime/metrics.h"
#include "runtime/metrics_text.h"

typedef void policy_printer(struct buffer *out, const char *name, const struct bundle *b,
			    uint32_t policy);
typedef void hook_printer(struct buffer *out, const char *name, const struct bundle *b,
			  uint32_t hook, const char *policy, const struct program_counts *counts);

static const char *policy_name(const struct bundle *b, uint32_t policy)
{
	return artifact_string(&b->artifact, b->artifact.policies[policy].name);
}

static void each_policy(struct buffer *out, const char *name, const struct bundles *bundles,
			policy_printer *print)
{
	for (size_t i = 0; i < bundles->count; i++)
		for (uint32_t p = 0; p < bundles->v[i].artifact.policy_count; p++)
			if (!bundles->v[i].modes.policies[p].removed)
				print(out, name, &bundles->v[i], p);
}

/* Whom a hook's program runs for: one policy by its name, of several none. */
static const char *policy_of_hook(const struct bundle *b, uint32_t hook)
{
	const struct artifact *a = &b->artifact;
	const struct tg_hook_entry *h = &a->hooks[hook];

	for (uint32_t i = 1; i < h->views; i++)
		if (a->views[h->first_view + i].policy != a->views[h->first_view].policy)
			return "";
	return h->views ? policy_name(b, a->views[h->first_view].policy) : "";
}

/* Parts of a hook have the program of the first. `counts` are those of all hooks of all bundles. */
static void each_hook(struct buffer *out, const char *name, const struct bundles *bundles,
		      const struct program_counts *counts, hook_printer *print)
{
	for (size_t i = 0; i < bundles->count; i++)
		for (uint32_t h = 0; h < bundles->v[i].artifact.hook_count; h++, counts++)
			if (bundles->v[i].artifact.hooks[h].programs)
				print(out, name, &bundles->v[i], h,
				      policy_of_hook(&bundles->v[i], h), counts);
}

/* The kernel writes each text anew when it is read: once for all that is told of it. NULL when
 * memory runs out. */
static struct program_counts *read_counts(const struct bundles *bundles)
{
	struct program_counts *counts = calloc(bundles_hooks(bundles) + 1, sizeof(*counts));
	size_t at = 0;

	for (size_t i = 0; counts && i < bundles->count; i++)
		for (uint32_t h = 0; h < bundles->v[i].artifact.hook_count; h++, at++)
			if (bundles->v[i].artifact.hooks[h].programs)
				counts[at] = misses_counts(&bundles->v[i].loaded.misses, h);
	return counts;
}

static void print_counter(struct buffer *out, const char *name, const struct counters *c,
			  const struct bundle *b, uint32_t policy)
{
	uint64_t n;

	if (c->fd >= 0 && !counters_read(c, policy, &n))
		metric_sample(out, name, METRIC_LABELS({"policy", policy_name(b, policy)}), n);
}

static void print_lost(struct buffer *out, const char *name, const struct bundle *b,
		       uint32_t policy)
{
	print_counter(out, name, &b->loaded.lost, b, policy);
}

static void print_held(struct buffer *out, const char *name, const struct bundle *b,
		       uint32_t policy)
{
	print_counter(out, name, &b->loaded.held, b, policy);
}

static void print_unchanged(struct buffer *out, const char *name, const struct bundle *b,
			    uint32_t policy)
{
	print_counter(out, name, &b->loaded.unchanged, b, policy);
}

static void print_unenforced(struct buffer *out, const char *name, const struct bundle *b,
			     uint32_t policy)
{
	uint64_t n;

	if (b->loaded.missed.fd >= 0 && !counters_read(&b->loaded.missed, policy, &n))
		metric_sample(out, name,
			      METRIC_LABELS({"policy", policy_name(b, policy)},
					    {"reason", "not_acted_on"}, {"info", ""}),
			      n);
}

static void print_mode(struct buffer *out, const char *name, const struct bundle *b,
		       uint32_t policy)
{
	metric_sample(out, name,
		      METRIC_LABELS({"policy", policy_name(b, policy)},
				    {"mode", control_mode_word(modes_get(&b->modes, policy))}),
		      1);
}

static void print_states(struct buffer *out, const struct bundles *bundles)
{
	static const char name[] = "tetragon_tracingpolicy_loaded";
	uint64_t off = 0, all = 0;

	for (size_t i = 0; i < bundles->count; i++)
		for (uint32_t p = 0; p < bundles->v[i].artifact.policy_count; p++) {
			const struct policy_mode *mode = &bundles->v[i].modes.policies[p];

			all += !mode->removed;
			off += !mode->removed && mode->is == TG_MODE_OFF;
		}
	metric_begin(out, name, "gauge", "Policies that are loaded, by state.");
	metric_sample(out, name, METRIC_LABELS({"state", "disabled"}), off);
	metric_sample(out, name, METRIC_LABELS({"state", "enabled"}), all - off);
	metric_sample(out, name, METRIC_LABELS({"state", "error"}), 0);
	metric_sample(out, name, METRIC_LABELS({"state", "load_error"}), 0);
}

static void print_hook_misses(struct buffer *out, const char *name, const struct bundle *b,
			      uint32_t hook, const char *policy,
			      const struct program_counts *counts)
{
	metric_sample(out, name,
		      METRIC_LABELS({"attach",
				     artifact_string(&b->artifact, b->artifact.hooks[hook].name)},
				    {"policy", policy}),
		      counts->misses);
}

/* The program that runs; bundles have one section each, so that says nothing. */
#define OVERHEAD_LABELS(b, hook, of)                                                               \
	METRIC_LABELS({"attach", artifact_string(&(b)->artifact, (b)->artifact.hooks[hook].name)}, \
		      {"policy", of}, {"policy_namespace", ""}, {"section", ""},                   \
		      {"sensor", (b)->artifact.header->name})

static void print_runs(struct buffer *out, const char *name, const struct bundle *b, uint32_t hook,
		       const char *policy, const struct program_counts *counts)
{
	metric_sample(out, name, OVERHEAD_LABELS(b, hook, policy), counts->runs);
}

static void print_seconds(struct buffer *out, const char *name, const struct bundle *b,
			  uint32_t hook, const char *policy, const struct program_counts *counts)
{
	metric_sample_seconds(out, name, OVERHEAD_LABELS(b, hook, policy), counts->nanoseconds);
}

static void print_bundles(struct buffer *out, const struct bundles *bundles)
{
	metric_begin(out, "tgrun_bundle_version", "gauge", "The version of each bundle in use.");
	for (size_t i = 0; i < bundles->count; i++)
		metric_sample(out, "tgrun_bundle_version",
			      METRIC_LABELS({"bundle", bundles->v[i].artifact.header->name}),
			      bundles->v[i].artifact.header->version);
	metric_begin(out, "tgrun_bundle_kernel_memory_bytes", "gauge",
		     "What the programs and maps of a bundle take in the kernel.");
	for (size_t i = 0; i < bundles->count; i++)
		metric_sample(out, "tgrun_bundle_kernel_memory_bytes",
			      METRIC_LABELS({"bundle", bundles->v[i].artifact.header->name}),
			      bundles->v[i].loaded.memory);
}

/* What became of files of the folder. */
static void print_changes(struct buffer *out, const struct bundles *bundles)
{
	static const char name[] = "tgrun_bundle_changes_total";
	const struct {
		const char *result;
		uint64_t n;
	} all[] = {{"added", bundles->added},
		   {"replaced", bundles->replaced},
		   {"withdrawn", bundles->withdrawn},
		   {"refused", bundles->refused}};

	metric_begin(out, name, "counter", "What became of files in the folder of bundles.");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		metric_sample(out, name, METRIC_LABELS({"result", all[i].result}), all[i].n);
}

/* Memory is a bundle's; where that is one policy's, it is told as Tetragon does. */
static void print_memory(struct buffer *out, const struct bundles *bundles)
{
	static const char name[] = "tetragon_tracingpolicy_kernel_memory_bytes";

	metric_begin(out, name, "gauge",
		     "Kernel memory of policies that are alone in their bundle.");
	for (size_t i = 0; i < bundles->count; i++)
		if (bundles->v[i].artifact.policy_count == 1)
			metric_sample(out, name,
				      METRIC_LABELS({"policy", policy_name(&bundles->v[i], 0)},
						    {"policy_namespace", ""}),
				      bundles->v[i].loaded.memory);
}

static const struct {
	const char *name, *type, *help;
	policy_printer *policy;
	hook_printer *hook;
} rows[] = {
	{"tgrun_policy_mode", "gauge", "How each policy runs; always 1.", print_mode, NULL},
	{"tgrun_policy_events_lost_total", "counter",
	 "Events of each policy for which the ring had no room.", print_lost, NULL},
	{"tgrun_policy_events_rate_limited_total", "counter",
	 "Events that the rateLimit of each policy held back.", print_held, NULL},
	{"tgrun_policy_changes_failed_total", "counter",
	 "Times that registers or memory of a program could not be changed.", print_unchanged,
	 NULL},
	{"tetragon_enforcer_missed_notifications_total", "counter",
	 "Notifications that no enforcer acted on.", print_unenforced, NULL},
	{"tetragon_missed_prog_probes_total", "counter",
	 "Calls that ran without their program, because it was interrupted.", NULL,
	 print_hook_misses},
	{"tetragon_overhead_program_runs_total", "counter",
	 "Runs of each program, while kernel.bpf_stats_enabled is 1.", NULL, print_runs},
	{"tetragon_overhead_program_seconds_total", "counter",
	 "Time in each program, while kernel.bpf_stats_enabled is 1.", NULL, print_seconds},
};

void metrics_bundles(struct buffer *out, const struct bundles *bundles)
{
	struct program_counts *counts = read_counts(bundles);

	print_bundles(out, bundles);
	print_changes(out, bundles);
	print_states(out, bundles);
	print_memory(out, bundles);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		metric_begin(out, rows[i].name, rows[i].type, rows[i].help);
		if (rows[i].policy)
			each_policy(out, rows[i].name, bundles, rows[i].policy);
		else if (counts)
			each_hook(out, rows[i].name, bundles, counts, rows[i].hook);
	}
	free(counts);
}
