// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "bpf-templates/tg_event.h"
#include "runtime/metrics.h"
#include "runtime/metrics_text.h"

static void print_build(struct buffer *out)
{
	metric_begin(out, "tetragon_build_info", "gauge", "What runs; always 1.");
	metric_sample(out, "tetragon_build_info",
		      METRIC_LABELS({"commit", ""}, {"go_version", ""}, {"modified", ""},
				    {"time", ""}, {"version", "tgrun " TGC_VERSION}),
		      1);
}

static uint64_t count_of(const struct counters *c, uint32_t index)
{
	uint64_t n = 0;

	return counters_read(c, index, &n) ? 0 : n;
}

/* Message numbers of Tetragon's agent. */
static const struct {
	enum tg_kind kind;
	const char *msg_op;
} base_messages[] = {{TG_EXEC, "5"}, {TG_EXIT, "7"}, {TG_CLONE, "23"}};

static const char *hook_message(enum tg_hook_kind kind)
{
	static const char *const numbers[TG_HOOK_KIND_COUNT] = {
		[TG_HOOK_KPROBE] = "13", [TG_HOOK_TRACEPOINT] = "14", [TG_HOOK_UPROBE] = "15",
		[TG_HOOK_LSM] = "16",	 [TG_HOOK_USDT] = "28",	      [TG_HOOK_LOADER] = "26",
	};

	return numbers[kind];
}

/* All hooks of a policy are of one kind. */
static enum tg_hook_kind kind_of_policy(const struct artifact *a, uint32_t policy)
{
	for (uint32_t i = 0; i < a->view_count; i++)
		if (a->views[i].policy == policy)
			return (enum tg_hook_kind)a->hooks[a->views[i].hook].kind;
	return 0;
}

static void sum_lost(const struct bundles *bundles, uint64_t lost[TG_HOOK_KIND_COUNT])
{
	for (size_t i = 0; i < bundles->count; i++) {
		const struct bundle *b = &bundles->v[i];

		for (uint32_t p = 0; b->loaded.lost.fd >= 0 && p < b->artifact.policy_count; p++)
			lost[kind_of_policy(&b->artifact, p)] += count_of(&b->loaded.lost, p);
	}
}

static void print_missed(struct buffer *out, const struct metrics *m)
{
	static const char name[] = "tetragon_bpf_missed_events_total";
	uint64_t lost[TG_HOOK_KIND_COUNT] = {0}, total = 0;

	metric_begin(out, name, "counter", "Events for which the ring had no room, by message.");
	for (size_t i = 0; i < sizeof(base_messages) / sizeof(base_messages[0]); i++) {
		uint64_t n = count_of(&m->base->lost, base_messages[i].kind);

		total += n;
		metric_sample(
			out, name,
			METRIC_LABELS({"error", "EAGAIN"}, {"msg_op", base_messages[i].msg_op}), n);
	}
	sum_lost(m->bundles, lost);
	for (int kind = 1; kind < TG_HOOK_KIND_COUNT; kind++) {
		total += lost[kind];
		metric_sample(out, name,
			      METRIC_LABELS({"error", "EAGAIN"},
					    {"msg_op", hook_message((enum tg_hook_kind)kind)}),
			      lost[kind]);
	}
	metric_single(out, "tetragon_observer_ringbuf_events_lost_total", "counter",
		      "Events for which the ring had no room.", total);
}

/* What the kernel skipped of the programs that keep the process table. */
static void print_unseen(struct buffer *out, const struct base *base)
{
	size_t count = sizeof(base_messages) / sizeof(base_messages[0]);

	metric_begin(out, "tgrun_process_events_unseen_total", "counter",
		     "Starts and ends of processes that no program saw, at most, by message.");
	for (size_t i = 0; i < count; i++)
		metric_sample(out, "tgrun_process_events_unseen_total",
			      METRIC_LABELS({"msg_op", base_messages[i].msg_op}),
			      base_unseen(base, base_messages[i].kind));
	metric_begin(out, "tgrun_process_events_spared_total", "counter",
		     "Starts and ends of processes that only a spare program saw, by message.");
	for (size_t i = 0; i < count; i++)
		metric_sample(out, "tgrun_process_events_spared_total",
			      METRIC_LABELS({"msg_op", base_messages[i].msg_op}),
			      base_stood_in(base, base_messages[i].kind));
}

