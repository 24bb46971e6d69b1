/* SPDX-License-Identifier: Apache-2.0 */
/* The text form in which Prometheus reads metrics. */
#ifndef TGRUN_METRICS_TEXT_H
#define TGRUN_METRICS_TEXT_H

#include <stdint.h>
#include "runtime/buffer.h"

struct metric_label {
	const char *name, *value; /* value: any bytes */
};

/* The lines before the samples of a metric; `type`: "counter" or "gauge". */
void metric_begin(struct buffer *out, const char *name, const char *type, const char *help);

/* One sample; `labels` end with one that has no name. */
void metric_sample(struct buffer *out, const char *name, const struct metric_label *labels,
		   uint64_t value);
void metric_sample_seconds(struct buffer *out, const char *name, const struct metric_label *labels,
			   uint64_t nanoseconds);

/* Both, for a metric without labels. */
void metric_single(struct buffer *out, const char *name, const char *type, const char *help,
		   uint64_t value);

#define METRIC_LABELS(...) ((const struct metric_label[]){__VA_ARGS__, {NULL, NULL}})

#endif
