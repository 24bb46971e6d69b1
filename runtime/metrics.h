/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a monitor reads at /metrics: Tetragon's metrics by their names, as far as they have a
 * meaning here, and tgrun's own (tgrun_...). docs/metrics.md has the list. Also /healthz and
 * /readyz.
 */
#ifndef TGRUN_METRICS_H
#define TGRUN_METRICS_H

#include "runtime/base.h"
#include "runtime/dispatch.h"

struct cri;
struct grpc_server;

/* Everything is borrowed; what is not there yet is NULL. */
struct metrics {
	const struct dispatch *dispatch;
	const struct base *base;
	const struct bundles *bundles;
	const struct sinks *sinks;
	const struct grpc_server *grpc;
	const struct cri *cri;
	const char *node_name;
	bool ready; /* everything is attached */
};

void metrics_print(struct buffer *out, const struct metrics *m);

/* The parts of it. */
void metrics_events(struct buffer *out, const struct tally *tally, const char *node_name);
void metrics_bundles(struct buffer *out, const struct bundles *bundles);
void metrics_process(struct buffer *out);
void metrics_grpc(struct buffer *out, const struct grpc_server *s);
void metrics_cri(struct buffer *out, const struct cri *c);

/* A page of http.h; `context` is a struct metrics. */
unsigned int metrics_page(void *context, const char *path, struct buffer *body);

#endif