static void print_ring(struct buffer *out, const struct dispatch *d)
{
	metric_single(out, "tetragon_observer_ringbuf_events_received_total", "counter",
		      "Records taken from the ring.", d->counts.records);
	metric_single(out, "tetragon_observer_ringbuf_errors_total", "counter",
		      "Records that could not be understood.", d->counts.malformed);
	metric_single(out, "tetragon_events_missing_process_info_total", "counter",
		      "Events whose process is not known.", d->counts.unknown);
	metric_single(out, "tetragon_generic_kprobe_merge_pushed_total", "counter",
		      "Calls whose event waits for their return.", calls_kept(d->calls));
	metric_single(out, "tgrun_calls_waiting", "gauge",
		      "Calls that have not returned and whose event waits for it.",
		      calls_count(d->calls));
	if (d->repair) {
		metric_single(out, "tgrun_processes_repaired_total", "counter",
			      "Processes put together anew because their start was lost.",
			      d->repair->repaired);
		metric_single(out, "tgrun_processes_unrepaired_total", "counter",
			      "Tries to do so that came to nothing.", d->repair->failed);
	}
	metric_single(out, "tgrun_events_dropped_total", "counter",
		      "Events left out because memory ran out.", d->counts.dropped);
	metric_single(out, "tgrun_requests_total", "counter",
		      "Requests made over the network for policies.", d->requests.made);
	metric_single(out, "tgrun_requests_dropped_total", "counter",
		      "Requests left out because there were too many at a time.",
		      d->requests.dropped);
}

static void print_sink_rows(struct buffer *out, const struct sinks *sinks)
{
	metric_begin(out, "tgrun_output_events_total", "counter", "Events taken, by output.");
	for (size_t i = 0; i < sinks->count; i++)
		metric_sample(out, "tgrun_output_events_total",
			      METRIC_LABELS({"output", sinks->v[i].name}),
			      sinks->v[i].counts->accepted);
	metric_begin(out, "tgrun_output_events_left_out_total", "counter",
		     "Events that the reader of an output does not get, by cause.");
	for (size_t i = 0; i < sinks->count; i++)
		for (int cause = 0; cause < SINK_CAUSE_COUNT; cause++)
			metric_sample(
				out, "tgrun_output_events_left_out_total",
				METRIC_LABELS({"output", sinks->v[i].name},
					      {"cause", sink_cause_label((enum sink_cause)cause)}),
				sinks->v[i].counts->left_out[cause]);
}

static void print_outputs(struct buffer *out, const struct sinks *sinks)
{
	print_sink_rows(out, sinks);
	metric_single(out, "tetragon_notify_overflowed_events_total", "counter",
		      "Events dropped because the reader of an output is too slow or has gone.",
		      sinks_left_out(sinks, SINK_QUEUE_FULL) + sinks_left_out(sinks, SINK_OUTPUT));
	metric_single(out, "tetragon_export_ratelimit_events_dropped_total", "counter",
		      "Events left out by the rate limit of the export.",
		      sinks_left_out(sinks, SINK_RATE_LIMIT));
}

static void print_processes(struct buffer *out, const struct metrics *m)
{
	const struct procs *procs = m->dispatch->procs;

	metric_single(out, "tetragon_process_cache_capacity", "gauge",
		      "Processes that the process cache has room for.", procs_capacity(procs));
	metric_single(out, "tgrun_process_cache_replaced_total", "counter",
		      "Processes whose end was lost, found when their id came again.",
		      procs_replaced(procs));
	metric_single(out, "tetragon_process_cache_size", "gauge",
		      "Processes in the process cache.", procs_count(procs));
	metric_single(out, "tetragon_process_cache_evictions_total", "counter",
		      "Processes pushed out of the process cache by newer ones.",
		      procs_evicted(procs));
	metric_begin(out, "tetragon_map_errors_update_total", "counter",
		     "Processes that found the kernel's process table full.");
	metric_sample(out, "tetragon_map_errors_update_total", METRIC_LABELS({"map", "execve_map"}),
		      count_of(&m->base->lost, 0) + m->base->startup_full);
}

void metrics_print(struct buffer *out, const struct metrics *m)
{
	print_build(out);
	if (m->dispatch->tally)
		metrics_events(out, m->dispatch->tally, m->node_name);
	print_missed(out, m);
	print_unseen(out, m->base);
	print_ring(out, m->dispatch);
	print_outputs(out, m->sinks);
	print_processes(out, m);
	metrics_bundles(out, m->bundles);
	if (m->grpc)
		metrics_grpc(out, m->grpc);
	if (m->cri)
		metrics_cri(out, m->cri);
	metrics_process(out);
}

unsigned int metrics_page(void *context, const char *path, struct buffer *body)
{
	const struct metrics *m = context;

	if (!strcmp(path, "/metrics")) {
		metrics_print(body, m);
		return 200;
	}
	if (!strcmp(path, "/healthz")) {
		buffer_text(body, "ok\n");
		return 200;
	}
	if (!strcmp(path, "/readyz")) {
		buffer_text(body, m->ready ? "ok\n" : "starting\n");
		return m->ready ? 200 : 503;
	}
	buffer_text(body, "There are /metrics, /healthz and /readyz.\n");
	return 404;
}
