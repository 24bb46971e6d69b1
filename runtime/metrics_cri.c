// SPDX-License-Identifier: Apache-2.0
#include "runtime/cri/cri.h"
#include "runtime/metrics.h"
#include "runtime/metrics_text.h"

static const char *const causes[CRI_FAILURE_COUNT] = {
	[CRI_UNREACHABLE] = "unreachable", [CRI_REFUSED] = "refused",	[CRI_TIMEOUT] = "timeout",
	[CRI_TOO_LARGE] = "too_large",	   [CRI_PROTOCOL] = "protocol",
};

void metrics_cri(struct buffer *out, const struct cri *c)
{
	metric_single(out, "tgrun_cri_connected", "gauge",
		      "Whether the container runtime answers now.", c->connected);
	metric_single(out, "tgrun_cri_connects_total", "counter",
		      "How often the container runtime has begun to answer.", c->counts.connects);
	metric_begin(out, "tgrun_cri_failures_total", "counter",
		     "Questions to the container runtime that came to nothing.");
	for (int i = 0; i < CRI_FAILURE_COUNT; i++)
		metric_sample(out, "tgrun_cri_failures_total", METRIC_LABELS({"cause", causes[i]}),
			      c->counts.failures[i]);
	metric_single(out, "tgrun_cri_events_total", "counter",
		      "Changes that the container runtime told of by itself.", c->counts.events);
	metric_single(out, "tgrun_cri_pods", "gauge", "Pods that the container runtime has.",
		      c->counts.pods);
	metric_single(out, "tgrun_cri_containers", "gauge",
		      "Containers in pods whose cgroup the container runtime has said.",
		      c->counts.containers);
	metric_single(out, "tgrun_cri_left_out", "gauge",
		      "Pods and containers that are not known: what the runtime says of them "
		      "cannot be used, or there are too many.",
		      c->counts.left_out);
	metric_single(out, "tgrun_cri_updates_total", "counter",
		      "Changes of what is known of pods.", c->updates);
	metric_single(out, "tgrun_cri_updates_refused_total", "counter",
		      "Changes that could not be used.", c->refused);
}
