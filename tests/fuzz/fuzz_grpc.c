// SPDX-License-Identifier: Apache-2.0
/*
 * A connection to the gRPC service: the input is what a client sends, in pieces, and between them
 * there are events. A first byte of 1 has the preface and settings sent before, so that frames are
 * what is tried.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/grpc/server.h"

#define PIECE 97

/* ---- what the service would change -------------------------------------------------------------
 */

bool control_get(const struct control *c, size_t index, struct control_policy *out)
{
	(void)c;
	*out = (struct control_policy){
		.bundle = "b", .name = "p", .file = "f", .source = "s", .namespace = ""};
	return index < 3;
}

enum control_result control_set_mode(struct control *c, const char *bundle, const char *policy,
				     enum tg_policy_mode mode, char *why, size_t size)
{
	(void)mode;
	return control_remove(c, bundle, policy, why, size);
}

enum control_result control_enable(struct control *c, const char *bundle, const char *policy,
				   char *why, size_t size)
{
	return control_remove(c, bundle, policy, why, size);
}

enum control_result control_disable(struct control *c, const char *bundle, const char *policy,
				    char *why, size_t size)
{
	return control_remove(c, bundle, policy, why, size);
}

enum control_result control_remove(struct control *c, const char *bundle, const char *policy,
				   char *why, size_t size)
{
	(void)c;
	(void)bundle;
	snprintf(why, size, "no policy is named \"%s\"", policy);
	return CONTROL_NOT_FOUND;
}

/* ---- the loop -----------------------------------------------------------------------------------
 */

static struct grpc_server *server;
static struct sinks sinks;
static struct options options;
static struct dispatch dispatch;
static struct features features;
static struct control control;

static void open_server(void)
{
	const struct grpc_node node = {.control = &control,
				       .options = &options,
				       .dispatch = &dispatch,
				       .features = &features};
	struct failure why;

	export_options_init(&options.export);
	server = grpc_open(NULL, 0, &node, &why);
	if (!server || grpc_add_sink(server, &sinks)) {
		fprintf(stderr, "%s\n", why.text);
		abort();
	}
}

static void one_event(void)
{
	static const char line[] =
		"{\"process_throttle\":{\"type\":\"THROTTLE_START\",\"cgroup\":"
		"\"/c\"},\"node_name\":\"n\",\"time\":\"2026-08-20T08:11:52Z\"}\n";
	struct event event = {0};
	struct sink_event e = {
		.view = {.type = EVENT_TYPE_PROCESS_THROTTLE, .policy = ""},
		.event = &event,
		.sinks = &sinks,
	};

	buffer_cut(&sinks.json, 0);
	buffer_text(&sinks.json, line);
	sinks.encoded = true;
	sinks.v[0].ops->event(sinks.v[0].state, &e);
	sinks.v[0].ops->flush(sinks.v[0].state);
}

static void read_all(int fd)
{
	char bytes[65536];

	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static void send_all(int fd, const void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		size_t part = size - done < PIECE ? size - done : PIECE;

		if (send(fd, (const char *)bytes + done, part, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			return;
		done += part;
		grpc_service.run(server);
		one_event();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char greeting[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
	int pair[2];

	if (!server)
		open_server();
	if (!size || size > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
		return 0;
	grpc_adopt(server, pair[0], data[0] & 2);
	if (data[0] & 1)
		send_all(pair[1], greeting, sizeof(greeting) - 1);
	send_all(pair[1], data + 1, size - 1);
	if (!(data[0] & 4)) /* else it never reads */
		read_all(pair[1]);
	one_event();
	grpc_service.run(server);
	close(pair[1]);
	for (int i = 0; i < 3 && server->client_count; i++)
		grpc_service.run(server);
	if (server->client_count || server->stream_count || server->store.bytes ||
	    server->request_bytes)
		abort();
	return 0;
}
