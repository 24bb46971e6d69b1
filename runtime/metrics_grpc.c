// SPDX-License-Identifier: Apache-2.0
#include "runtime/grpc/server.h"
#include "runtime/metrics.h"
#include "runtime/metrics_text.h"

void metrics_grpc(struct buffer *out, const struct grpc_server *s)
{
	metric_single(out, "tgrun_grpc_clients", "gauge", "Clients of the gRPC service.",
		      s->client_count);
	metric_single(out, "tgrun_grpc_event_streams", "gauge", "GetEvents calls that go on.",
		      s->stream_count);
	metric_single(out, "tgrun_grpc_queued_bytes", "gauge", "What waits for clients to read.",
		      s->store.bytes);
	metric_single(out, "tgrun_grpc_clients_refused_total", "counter",
		      "Connections that were one too many.", s->counts.refused);
	metric_single(out, "tgrun_grpc_calls_total", "counter", "Calls of clients.",
		      s->counts.calls);
	metric_single(out, "tgrun_grpc_calls_failed_total", "counter",
		      "Calls of clients that ended with an error.", s->counts.failed);
}
